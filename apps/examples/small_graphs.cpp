// Classifies small graphs as rings or stars. A batch of graphs is one graph without edges between them; a readout turns
// the nodes of each graph into one row. Prints "test accuracy 1".
#include <iostream>
#include <numeric>
#include <vector>

#include <mercer/autograd/readout.hpp>
#include <mercer/graph/build.hpp>
#include <mercer/layers/graph_attention.hpp>
#include <mercer/layers/linear.hpp>
#include <mercer/training/metric.hpp>
#include <mercer/training/trainer.hpp>

using namespace mercer;

namespace {

/// A batch of graphs with the first node of each. Even items are rings, odd ones stars, of 4 to 12 nodes.
struct Bag {
  std::vector<NodePair> edges;
  std::vector<Index> offset{0};
  std::vector<std::int32_t> labels;

  explicit Bag(const std::vector<Node>& items) {
    for (const Node item : items) {
      const auto first = static_cast<Node>(offset.back()), nodes = 4 + item / 2 % 9;
      for (Node n = 0; n < nodes; ++n)
        edges.emplace_back(first + n, item % 2 == 0 ? first + (n + 1) % nodes : first);
      offset.push_back(first + nodes);
      labels.push_back(item % 2);
    }
  }
};

struct GraphClassifier {
  GraphAttention layer;
  Linear classes;

  Variable operator()(const Bag& bag, Pass& pass) const {
    const Csr graph = symmetrised(from_edges(bag.offset.back(), bag.edges));
    Tensor x(graph.rows(), 2);  // the degree of a node, and 1
    for (Index i = 0; i < graph.rows(); ++i) {
      x(i, 0) = static_cast<Real>(graph.view().degree(i)) / 10;
      x(i, 1) = 1;
    }
    const Variable y = elu(layer(Neighbourhood(graph), x, pass).y);
    return classes(concat({mean_of_rows(y, bag.offset), max_of_rows(y, bag.offset)}));
  }
};

std::vector<Node> numbers(Node first, Index count) {
  std::vector<Node> run(static_cast<std::size_t>(count));
  std::iota(run.begin(), run.end(), first);
  return run;
}

}  // namespace

int main() {
  Random random(/*seed=*/1);
  const GraphClassifier classify{GraphAttention({.in = 2, .width = 8, .heads = 2}, random),
                                 Linear({.in = 32, .out = 2}, random)};
  Parameters parameters = classify.layer.parameters("layer.");
  append(parameters, classify.classes.parameters("classes."));
  const auto loss = [&](const Batch& batch, Pass& pass) {
    const Bag bag(batch.items);
    return cross_entropy(classify(bag, pass), bag.labels, numbers(0, batch.examples));
  };
  train(
      {.parameters = parameters, .loss = loss, .batches = BatchSource::shuffled(/*items=*/12, /*size=*/4, /*seed=*/1)},
      {.epochs = 100, .seed = 1, .optimizer = Adam{.learning_rate = 0.02}});

  const Bag test(numbers(12, 6));  // larger graphs than in training
  Pass pass = Pass::inference();
  const double right = accuracy(classify(test, pass).value(), test.labels, numbers(0, 6));
  std::cout << "test accuracy " << right << '\n';
  return right > 0.9 ? 0 : 1;
}
