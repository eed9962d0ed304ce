#include "mercer/attention/edge_energy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/constant.hpp"
#include "support/graphs.hpp"
#include "support/memory_meter.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct EnergyCase {
  Graph graph{};
  Index heads = 1, width = 1, features = 1;
};

struct EnergyOperands {
  Tensor q, k, a, x, w;
};

/// Rows of 0 to 8 edges, and a long one, over another number of columns.
Graph rectangular_graph() {
  std::vector<Edge> offset{0};
  std::vector<Node> neighbour;
  for (Index i = 0; i < 11; ++i) {
    const Index degree = i == 9 ? 17 : i % 9;
    for (Index e = 0; e < degree; ++e)
      neighbour.push_back(static_cast<Node>((i + e * (i == 9 ? 1 : 2)) % 17));
    std::sort(neighbour.end() - degree, neighbour.end());
    offset.push_back(static_cast<Edge>(neighbour.size()));
  }
  return Graph(Csr(11, 17, offset, neighbour));
}

std::vector<EnergyCase> energy_cases() {
  return {{Graph(scattered(12)), 1, 1, 1}, {Graph(scattered(12)), 2, 3, 5}, {rectangular_graph(), 3, 8, 1},
          {rectangular_graph(), 2, 19, 5}, {Graph(star(30)), 4, 16, 3},     {Graph(no_edges(4)), 2, 3, 2}};
}

EnergyOperands energy_operands(const EnergyCase& c) {
  const Index columns = c.heads * c.width;
  return {random_tensor(c.graph.rows(), columns, 1), random_tensor(c.graph.columns(), columns, 2),
          random_tensor(1, columns, 3), random_tensor(c.graph.edges(), c.features, 4),
          random_tensor(c.features, columns, 5)};
}

Variable energy_of(const Neighbourhood& where, const EnergyOperands& in, const EdgeEnergyOptions& options) {
  return edge_energy(where, Variable(in.q), Variable(in.k), Variable(in.a), Variable(in.x), Variable(in.w), options);
}

/// Σ_c a_c leaky_relu(q_ic + k_jc + Σ_r x_er W_rc), edge by edge.
Tensor energy_by_definition(const EnergyCase& c, const EnergyOperands& in, double slope) {
  Tensor energy(c.graph.edges(), c.heads);
  for_each_edge(c.graph.adjacency(), [&](Node i, Node j, Edge e) {
    for (Index h = 0; h < c.heads; ++h) {
      double sum = 0;
      for (Index n = h * c.width; n < (h + 1) * c.width; ++n) {
        double z = static_cast<double>(in.q(i, n)) + static_cast<double>(in.k(j, n));
        for (Index r = 0; r < c.features; ++r)
          z += static_cast<double>(in.x(e, r)) * static_cast<double>(in.w(r, n));
        sum += static_cast<double>(in.a(0, n)) * (z > 0 ? z : slope * z);
      }
      energy(e, h) = static_cast<Real>(sum);
    }
  });
  return energy;
}

/// The same of operators that store the sums of every edge.
Variable energy_by_rows(const Graph& graph, Index heads, const Variable& q, const Variable& k, const Variable& a,
                        const Variable& x, const Variable& w) {
  std::vector<Node> targets, sources;
  for_each_edge(graph.adjacency(), [&](Node i, Node j, Edge) {
    targets.push_back(i);
    sources.push_back(j);
  });
  const Variable z = add(add(gather_rows(q, targets), gather_rows(k, sources)), matmul(x, w));
  return head_dot(leaky_relu(z, Real(0.2)), a, heads);
}

/// The energies, then the gradient of each operand.
std::vector<Tensor> energy_and_gradients(const EnergyCase& c, const auto& energy) {
  const EnergyOperands in = energy_operands(c);
  std::vector<Variable> leaves;
  for (const Tensor* x : {&in.q, &in.k, &in.a, &in.x, &in.w})
    leaves.emplace_back(*x, true);
  Variable made = energy(leaves[0], leaves[1], leaves[2], leaves[3], leaves[4]);
  made.backward(random_tensor(made.rows(), made.columns(), 6));
  std::vector<Tensor> all{made.value()};
  for (const Variable& leaf : leaves)
    all.push_back(leaf.grad());
  return all;
}

std::vector<Tensor> energy_and_gradients(const EnergyCase& c) {
  return energy_and_gradients(c, [&](const auto&... in) { return edge_energy(c.graph, in..., {.heads = c.heads}); });
}

}  // namespace

TEST_CASE("the energy of every edge is what its definition says") {
  for (const EnergyCase& c : energy_cases()) {
    CAPTURE(c.heads);
    CAPTURE(c.width);
    const EnergyOperands in = energy_operands(c);
    for (const double slope : {0.2, 0.0}) {
      const Variable energy = energy_of(c.graph, in, {c.heads, static_cast<Real>(slope)});
      CHECK(relative_difference(energy.value(), energy_by_definition(c, in, slope)) < rounding);
    }
  }
}

