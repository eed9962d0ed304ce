#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "backend/cuda/machine.hpp"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/small_training.hpp"
#include "mercer/base/check.hpp"
#include "support/same_training.hpp"

/// The calls of the runtime when epochs are replayed, and the effect of failures.
namespace mercer::test {
namespace {

using simt::Call;

const ModelOptions attending{.name = "gat", .options = {{"layers", 2}, {"hidden", 4}, {"heads", 2}}};
const ModelOptions convolving{.name = "gcn", .options = {{"layers", 2}, {"hidden", 4}}};  // few launches, with uploads

/// Calls of each kind in every epoch of a training.
std::vector<std::array<std::size_t, simt::call_kinds>> calls_of_epochs(const SmallData& data, const ModelOptions& model,
                                                                       TrainOptions options) {
  std::vector<std::array<std::size_t, simt::call_kinds>> of_epochs;
  std::array<std::size_t, simt::call_kinds> before{};
  options.on_epoch = [&](const EpochReport&) {
    auto& of = of_epochs.emplace_back();
    for (std::size_t kind = 0; kind < simt::call_kinds; ++kind)
      of[kind] =
          simt::calls(static_cast<Call>(kind)) - std::exchange(before[kind], simt::calls(static_cast<Call>(kind)));
  };
  fresh_machine();
  trained(data, model, options, Device::cuda);
  return of_epochs;
}

std::size_t count(const std::array<std::size_t, simt::call_kinds>& calls, Call call) {
  return calls[static_cast<std::size_t>(call)];
}

#if defined(SIMT_ASAN) || defined(SIMT_TSAN)
constexpr unsigned step_between_faults = 43;
#else
constexpr unsigned step_between_faults = 5;
#endif

}  // namespace

TEST_CASE("an epoch that is replayed is two launches, without allocations") {
  const SmallData data(2);
  for (const std::string& name : std::vector<std::string>{"gat", "gatv2", "rbf", "ikan-direct", "gcn", "mlp"}) {
    CAPTURE(name);
    const ModelOptions model{.name = name, .options = {{"hidden", 4}}};
    const TrainOptions options{.epochs = 4, .clip_norm = 0.5, .stop = StopRule::fixed_epochs};
    TrainOptions launched = options;
    launched.cuda_graph = false;
    const auto want = calls_of_epochs(data, model, launched), got = calls_of_epochs(data, model, options);
    MESSAGE(name << ": launches " << count(want[3], Call::launch) << ", copies and zeroing "
                 << count(want[3], Call::copy) << ", waits " << count(want[3], Call::synchronize));
    CHECK(count(want[3], Call::launch) > 20);
    // also where nothing is replayed yet, norms and updates of all parameters take three launches
    CHECK(count(got[0], Call::launch) + 5 <= count(want[0], Call::launch));
    for (const std::size_t epoch : {2u, 3u}) {
      const std::map<Call, std::size_t> wanted{{Call::launch, 2}, {Call::synchronize, 2}};
      for (std::size_t kind = 0; kind < simt::call_kinds; ++kind) {
        const auto found = wanted.find(static_cast<Call>(kind));
        CHECK(got[epoch][kind] == (found == wanted.end() ? 0 : found->second));
      }
    }
  }
}

TEST_CASE("kept parameters stay at the same address") {
  const SmallData data(2);
  const auto calls = calls_of_epochs(data, attending, {.epochs = 6, .optimizer = Adam{.learning_rate = 0.01}});
  for (const std::size_t epoch : {2u, 3u, 4u, 5u}) {
    CHECK(count(calls[epoch], Call::allocate) == 0);
    CHECK(count(calls[epoch], Call::release) == 0);
  }
}

TEST_CASE("when any call of a capture fails, training continues or names the call, without leaks") {
  const SmallData data(2);
  const TrainOptions options{.epochs = 3, .clip_norm = 0.5};
  fresh_machine();
  const TrainState want = trained(data, convolving, options, Device::cuda).state;
  check_all_given_back();
  const std::pair<Call, cudaError_t> faults[] = {{Call::graph, cudaErrorUnknown},
                                                 {Call::allocate, cudaErrorMemoryAllocation},
                                                 {Call::allocate, cudaErrorUnknown},
                                                 {Call::copy, cudaErrorInvalidValue},
                                                 {Call::launch, cudaErrorLaunchOutOfResources},
                                                 {Call::synchronize, cudaErrorUnknown}};
  for (const auto& fault : faults) {
    const auto [call, status] = fault;
    CAPTURE(static_cast<int>(fault.first));
    std::size_t uncaptured = 0, failed = 0, made = 0;
    for (unsigned n = 1;; n += call == Call::graph ? 1 : step_between_faults) {
      CAPTURE(n);
      fresh_machine();
      TrainOptions faulty = options;
      faulty.on_epoch = [&](const EpochReport& report) {
        if (report.epoch > 0) return;
        made = simt::calls(fault.first);
        simt::fail_at(fault.first, n, fault.second);
      };
      TrainResult got;
      const std::string message =
          message_of<DeviceError>([&] { got = trained(data, convolving, faulty, Device::cuda); });
      const bool reached = simt::calls(call) - made >= n;
      simt::fail_at(call, 0, cudaSuccess);
      check_all_given_back();
      if (!message.empty()) {
        CHECK_MESSAGE(says(message, cudaGetErrorName(status)), message);
        ++failed;
        continue;
      }
      check_same(got.state, want);
      uncaptured += !got.uncaptured.empty();
      if (!reached) break;
    }
    if (call != Call::synchronize) CHECK(uncaptured > 0);
    if (call == Call::graph) CHECK(failed == 0);
  }
}

}  // namespace mercer::test
