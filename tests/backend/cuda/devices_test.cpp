#include "mercer/device/device.hpp"

#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>

#include "backend/cuda/machine.hpp"
#include "backend/edge_list.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

constexpr std::size_t MiB = std::size_t{1} << 20;

/// Every operation that needs a device gives this reason.
void check_refused(const std::string& why) {
  CHECK(cuda_devices() == 0);
  CHECK_FALSE(cuda_available());
  CHECK(cuda_description() == why);
  const std::function<void()> calls[] = {
      [] { Tensor(2, 3, Device::cuda); },
      [] { random_tensor(2, 3).to(Device::cuda); },
      [] { random_sparse(2, 3).to(Device::cuda); },
      [] { Variable(random_tensor(2, 3)).move_to(Device::cuda); },
      [] {
        const Graph ring(cycle(3));
        cuda::edge_lists(ring.view());
      },
      [] { use_cuda_device(0); },
      [] { cuda_description(0); },
  };
  for (const auto& call : calls)
    CHECK(message_of<DeviceError>(call) == "[device] CUDA devices: " + why);
  CHECK(Tensor(0, 3, Device::cuda).device().is_cuda());  // no memory needed
  CHECK(Tensor::filled(2, 2, 1)(1, 1) == 1);             // the CPU still works
}

int device_of(const Tensor& x) {
  cudaPointerAttributes attributes{};
  REQUIRE(cudaPointerGetAttributes(&attributes, x.data()) == cudaSuccess);
  return attributes.device;
}

}  // namespace

TEST_CASE("a machine without a driver, with an old one, without a device") {
  fresh_machine();
  simt::config().driver = 0;
  check_refused("none: no NVIDIA driver on this machine (this build uses CUDA 13.0)");
  simt::config().driver = 12080;
  check_refused("none: the driver knows CUDA 12.8, this build wants 13.0: a newer driver helps");
  simt::config().driver = 14010;
  CHECK(cuda_devices() == 1);
  fresh_machine({});
  check_refused("none: a driver, but no device that it can see");
  fresh_machine();
  simt::fail_at(simt::Call::query, 1, cudaErrorInitializationError);
  CHECK(cuda_description() == "none: initialization error (cudaErrorInitializationError)");
  CHECK(cuda_description() == "1 device");
}

TEST_CASE("devices are described one by one") {
  fresh_machine({256 * MiB, 512 * MiB});
  CHECK(cuda_description() == "2 devices");
  CHECK(says(cuda_description(0), "256 MiB"));
  CHECK(says(cuda_description(1), "512 MiB, 4 multiprocessors, compute capability 9.0"));
  CHECK(message_of<DeviceError>([] { cuda_description(2); }) == "[device] CUDA device 2: there are 2, from 0");
}

TEST_CASE("a missing device is refused, and the current one stays") {
  fresh_machine({MiB, MiB});
  CHECK(message_of<DeviceError>([] { use_cuda_device(7); }) == "[device] CUDA device 7: there are 2, from 0");
  CHECK(message_of<DeviceError>([] { use_cuda_device(-1); }) == "[device] CUDA device -1: there are 2, from 0");
  CHECK(device_of(Tensor(2, 2, Device::cuda)) == 0);
  check_all_given_back();
  fresh_machine({MiB});
  CHECK(message_of<DeviceError>([] { use_cuda_device(1); }) == "[device] CUDA device 1: there is 1, number 0");
}

TEST_CASE("tensors and results of their operators stay on their device") {
  fresh_machine({8 * MiB, 8 * MiB});
  const Tensor x = random_tensor(4, 4);
  const Tensor on_first = x.to(Device::cuda);
  use_cuda_device(1);
  const Tensor on_second = x.to(Device::cuda);
  CHECK(on_first.device() == Device::cuda_number(0));
  CHECK(on_second.device() == Device::cuda_number(1));
  CHECK(device_of(on_second) == 1);

  const Tensor sum = add(Variable(on_first), Variable(on_first)).value();
  CHECK(device_of(sum) == 0);
  CHECK(same_bits(sum.to(Device::cpu), add(Variable(x), Variable(x)).value()));
  CHECK(device_of(Tensor(on_first)) == 0);  // a copy
  CHECK(message_of<ValueError>([&] { add(Variable(on_first), Variable(on_second)); }) ==
        "[add] operands on different devices: got cuda:1, want cuda:0");
  const Tensor moved = on_first.to(Device::cuda);
  CHECK(device_of(moved) == 1);
  CHECK(same_bits(moved.to(Device::cpu), x));
}

TEST_CASE("attention and its gradient run where its operands are; a graph has a copy on each device") {
  fresh_machine({8 * MiB, 8 * MiB});
  const Graph graph(cycle(4));
  const auto run = [&](Device device) {
    Variable q(random_tensor(4, 4).to(device), true);
    Variable y = attend(graph, Gaussian{}, q, q, q, {});
    y.backward(random_tensor(4, 4).to(device));
    if (device.is_cuda()) {
      CHECK(device_of(y.value()) == device.number);
      CHECK(device_of(q.grad()) == device.number);
    }
    return q.grad().to(Device::cpu);
  };
  const Tensor first = run(Device::cuda_number(0));
  CHECK(same_bits(run(Device::cuda_number(1)), first));
  CHECK(same_bits(run(Device::cuda_number(0)), first));
  CHECK(cuda_device_in_use() == 0);
}

TEST_CASE("blocks kept on the old device are not used on the new one") {
  fresh_machine({MiB, MiB});
  { const Tensor there(100, 100, Device::cuda); }
  use_cuda_device(1);
  {
    const Tensor there(100, 100, Device::cuda);
    CHECK(device_of(there) == 1);
  }
  use_cuda_device(0);
  CHECK(device_of(Tensor(100, 100, Device::cuda)) == 0);
  check_all_given_back();
}

}  // namespace mercer::test
