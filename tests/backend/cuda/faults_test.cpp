#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "backend/cuda/machine.hpp"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/small_training.hpp"
#include "backend/edge_list.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/attention/stream_use.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

using simt::Call;

const ModelOptions gat{.name = "gat", .options = {{"layers", 2}, {"hidden", 4}, {"heads", 2}}};
const ModelOptions implicit{.name = "ikan-direct",
                            .options = {{"layers", 2}, {"hidden", 4}, {"heads", 2}, {"frequencies", 4}}};

double loss_of_one_epoch(const SmallData& data, const ModelOptions& options) {
  return trained(data, options, 1, Device::cuda).state.history.at(0).train_loss;
}

/// "[operator] CUDA: what (name of the code)"
bool names_operator_and_code(const std::string& message, cudaError_t status) {
  static const std::regex form(R"(\[[a-z_]+\] CUDA.*: .+ \((cudaError[A-Za-z]+)\).*)");
  std::smatch parts;
  return std::regex_match(message, parts, form) && parts[1] == cudaGetErrorName(status);
}

/// Fails the n-th call of a kind in a training, n = 1, 1 + step, …, until no call is left; every try uses the same
/// machine.
void fail_each(Call call, cudaError_t status, const ModelOptions& options, unsigned step) {
  CAPTURE(options.name);
  CAPTURE(static_cast<int>(call));
  const SmallData data(2);
  fresh_machine();
  const double want = loss_of_one_epoch(data, options);
  check_all_given_back();
  fresh_machine();
  std::size_t survived = 0;
  for (unsigned n = 1;; n += step) {
    CAPTURE(n);
    release_unused_memory();
    const std::size_t before = simt::calls(call);
    simt::fail_at(call, n, status);
    double got = 0;
    const std::string message = message_of<DeviceError>([&] { got = loss_of_one_epoch(data, options); });
    CHECK(cuda::bytes_in_use() == 0);
    if (!message.empty()) {
      CHECK_MESSAGE(names_operator_and_code(message, status), message);
      continue;
    }
    CHECK(got == want);
    if (simt::calls(call) - before < n) break;  // no more calls of this kind
    ++survived;                                 // kept memory was released and the call repeated
  }
  if (call != Call::allocate || status != cudaErrorMemoryAllocation) CHECK(survived == 0);
  simt::fail_at(call, 0, cudaSuccess);
  check_all_given_back();
}

#if defined(SIMT_ASAN) || defined(SIMT_TSAN)
constexpr bool sparing = true;
#else
constexpr bool sparing = false;
#endif

}  // namespace

TEST_CASE("when any call fails, training names it, leaks nothing and can be repeated") {
  // one of `step` calls: there are hundreds, and a sanitizer is slow
  const std::pair<ModelOptions, unsigned> models[] = {{gat, sparing ? 29 : 7}, {implicit, sparing ? 211 : 61}};
  for (const auto& [options, step] : models) {
    fail_each(Call::allocate, cudaErrorMemoryAllocation, options, step);
    fail_each(Call::allocate, cudaErrorUnknown, options, step);
    fail_each(Call::copy, cudaErrorInvalidValue, options, step);
    fail_each(Call::launch, cudaErrorLaunchOutOfResources, options, step);
    fail_each(Call::synchronize, cudaErrorUnknown, options, step);
  }
}

TEST_CASE("when any call fails, streamed attention leaks nothing and can be repeated") {
  const Neighbourhood through(Graph(scattered(60)), Streamed{24 << 10});
  const auto attended = [&] {
    const auto operand = [](std::uint64_t seed) { return Variable(random_tensor(60, 16, seed), true); };
    const Variable q = operand(1), k = operand(2), v = operand(3);
    sum(attend(through, Exponential{}, q, k, v, {.heads = 2})).backward();
    return v.grad();
  };
  fresh_machine();
  const Tensor want = attended();
  CHECK(stream_use(through).most_pieces > 2);
  release_unused_memory();
  check_all_given_back();
  const std::pair<Call, cudaError_t> faults[] = {{Call::allocate, cudaErrorMemoryAllocation},
                                                 {Call::copy, cudaErrorInvalidValue},
                                                 {Call::launch, cudaErrorLaunchOutOfResources},
                                                 {Call::create, cudaErrorUnknown},
                                                 {Call::event, cudaErrorUnknown},
                                                 {Call::synchronize, cudaErrorUnknown}};
  for (const auto& fault : faults) {
    const auto [call, status] = fault;
    CAPTURE(static_cast<int>(fault.first));
    int failed = 0;
    for (unsigned n = 1;; n += sparing ? 5 : 1) {
      CAPTURE(n);
      fresh_machine();
      simt::fail_at(call, n, status);
      const std::string message = message_of<DeviceError>([&] { attended(); });
      simt::fail_at(call, 0, cudaSuccess);
      CHECK(max_abs_difference(attended(), want) == 0);
      release_unused_memory();
      check_all_given_back();
      if (message.empty()) break;
      CHECK_MESSAGE(names_operator_and_code(message, status), message);
      ++failed;
    }
    CHECK(failed > 0);
  }
}

