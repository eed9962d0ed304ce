#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <string>

#include "backend/cuda/lane_orders.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer::test {
namespace {

struct Data {
  Dataset set;
  std::vector<Node> train, validation;

  explicit Data(Index scale)
      : set(planted_citations({.class_sizes = {9 * scale, 6 * scale, 5 * scale},
                               .edges = 50 * scale,
                               .words = 60,
                               .words_in_all = 160 * scale,
                               .train_of_each_class = 5,
                               .validation = 5 * scale,
                               .test = 5 * scale})) {
    for (Node i = 0; i < static_cast<Node>(20 * scale); ++i)
      (i % 4 == 0 ? train : validation).push_back(i);
  }
  Input input(Device device) const {
    if (const auto* sparse = std::get_if<SparseMatrix>(&set.features))
      return std::make_shared<const SparseMatrix>(sparse->to(device));
    return Variable(std::get<Tensor>(set.features).to(device));
  }
};

TrainResult trained(const Data& data, const ModelOptions& options, Index epochs, Device device) {
  const Neighbourhood neighbourhood = neighbourhood_for(options, data.set.graph);
  const Input x = data.input(device);
  const Model model = build_model(options, x.columns(), data.set.classes(), 1);
  move_to(model, device);
  const Task task{.parameters = model.parameters,
                  .predict = [&](Pass& pass) -> Prediction {
                    auto [y, penalty] = model.forward(neighbourhood, x, pass);
                    return {std::move(y), std::move(penalty)};
                  },
                  .labels = data.set.labels,
                  .train = data.train,
                  .validation = data.validation,
                  .test = {}};
  return train(task, {.epochs = epochs, .seed = 3, .optimizer = Adam{.learning_rate = 0.01, .weight_decay = 5e-4}});
}

void check_same_losses(const ModelOptions& options, const Data& data, Index epochs) {
  CAPTURE(options.name);
  const TrainResult want = trained(data, options, epochs, Device::cpu);
  const TrainResult got = trained(data, options, epochs, Device::cuda);
  REQUIRE(got.state.history.size() == want.state.history.size());
  for (std::size_t e = 0; e < want.state.history.size(); ++e) {
    CHECK(std::abs(got.state.history[e].train_loss - want.state.history[e].train_loss) <= 1e-4);
    CHECK(std::abs(got.state.history[e].validation->loss - want.state.history[e].validation->loss) <= 1e-4);
  }
  release_unused_memory();
}

}  // namespace

TEST_SUITE("training on a device = on the CPU" * doctest::skip(!device_present())) {
  TEST_CASE("two epochs of GAT, GATv2, RBF and implicit kernels" * doctest::test_suite("training, long")) {
    const Data data(10);  // 200 nodes
    for (const ModelOptions& options :
         {ModelOptions{.name = "gat"}, ModelOptions{.name = "gatv2"}, ModelOptions{.name = "rbf", .p = Real(1.8)},
          ModelOptions{.name = "ikan-direct", .frequencies = 16}})
      check_same_losses(options, data, 2);
  }

  TEST_CASE("one epoch of every model there is") {
    const Data data(3);
    for (const std::string& name : model_names())
      check_same_losses({.name = name}, data, 1);
  }
}

}  // namespace mercer::test
