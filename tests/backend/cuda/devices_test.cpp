#include "mercer/device/device.hpp"

#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>

#include "backend/cuda/machine.hpp"
#include "backend/edge_list.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

constexpr std::size_t MiB = std::size_t{1} << 20;

/// Whatever puts something on a device says why it can't.
void check_refused(const std::string& why) {
  CHECK(cuda_devices() == 0);
  CHECK_FALSE(cuda_available());
  CHECK(cuda_description() == why);
  const std::function<void()> calls[] = {
      [] { Tensor(2, 3, Device::cuda); },
      [] { random_tensor(2, 3).to(Device::cuda); },
      [] { random_sparse(2, 3).to(Device::cuda); },
      [] { Variable(random_tensor(2, 3)).move_to(Device::cuda); },
      [] { cuda::edge_lists(Graph(cycle(3)).view()); },
      [] { use_cuda_device(0); },
      [] { cuda_description(0); },
  };
  for (const auto& call : calls)
    CHECK(message_of<DeviceError>(call) == "[device] CUDA devices: " + why);
  CHECK(Tensor(0, 3, Device::cuda).device() == Device::cuda);  // nothing to hold
  CHECK(Tensor::filled(2, 2, 1)(1, 1) == 1);                   // the CPU goes on
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

TEST_CASE("a device that there is not isn't used, and the one in use stays") {
  fresh_machine({MiB, MiB});
  CHECK(message_of<DeviceError>([] { use_cuda_device(7); }) == "[device] CUDA device 7: there are 2, from 0");
  CHECK(message_of<DeviceError>([] { use_cuda_device(-1); }) == "[device] CUDA device -1: there are 2, from 0");
  CHECK(device_of(Tensor(2, 2, Device::cuda)) == 0);
  check_all_given_back();
  fresh_machine({MiB});
  CHECK(message_of<DeviceError>([] { use_cuda_device(1); }) == "[device] CUDA device 1: there is 1, number 0");
}

TEST_CASE("the device changes when nothing is on the old one any more") {
  fresh_machine({MiB, MiB});
  const Tensor x = random_tensor(3, 4);
  {
    const Tensor there = x.to(Device::cuda);
    CHECK(device_of(there) == 0);
    CHECK(message_of<DeviceError>([] { use_cuda_device(1); }) ==
          "[device] CUDA device 1: tensors on device 0 are still alive");
    CHECK_NOTHROW(use_cuda_device(0));
    CHECK(same_bits(there.to(Device::cpu), x));
  }
  {
    const Graph graph(cycle(4));
    cuda::edge_lists(graph.view());
    CHECK_THROWS_AS(use_cuda_device(1), DeviceError);
  }
  use_cuda_device(1);
  const auto there = std::make_unique<Tensor>(x.to(Device::cuda));
  CHECK(device_of(*there) == 1);
  CHECK(same_bits(there->to(Device::cpu), x));
  CHECK_THROWS_AS(use_cuda_device(0), DeviceError);
}

TEST_CASE("what was kept on the old device is not handed out on the new one") {
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
