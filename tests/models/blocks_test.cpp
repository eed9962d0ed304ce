// A model over a list of blocks, one for each layer.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/models/build.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const Graph& graph_of_blocks() {
  static const Graph made(with_loops(scattered(40)));
  return made;
}

Tensor rows_of_nodes(const Tensor& x, const std::vector<Node>& nodes) {
  Tensor y(std::ssize(nodes), x.columns());
  for (Index i = 0; i < y.rows(); ++i)
    std::copy_n(x.row(nodes[static_cast<std::size_t>(i)]), x.columns(), y.row(i));
  return y;
}

const std::vector<Node> block_targets{31, 3, 2, 39, 7};

/// Checks logits, hidden outputs and operands of the targets in that pass; [layers] blocks against the whole graph.
void check_blocks(const ModelOptions& options, Index layers, bool training) {
  CAPTURE(options.name);
  CAPTURE(training);
  const Model model = build_model(options, 5, 3, 7);
  const Tensor x = random_tensor(40, 5, 3);
  const std::vector<Block> blocks = full_blocks(graph_of_blocks(), block_targets, layers);
  const Variable of_blocks(rows_of_nodes(x, blocks.front().origin().nodes));
  const auto pass = [&] { return training ? Pass::training(4, 2) : Pass::inference(); };
  Pass whole = pass(), part = pass();
  const Tensor want = model.forward(graph_of_blocks(), Variable(x), whole).y.value();
  CHECK(same_bits(model.forward(blocks, of_blocks, part).y.value(), rows_of_nodes(want, block_targets)));
  if (training) return;
  const Tensor hidden = hidden_outputs(model, graph_of_blocks(), Variable(x)).value();
  // the output layer reads the sources of the last block
  const std::vector<Node>& last = blocks.back().origin().nodes;
  const Tensor got = hidden_outputs(model, blocks, of_blocks).value();
  REQUIRE((got.rows() == std::ssize(last) || got.rows() == std::ssize(block_targets)));
  CHECK(same_bits(got, rows_of_nodes(hidden, got.rows() == std::ssize(last) ? last : block_targets)));
  const std::vector<Operands> operands = inference_operands(model, blocks, of_blocks);
  CHECK(operands.size() == inference_operands(model, graph_of_blocks(), Variable(x)).size());
  for (std::size_t l = 0; l < operands.size(); ++l)
    CHECK(attention_weights(operands[l]).rows() == blocks[l].edges());
}

}  // namespace

TEST_CASE("every model over full blocks has the bits of the graph's rows") {
  for (const std::string& name : model_names()) {
    const auto any = [&](std::initializer_list<const char*> names) {
      return std::ranges::any_of(names, [&](const char* each) { return name == each; });
    };
    // all nodes shape their features or the layer; or they attend to a graph that they make of the given one
    if (any({"ikan", "mikan", "primal", "nprf", "gkat"})) continue;
    if (name == "kernel-machine") continue;  // of one layer: its own test
    check_blocks({.name = name}, 2, false);
  }
}

TEST_CASE("every form of a stack runs over blocks") {
  for (const OptionValues& form : std::vector<OptionValues>{
           {{"layers", 3}, {"norm", "layer"}},
           {{"layers", 3}, {"norm", "batch"}, {"residual", "linear"}},
           {{"layers", 3}, {"block", "residual"}, {"separate", true}, {"norm", "layer"}},
           {{"layers", 3}, {"classifier", "linear"}, {"jumping", "concat"}, {"pre-linear", "active"}},
           {{"layers", 3}, {"classifier", "linear"}, {"jumping", "max"}, {"separate", true}}})
    for (const char* name : {"gat", "gatv2", "rbf", "gcn", "mlp"})
      check_blocks({.name = name, .options = form}, 3, false);
}

TEST_CASE("dropout over blocks is that of the nodes in the whole graph") {
  for (const OptionValues& form :
       std::vector<OptionValues>{{{"layers", 2}}, {{"layers", 2}, {"classifier", "linear"}, {"hidden-dropout", 0.4}}})
    for (const char* name : {"gat", "rbf", "gcn", "mlp"})
      check_blocks({.name = name, .options = form}, 2, true);
}

TEST_CASE("gradients over blocks are those of a loss on the targets") {
  const Model model = build_model({.name = "gat", .options = {{"dropout", 0}}}, 5, 3, 7);
  const Tensor x = random_tensor(40, 5, 3), w = random_tensor(5, 3, 4);
  Tensor w_of_all(40, 3);
  for (Index i = 0; i < 5; ++i)
    std::copy_n(w.row(i), 3, w_of_all.row(block_targets[static_cast<std::size_t>(i)]));
  const std::vector<Block> blocks = full_blocks(graph_of_blocks(), block_targets, 2);
  const auto gradients = [&](const Neighbourhoods& around, const Tensor& of, const Tensor& dy) {
    Pass pass = Pass::inference();
    std::vector<Tensor> all;
    for (Parameter p : model.parameters)
      p.variable.clear_grad();
    model.forward(around, Variable(of), pass).y.backward(dy);
    for (const Parameter& p : model.parameters)
      all.push_back(p.variable.grad());
    return all;
  };
  const auto got = gradients(blocks, rows_of_nodes(x, blocks.front().origin().nodes), w);
  const auto want = gradients(graph_of_blocks(), x, w_of_all);
  for (std::size_t n = 0; n < got.size(); ++n)
    CHECK(relative_difference(got[n], want[n]) < (sizeof(Real) == 8 ? 1e-12 : 1e-5));
}

TEST_CASE("lists of neighbourhoods that can't be are refused") {
  const std::vector<Block> blocks = full_blocks(graph_of_blocks(), block_targets, 2);
  const Model model = build_model({.name = "gat"}, 5, 3, 7);
  Pass pass = Pass::inference();
  const Variable x(Tensor(blocks.front().sources(), 5));
  CHECK_THROWS_WITH_AS(model.forward(std::vector<Block>{blocks[0]}, x, pass),
                       "[stack] neighbourhoods: got a list of 1, want 2, one for each layer", ValueError);
  CHECK_THROWS_WITH_AS(model.forward(std::vector<Block>{blocks[1], blocks[0]}, x, pass),
                       doctest::Contains("[Neighbourhoods] sources of layer 2"), ShapeError);
  CHECK_THROWS_WITH_AS(model.forward(std::vector<Block>{}, x, pass), doctest::Contains("layers: got none"), ValueError);
  CHECK_THROWS_AS(full_blocks(graph_of_blocks(), block_targets, 0), ValueError);
  const Model sequences = build_model({.name = "transformer"}, 5, 3, 7);
  CHECK_THROWS_WITH_AS(sequences.forward(std::vector<Neighbourhood>{Segments({0, 3})}, x, pass),
                       doctest::Contains("this model takes one for all of them"), ValueError);
}
