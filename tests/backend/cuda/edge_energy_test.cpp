#include "mercer/attention/edge_energy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/device/device.hpp"
#include "mercer/layers/graph_attention_v2.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

/// The energies, then the gradient of each operand. Every third row has none to give.
std::vector<Tensor> energies_on(Device device, const Graph& graph, Shape shape, Index features) {
  const Index columns = shape.columns();
  std::vector<Variable> in;
  for (const Tensor& x :
       {random_tensor(graph.rows(), columns, 1), random_tensor(graph.columns(), columns, 2),
        random_tensor(1, columns, 3), random_tensor(graph.edges(), features, 4), random_tensor(features, columns, 5)})
    in.emplace_back(x.to(device), true);
  Variable energy = edge_energy(graph, in[0], in[1], in[2], in[3], in[4], {.heads = shape.heads});
  Tensor given = random_tensor(graph.edges(), shape.heads, 6);
  for_each_edge(graph.adjacency(), [&](Node i, Node, Edge e) {
    if (i % 3 == 1) std::fill_n(given.row(e), shape.heads, Real(0));
  });
  energy.backward(given.to(device));
  std::vector<Tensor> all{energy.value().to(Device::cpu)};
  for (const Variable& x : in)
    all.push_back(x.grad().to(Device::cpu));
  return all;
}

void check_energies(const Graph& graph, Shape shape, Index features, bool in_every_order) {
  CAPTURE(shape.heads);
  CAPTURE(shape.width);
  CAPTURE(features);
  const std::vector<Tensor> want = energies_on(Device::cpu, graph, shape, features);
  const auto check = [&] {
    const std::vector<Tensor> got = energies_on(Device::cuda, graph, shape, features);
    for (std::size_t n = 0; n < want.size(); ++n) {
      CAPTURE(n);
      CHECK(difference(got[n], want[n], Closeness::whole) == "");
    }
  };
  if (in_every_order)
    for_each_lane_order(check);
  else
    check();
  release_unused_memory();  // the machine checks every allocated block
}

/// y and the gradient of x of a GATv2 layer that reads features of edges.
std::vector<Tensor> layer_on(Device device, const std::function<Neighbourhood(Graph, EdgeFacts)>& around) {
  const Graph graph(scattered(300));
  Random random(1);
  GraphAttentionV2 layer({.in = 5, .width = 4, .heads = 2, .attention_dropout = 0.4f}, {.edge_features = 3}, random);
  for (Parameter& parameter : layer.parameters())
    parameter.variable.move_to(device);
  const Variable features(random_tensor(graph.edges(), 3, 2).to(device));
  Variable x(random_tensor(300, 5, 3).to(device), true);
  Pass pass = Pass::training(1, 0);
  Variable y = layer(around(graph, {.features = features}), x, pass).y;
  y.backward(random_tensor(300, 8, 4).to(device));
  return {y.value().to(Device::cpu), x.grad().to(Device::cpu)};
}

}  // namespace

TEST_SUITE("cuda = cpu" * doctest::skip(!device_present())) {
  TEST_CASE("energies of edges with features, and their gradients") {
    check_energies(Graph(scattered(33)), {1, 1}, 1, true);
    check_energies(Graph(scattered(33)), {2, 5}, 5, true);
    check_energies(Graph(cycle(8)), {3, 33}, 9, false);
    check_energies(Graph(Csr(2, 5, {0, 0, 3}, {0, 2, 4})), {2, 4}, 8, true);
    check_energies(Graph(no_edges(3)), {2, 4}, 2, false);
    check_energies(Graph(scattered(6)), {2, 4}, 0, false);
  }
  TEST_CASE("energies of rows and of columns in chunks") {
    check_energies(Graph(star(700)), {2, 3}, 2, true);
    check_energies(Graph(transposed(star(700))), {2, 3}, 2, false);
  }
  TEST_CASE("GATv2 with features of edges, on a device and streamed through it") {
    const auto local = [](Graph graph, EdgeFacts facts) { return Neighbourhood(std::move(graph), std::move(facts)); };
    const auto streamed = [&](Graph graph, EdgeFacts facts) {
      return local(std::move(graph), std::move(facts)).streamed(1 << 16);
    };
    const std::vector<Tensor> want = layer_on(Device::cpu, local);
    for (const std::vector<Tensor>& got : {layer_on(Device::cuda, local), layer_on(Device::cpu, streamed)})
      for (std::size_t n = 0; n < want.size(); ++n)
        CHECK(difference(got[n], want[n], Closeness::whole) == "");
  }
}

}  // namespace mercer::test
