#include "backend/capture.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "backend/cuda/machine.hpp"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/device/device.hpp"
#include "mercer/tensor/tensor.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

constexpr Index columns = 100;

Tensor all(Real value) { return Tensor::filled(1, columns, value); }

}  // namespace

TEST_CASE("captured work keeps its copies, and runs when it is replayed") {
  fresh_machine();
  {
    Tensor sum(1, columns, Device::cuda), up = all(3);
    CaptureMemory memory;
    CapturedWork work(memory, [&] { cuda::add_to(up.to(Device::cuda), sum); });
    up = all(100);
    CHECK(max_abs_difference(sum.to(Device::cpu), all(0)) == 0);
    for (const Real times : {Real(1), Real(2), Real(3)}) {
      work.replay();
      CHECK(max_abs_difference(sum.to(Device::cpu), all(3 * times)) == 0);
    }
  }
  check_all_given_back();
}

TEST_CASE("a block that captured work writes to is not reused, whether freed before, during or after the capture") {
  fresh_machine();
  {
    CaptureMemory memory;
    Tensor before = all(1).to(Device::cuda), after;
    CapturedWork work(memory, [&] {
      after = all(2).to(Device::cuda);
      cuda::add_to(after, before);
      cuda::add_to(before, after);
      before = Tensor();
    });
    after = Tensor();
    const Tensor others[] = {all(5).to(Device::cuda), all(6).to(Device::cuda), all(7).to(Device::cuda)};
    work.replay();
    for (int n = 0; n < 3; ++n)
      CHECK(max_abs_difference(others[n].to(Device::cpu), all(static_cast<Real>(5 + n))) == 0);
  }
  check_all_given_back();
}

TEST_CASE("a lack of memory during a capture doesn't free captured blocks") {
  fresh_machine();
  limit_cuda_memory(64 << 10);
  CHECK(cuda_memory_peak() > 0);  // of the tests before
  {
    Tensor sum(1, columns, Device::cuda);
    CaptureMemory memory;
    CapturedWork work(memory, [&] {
      cuda::add_to(all(3).to(Device::cuda), sum);
      CHECK_THROWS_AS(Buffer(1 << 20, Device::cuda), DeviceMemoryError);
    });
    const Tensor other = all(5).to(Device::cuda);
    work.replay();
    CHECK(max_abs_difference(other.to(Device::cpu), all(5)) == 0);
    CHECK(max_abs_difference(sum.to(Device::cpu), all(3)) == 0);
  }
  limit_cuda_memory(0);
  check_all_given_back();
}

TEST_CASE("results of captured work may outlive it") {
  fresh_machine();
  {
    Tensor made;
    {
      CaptureMemory memory;
      CapturedWork work(memory, [&] { made = all(4).to(Device::cuda); });
      work.replay();
    }
    const Tensor other = all(5).to(Device::cuda);
    CHECK(max_abs_difference(made.to(Device::cpu), all(4)) == 0);
  }
  check_all_given_back();
}

TEST_CASE("work that can't be captured is refused, and the stream stays usable") {
  fresh_machine();
  {
    const Tensor x = all(8).to(Device::cuda);
    CaptureMemory memory;
    const auto refused = [&](const std::function<void()>& work) {
      return message_of<DeviceError>([&] { CapturedWork(memory, work); });
    };
    CHECK(refused([&] { x.to(Device::cpu); }) ==
          "[copy] CUDA graph: the host waits for what the device computes, in the middle of a step");
    CHECK(says(refused([] { wait_for_device(); }), "cudaErrorStreamCaptureUnsupported"));
    CHECK_THROWS_AS(CapturedWork(memory, [] { throw ValueError("of the caller"); }), ValueError);
    CHECK(max_abs_difference(x.to(Device::cpu), all(8)) == 0);
    CHECK(refused([&] { const Tensor copy = x; }).empty());
  }
  check_all_given_back();
}

TEST_CASE("draws on the host need a known step") {
  const std::uint32_t step = 0;
  CHECK_NOTHROW(Random(Stream{.seed = 1, .step = 2}));
  CHECK(message_of<DeviceError>([&] { Random(Stream{.seed = 1, .step_there = &step}); }) ==
        "[random] CUDA graph: this is drawn on the host, anew in each step");
  const Graph graph(cycle(3));
  const Variable v(random_tensor(3, 2));
  const auto attended = [&](float p) {
    return message_of<DeviceError>(
        [&] { attend(graph, Constant{}, {}, {}, v, {.dropout = {.p = p, .stream = {.step_there = &step}}}); });
  };
  CHECK(attended(0).empty());
  CHECK(attended(0.5f) == "[attend] CUDA graph: this is drawn on the host, anew in each step");
}

}  // namespace mercer::test
