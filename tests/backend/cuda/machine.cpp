#include "backend/cuda/machine.hpp"

#include <doctest/doctest.h>

#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/runtime/runtime.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer::test {

void fresh_machine(const std::vector<std::size_t>& device_bytes) {
  message_of<DeviceError>(cuda::close);  // after some failures not everything can be released
  simt::reset(device_bytes);
  if (!device_bytes.empty()) use_cuda_device(0);
}

void check_all_given_back() {
  CHECK(cuda::bytes_in_use() == 0);
  CHECK_NOTHROW(cuda::close());
  CHECK_NOTHROW(simt::check_leaks());
}

}  // namespace mercer::test
