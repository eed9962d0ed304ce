#include <doctest/doctest.h>

#include <algorithm>

#include "layers/cases.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Tensor rows_of(const Tensor& x, const std::vector<Node>& rows) {
  Tensor y(std::ssize(rows), x.columns());
  for (Index i = 0; i < y.rows(); ++i)
    std::copy_n(x.row(rows[static_cast<std::size_t>(i)]), x.columns(), y.row(i));
  return y;
}

/// Layers whose frequencies depend on the mean of all nodes.
bool pools_nodes(const std::string& name) { return name == "ikan" || name == "mikan"; }

}  // namespace

TEST_CASE("a layer over a block of whole rows gives the bits of the graph's rows") {
  const Graph graph(with_loops(scattered(40)));
  const std::vector<Node> targets{31, 3, 2, 39, 7};
  const Block block = full_block(graph, targets);
  REQUIRE(block.sources() > block.targets());
  const Tensor x = random_tensor(40, 5, 3), x_of_block = rows_of(x, block.origin().nodes);
  const auto sparse = [](const Tensor& dense) {
    return std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(dense));
  };
  for (const LayerCase& layer : layer_cases()) {
    CAPTURE(layer.name);
    if (layer.name.starts_with("primal")) {
      CHECK(message_of<ValueError>([&] {
              layer.infer(block, Variable(x_of_block));
            }).starts_with("[PrimalAttention] neighbourhood: got a block, want a graph"));
      continue;
    }
    if (pools_nodes(layer.name)) {
      CHECK(message_of<ValueError>([&] {
              layer.infer(block, Variable(x_of_block));
            }).starts_with("[KernelAttention] neighbourhood: got a block, want a graph: the features are shaped by"));
      continue;
    }
    const Tensor got = layer.infer(block, Variable(x_of_block)).value();
    CHECK(got.rows() == block.targets());
    CHECK(same_bits(got, rows_of(layer.infer(graph, Variable(x)).value(), targets)));
    CHECK(same_bits(layer.infer(block, sparse(x_of_block)).value(),
                    rows_of(layer.infer(graph, sparse(x)).value(), targets)));
  }
}

TEST_CASE("dropout of a layer over a block of whole rows has the bits of the graph's rows") {
  const Graph graph(with_loops(scattered(40)));
  const std::vector<Node> targets{31, 3, 2, 39, 7};
  const Block block = full_block(graph, targets);
  const std::vector<Node>& nodes = block.origin().nodes;
  const Tensor x = random_tensor(40, 5, 3), x_of_block = rows_of(x, nodes);
  const SparseMatrix sparse = SparseMatrix::from_dense(x);
  const auto shared = [](const SparseMatrix& of) { return std::make_shared<const SparseMatrix>(of); };
  for (const LayerCase& layer : layer_cases(0.5f)) {
    if (layer.name.starts_with("primal") || pools_nodes(layer.name)) continue;
    CAPTURE(layer.name);
    const auto train = [&](const Neighbourhood& where, const Input& from) {
      Pass pass = Pass::training(9, 4);
      return layer.call(where, from, pass);
    };
    const Variable of_graph(x, true), of_block(x_of_block, true);
    Variable whole = gather_rows(train(graph, of_graph), targets), part = train(block, of_block);
    CHECK(same_bits(part.value(), whole.value()));
    CHECK(same_bits(train(block, shared(sparse.rows(nodes))).value(),
                    gather_rows(train(graph, shared(sparse)), targets).value()));
    // dx goes back through the same masks
    const Tensor weight = random_tensor(5, whole.columns(), 7);
    whole.backward(weight);
    part.backward(weight);
    CHECK(static_cast<double>(max_abs_difference(of_block.grad(), rows_of(of_graph.grad(), nodes))) < 1e-4);
  }
}

