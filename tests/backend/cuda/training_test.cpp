#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "backend/cuda/lane_orders.hpp"
#include "backend/cuda/small_training.hpp"

namespace mercer::test {
namespace {

void check_same_losses(const ModelOptions& options, const SmallData& data, Index epochs) {
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
    const SmallData data(10);  // 200 nodes
    for (const ModelOptions& options : {ModelOptions{.name = "gat"}, ModelOptions{.name = "gatv2"},
                                        ModelOptions{.name = "rbf", .options = {{"p", 1.8}}},
                                        ModelOptions{.name = "ikan-direct", .options = {{"frequencies", 16}}}})
      check_same_losses(options, data, 2);
  }

  TEST_CASE("one epoch of every model there is") {
    const SmallData data(3);
    for (const std::string& name : model_names())
      if (name != "kernel-machine") check_same_losses({.name = name}, data, 1);
  }

  TEST_CASE("stacks with a global branch") {
    const SmallData data(3);
    check_same_losses({.name = "gcn", .options = {{"global", "average"}, {"classifier", "linear"}}}, data, 3);
    check_same_losses({.name = "gat",
                       .options = {{"global", "gated"},
                                   {"block", "gated"},
                                   {"norm", "layer"},
                                   {"residual", "linear"},
                                   {"classifier", "linear"},
                                   {"local-epochs", 1}}},
                      data, 3);
  }

  TEST_CASE("a kernel machine trains on a device without a penalty, on dense features, and says so") {
    const SmallData data(3);
    const ModelOptions free{.name = "kernel-machine", .options = {{"lambda", 0}}};
    CHECK_THROWS_WITH_AS(trained(data, free, 1, Device::cuda),
                         doctest::Contains("sparse features: got a CUDA device, want the CPU"), DeviceError);
    SmallData dense = data;
    dense.set.features = std::get<SparseMatrix>(data.set.features).to_dense();
    CHECK_THROWS_WITH_AS(trained(dense, {.name = "kernel-machine"}, 1, Device::cuda),
                         doctest::Contains("row penalty of the parameter 'coefficients': got a CUDA device"),
                         DeviceError);
    check_same_losses(free, dense, 2);
  }
}

}  // namespace mercer::test
