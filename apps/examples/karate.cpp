// Trains a two-layer GAT to separate the two sides of Zachary's karate club; only the two leaders have labels. Prints a
// line every 25 epochs, then "test accuracy 1".
#include <iostream>
#include <memory>
#include <variant>

#include <mercer/data/synthetic.hpp>
#include <mercer/data/transform.hpp>
#include <mercer/models/build.hpp>
#include <mercer/training/node_classification.hpp>

using namespace mercer;

int main() {
  const Dataset club = with_loops(karate());  // every member attends to himself too
  const Split& split = club.splits.front();
  const Neighbourhood friends(club.graph);
  const Input x(club);

  const Model gat = build_model({.name = "gat", .options = {{"hidden", 8}, {"heads", 4}, {"dropout", 0.3f}}},
                                x.columns(), club.classes(),
                                /*seed=*/1);
  std::cout << parameter_count(gat) << " parameters\n";

  const Task task = node_classification({.parameters = gat.parameters,
                                         .predict = [&](Pass& pass) { return gat.forward(friends, x, pass); },
                                         .labels = club.labels,
                                         .train = split.train,
                                         .validation = split.validation,
                                         .test = split.test});
  const auto report = [](const EpochReport& epoch) {
    if (epoch.epoch % 25 == 0) std::cout << "epoch " << epoch.epoch << ": loss " << epoch.train_loss << '\n';
  };
  const TrainResult result =
      train(task, {.epochs = 200, .seed = 1, .optimizer = Adam{.learning_rate = 0.01}, .on_epoch = report});
  std::cout << "test accuracy " << result.test->score << '\n';
  return result.test->score > 0.9 ? 0 : 1;
}