TEST_CASE("the gradients of energies are those of a tape that stores every sum") {
  for (const EnergyCase& c : energy_cases()) {
    if (c.graph.edges() == 0) continue;  // no rows to gather
    CAPTURE(c.heads);
    CAPTURE(c.width);
    const std::vector<Tensor> got = energy_and_gradients(c);
    const std::vector<Tensor> want =
        energy_and_gradients(c, [&](const auto&... in) { return energy_by_rows(c.graph, c.heads, in...); });
    for (std::size_t n = 0; n < want.size(); ++n) {
      CAPTURE(n);
      CHECK(relative_difference(got[n], want[n]) < 10 * static_cast<double>(rounding));
    }
  }
}

TEST_CASE("the gradients of energies without edges are zeros") {
  for (const Tensor& x : energy_and_gradients({Graph(no_edges(4)), 2, 3, 2}))
    CHECK(max_abs_difference(x, Tensor::like(x)) == 0);
}

#ifdef MERCER_REAL_DOUBLE
TEST_CASE("the gradient of energies, by central differences") {
  for (const EnergyCase& c : energy_cases()) {
    const EnergyOperands in = energy_operands(c);
    const auto energy = [&](const auto&... x) { return edge_energy(c.graph, x..., {.heads = c.heads}); };
    check_gradient(energy, in.q, in.k, in.a, in.x, in.w);
  }
}
#endif

TEST_CASE("a gradient of energies that is not wanted changes no other") {
  const EnergyCase c{Graph(scattered(12)), 2, 3, 5};
  const EnergyOperands in = energy_operands(c);
  const std::vector<Tensor> all = energy_and_gradients(c);
  const Tensor* operands[] = {&in.q, &in.k, &in.a, &in.x, &in.w};
  for (std::size_t wanted = 0; wanted < 5; ++wanted) {
    std::vector<Variable> leaves;
    for (std::size_t n = 0; n < 5; ++n)
      leaves.emplace_back(*operands[n], n == wanted);
    Variable energy = edge_energy(c.graph, leaves[0], leaves[1], leaves[2], leaves[3], leaves[4], {.heads = c.heads});
    energy.backward(random_tensor(energy.rows(), energy.columns(), 6));
    CHECK(same_bits(leaves[wanted].grad(), all[wanted + 1]));
  }
}

TEST_CASE("energies and their gradients have the same bits on any number of threads") {
  const EnergyCase c{Graph(scattered(9000)), 2, 5, 3};  // several blocks of rows
  std::vector<Tensor> first;
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    const std::vector<Tensor> got = energy_and_gradients(c);
    if (first.empty()) first = got;
    for (std::size_t n = 0; n < got.size(); ++n)
      CHECK(same_bits(got[n], first[n]));
  }
  set_threads(0);
}

TEST_CASE("features of no width leave GATv2's kernel") {
  const EnergyCase c{Graph(scattered(40)), 2, 8, 0};
  const EnergyOperands in = energy_operands(c);
  const Variable energy = energy_of(c.graph, in, {.heads = 2});
  const Variable v(random_tensor(40, 6, 7));
  const Variable by_bias = attend(c.graph, Constant{}, {}, {}, v, {.heads = 2, .edge_bias = energy});
  const Variable by_kernel = attend(c.graph, DynamicAdditive{}, Variable(in.q), Variable(in.k), v,
                                    {.heads = 2, .kernel_weight = Variable(in.a)});
  CHECK(max_abs_difference(by_bias.value(), by_kernel.value()) < 1e-5);
}

TEST_CASE("energies refuse what they can't be of") {
  const EnergyCase c{Graph(scattered(12)), 2, 3, 5};
  const EnergyOperands in = energy_operands(c);
  const auto refused = [&](const Neighbourhood& where, const Tensor& x, Index heads) {
    const EnergyOperands given{in.q, in.k, in.a, x, in.w};
    return message_of<std::exception>([&] { energy_of(where, given, {.heads = heads}); });
  };
  CHECK(refused(c.graph, in.x, 4) == "[edge_energy] columns of q: got 6, want a multiple of the 4 heads");
  CHECK(refused(c.graph, in.x, 0) == "[edge_energy] heads: got 0, want at least 1");
  CHECK(refused(c.graph, random_tensor(3, 5), 2).find("[edge_energy] rows of features: got 3") == 0);
  CHECK(refused(c.graph, random_tensor(c.graph.edges(), 4), 2).find("[edge_energy] rows of weight: got 5") == 0);
  CHECK(refused(Segments(std::vector<Index>{0, 12}), in.x, 2)
            .find("[edge_energy] segments: their pairs have no features") == 0);
}

TEST_CASE("energies store nothing of every edge's width" * doctest::skip(!MemoryMeter::measures)) {
  const EnergyCase c{Graph(scattered(4000)), 4, 64, 2};
  const EnergyOperands in = energy_operands(c);
  const auto of_edges = static_cast<std::size_t>(c.graph.edges() * c.heads * c.width) * sizeof(Real);
  const MemoryMeter meter;
  energy_and_gradients(c);
  CHECK(meter.peak() < of_edges);
}