TEST_CASE("a block without an origin numbers its rows 0, 1, 2, … for dropout") {
  const Graph graph(with_loops(scattered(40)));
  const Block block = full_block(graph, std::vector<Node>{31, 3, 2});
  const CsrView g = block.graph().adjacency();
  const Block plain(Csr(3, g.columns, {g.offset, g.offset + 4}, {g.neighbour, g.neighbour + g.edges()}));
  const Tensor x = random_tensor(g.columns, 5, 3);
  const Dropout drop{0.5f, {9, 4, 0}};
  const Tensor of_plain = Neighbourhood(plain).dropout(Variable(x), drop).value();
  CHECK(same_bits(of_plain, dropout(Variable(x), drop).value()));
  CHECK_FALSE(same_bits(of_plain, Neighbourhood(block).dropout(Variable(x), drop).value()));
  CHECK(message_of<ShapeError>([&] {
          Neighbourhood(block).dropout(Variable(Tensor(2, 5)), drop);
        }).starts_with("[Neighbourhood] rows of x: got 2, want"));
}

TEST_CASE("a layer's gradients over a block agree with a loss on the graph's rows") {
  const Graph graph(with_loops(scattered(40)));
  const std::vector<Node> targets{31, 3, 2, 39, 7};
  const Block block = full_block(graph, targets);
  const Tensor x = random_tensor(40, 5, 3), x_of_block = rows_of(x, block.origin().nodes);
  for (const LayerCase& layer : layer_cases()) {
    if (layer.name.starts_with("primal") || pools_nodes(layer.name)) continue;
    CAPTURE(layer.name);
    const auto gradients = [&](const Variable& loss) {
      Parameters parameters = layer.parameters;
      for (Parameter& p : parameters)
        p.variable.clear_grad();
      Variable(loss).backward();
      std::vector<Tensor> all;
      for (const Parameter& p : parameters)
        all.push_back(p.variable.has_grad() ? p.variable.grad() : Tensor::like(p.variable.value()));
      return all;
    };
    const auto square = [](const Variable& y) { return sum(multiply(y, y)); };
    const auto of_graph = gradients(square(gather_rows(layer.infer(graph, Variable(x)), targets)));
    const auto of_block = gradients(square(layer.infer(block, Variable(x_of_block))));
    for (std::size_t n = 0; n < of_graph.size(); ++n) {
      double largest = 1;
      for (const Real value : of_graph[n].values())
        largest = std::max(largest, std::abs(static_cast<double>(value)));
      CHECK(static_cast<double>(max_abs_difference(of_graph[n], of_block[n])) < 1e-4 * largest);
    }
  }
}

TEST_CASE("layers over segments agree with the graph of all pairs, sequence by sequence") {
  const Tensor x = random_tensor(7, 5, 3);
  for (const bool causal : {false, true}) {
    const Segments segments({0, 4, 7}, causal);
    const Graph graph(complete(segments));
    for (const LayerCase& layer : layer_cases()) {
      CAPTURE(layer.name);
      if (pools_nodes(layer.name) && causal) {
        CHECK(message_of<ValueError>([&] {
                layer.infer(segments, Variable(x));
              }).starts_with("[KernelAttention] neighbourhood: got causal segments, want others"));
      } else if (pools_nodes(layer.name)) {  // frequencies of its own for each segment
        const Tensor y = layer.infer(segments, Variable(x)).value();
        for (const std::vector<Node>& rows : {std::vector<Node>{0, 1, 2, 3}, std::vector<Node>{4, 5, 6}}) {
          const Graph alone(complete(Segments({0, std::ssize(rows)})));
          CHECK(relative_difference(rows_of(y, rows), layer.infer(alone, Variable(rows_of(x, rows))).value()) < 1e-4);
        }
      } else if (layer.name.starts_with("primal") && causal) {
        CHECK(message_of<ValueError>([&] { layer.infer(segments, Variable(x)); }) ==
              "[Neighbourhood] reversed: got causal segments, want a graph or segments that are not");
      } else {
        // segments are computed by products of matrices where the kernel allows it
        CHECK(relative_difference(layer.infer(segments, Variable(x)).value(), layer.infer(graph, Variable(x)).value()) <
              1e-4);
      }
    }
  }
}