TEST_CASE("the memory limit of a device is respected") {
  fresh_machine();
  limit_cuda_memory(64 << 10);
  {
    const Buffer most(48 << 10, Device::cuda);
    CHECK(says(message_of<DeviceMemoryError>([] { Buffer(32 << 10, Device::cuda); }), ", limited to 64 KiB"));
  }
  CHECK_NOTHROW(Buffer(64 << 10, Device::cuda));  // kept memory is released
  limit_cuda_memory(0);
  CHECK_NOTHROW(Buffer(1 << 20, Device::cuda));
  check_all_given_back();
}

TEST_CASE("the set-up of a device is tried again at the next call") {
  for (const Call call : {Call::query, Call::create}) {
    fresh_machine();
    simt::fail_at(call, 1, cudaErrorInitializationError);
    const std::string message = message_of<DeviceError>([] { Tensor(2, 2, Device::cuda); });
    CHECK_MESSAGE(names_operator_and_code(message, cudaErrorInitializationError), message);
    CHECK(Tensor(2, 2, Device::cuda).to(Device::cpu)(1, 1) == 0);
    check_all_given_back();
  }
}

TEST_CASE("an error that destroys the context is reported by every later call") {
  const SmallData data(2);
  for (const Call call : {Call::launch, Call::synchronize, Call::copy})
    for (const unsigned n : {1u, 7u, 20u}) {
      fresh_machine();
      simt::fail_at(call, n, cudaErrorIllegalAddress);
      for (int times = 0; times < 2; ++times) {
        const std::string message = message_of<DeviceError>([&] { loss_of_one_epoch(data, gat); });
        CHECK_MESSAGE(names_operator_and_code(message, cudaErrorIllegalAddress), message);
      }
      CHECK(cuda::bytes_in_use() == 0);
    }
  fresh_machine();  // like a new process
  CHECK(loss_of_one_epoch(data, gat) > 0);
  check_all_given_back();
}

TEST_CASE("a block that can't be freed doesn't end the program") {
  fresh_machine();
  { const Tensor kept(64, 64, Device::cuda); }
  simt::fail_at(Call::release, 1, cudaErrorUnknown);
  CHECK_NOTHROW(release_unused_memory());
  CHECK(cudaPeekAtLastError() == cudaSuccess);
  CHECK(Tensor(2, 2, Device::cuda).to(Device::cpu)(0, 0) == 0);
}

TEST_CASE("a failed copy of a graph is repeated completely the next time") {
  fresh_machine();
  const Graph graph(star(600));  // a row of several chunks: all arrays exist
  unsigned failed = 0;
  for (std::string message = "first"; !message.empty(); ++failed) {
    simt::fail_at(Call::copy, failed + 1, cudaErrorUnknown);
    message = message_of<DeviceError>([&] { cuda::edge_lists(graph.view()); });
    CHECK((cuda::bytes_in_use() == 0) == !message.empty());
  }
  CHECK(failed == 8);  // seven arrays
  simt::fail_at(Call::copy, 0, cudaSuccess);
  const EdgeLists there = cuda::edge_lists(graph.view());
  CHECK(there.adjacency.long_row_count == 1);
  std::vector<Node> back(600);
  copy_bytes(back.data(), Device::cpu, there.adjacency.edges.neighbour, Device::cuda, 600 * sizeof(Node));
  CHECK(std::ranges::equal(back, graph.csr().neighbours(0)));
}

TEST_CASE("a failed copy of a sparse matrix leaks nothing") {
  fresh_machine();
  const SparseMatrix x = random_sparse(9, 7);
  for (unsigned n = 1; n <= 6; ++n) {
    release_unused_memory();
    simt::fail_at(Call::allocate, n, cudaErrorUnknown);
    CHECK_THROWS_AS(x.to(Device::cuda), DeviceError);
    CHECK(cuda::bytes_in_use() == 0);
  }
  CHECK(x.to(Device::cuda).nonzeros() == x.nonzeros());
  check_all_given_back();
}

TEST_CASE("kept memory is released before memory runs out") {
  constexpr std::size_t MiB = std::size_t{1} << 20;
  fresh_machine({4 * MiB});
  { const Buffer kept(3 * MiB, Device::cuda); }
  {
    const Buffer other(2 * MiB, Device::cuda), small(MiB / 2, Device::cuda);
    const std::string message = message_of<DeviceError>([&] { const Buffer more(2 * MiB, Device::cuda); });
    CHECK(message ==
          "[allocate] CUDA: out of memory (cudaErrorMemoryAllocation): 2048 KiB more wanted, 1536 KiB of 4096 KiB "
          "free, 2560 KiB in use here");
    CHECK_NOTHROW(Buffer(MiB, Device::cuda));
  }
  CHECK_NOTHROW(Buffer(4 * MiB, Device::cuda));
  check_all_given_back();
}

TEST_CASE("a training on larger and larger devices runs out of memory until it fits") {
  const SmallData data(2);
  const double want = trained(data, gat, 1, Device::cpu).state.history[0].train_loss;
  int too_small = 0;
  double got = 0;
  for (std::size_t bytes = std::size_t{1} << 10;; bytes = bytes * 5 / 4) {
    fresh_machine({bytes});
    const std::string message = message_of<DeviceError>([&] { got = loss_of_one_epoch(data, gat); });
    if (message.empty()) break;
    ++too_small;
    CHECK_MESSAGE(names_operator_and_code(message, cudaErrorMemoryAllocation), message);
    check_all_given_back();
  }
  CHECK(too_small > 5);
  CHECK(got == doctest::Approx(want).epsilon(1e-4));
}

}  // namespace mercer::test
