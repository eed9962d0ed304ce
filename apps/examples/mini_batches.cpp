// Training in mini-batches of the nodes of a graph with edge weights. Prints "largest difference 0", between logits of
// blocks and of the whole graph, then the test accuracy.
#include <algorithm>
#include <iostream>
#include <vector>

#include <mercer/attention/full_blocks.hpp>
#include <mercer/data/synthetic.hpp>
#include <mercer/data/transform.hpp>
#include <mercer/models/build.hpp>
#include <mercer/training/metric.hpp>
#include <mercer/training/optimizer.hpp>

using namespace mercer;

namespace {

/// The logits of these targets [targets, classes], from the nodes that two layers need alone.
Variable logits_of(const Model& model, const Neighbourhood& whole, const Variable& x, const std::vector<Node>& targets,
                   Pass& pass) {
  const std::vector<Neighbourhood> blocks = full_blocks(whole, targets, /*layers=*/2);
  const BlockOrigin& outermost = std::get<Block>(blocks.front().topology()).origin();
  return model.forward(blocks, gather_rows(x, outermost.nodes), pass).y;  // rows of x by their numbers in the graph
}

}  // namespace

int main() {
  const Dataset club = with_loops(karate());
  const Split& split = club.splits.front();
  Tensor weight(club.graph.edges(), 1);
  for (Index e = 0; e < weight.rows(); ++e)
    weight(e, 0) = static_cast<Real>(1 + e % 2);
  const Neighbourhood whole{club.graph, {.weight = Variable(weight)}};
  const Variable x(std::get<SparseMatrix>(club.features).to_dense());
  const Model model = build_model({.name = "gcn"}, x.columns(), club.classes(), /*seed=*/1);

  Optimizer adam(model.parameters, Adam{.learning_rate = 0.01});
  for (std::uint32_t step = 0; step < 100; ++step) {
    const Node target = split.train[step % split.train.size()];  // a batch of one
    Pass pass = Pass::training(/*seed=*/1, step);
    adam.clear_gradients();
    const std::vector<std::int32_t> label{club.labels[static_cast<std::size_t>(target)]};
    cross_entropy(logits_of(model, whole, x, {target}, pass), label, std::vector<Node>{0}).backward();
    adam.step();
  }

  Pass in_blocks = Pass::inference(), at_once = Pass::inference();
  const Tensor of_blocks = logits_of(model, whole, x, split.test, in_blocks).value();
  const Variable of_graph = model.forward(whole, x, at_once).y;
  std::cout << "largest difference " << max_abs_difference(of_blocks, gather_rows(of_graph, split.test).value())
            << '\n';
  const double right = accuracy(of_graph.value(), club.labels, split.test);
  std::cout << "test accuracy " << right << '\n';
  return right > 0.8 ? 0 : 1;
}
