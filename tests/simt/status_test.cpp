#include "simt/runtime/status.hpp"

#include <doctest/doctest.h>

#include <string>

#include "simt/device_buffer.hpp"
#include "simt/streams.hpp"

using simt::Call;

namespace {

__global__ void do_nothing() {}

cudaError_t launch_nothing() {
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = 1;
  return cudaLaunchKernelEx(&config, do_nothing);
}

}  // namespace

TEST_CASE("the n-th call of a kind fails as configured, and no other") {
  simt::reset();
  void* memory[3] = {};
  simt::fail_at(Call::allocate, 2, cudaErrorMemoryAllocation);
  CHECK(launch_nothing() == cudaSuccess);
  CHECK(cudaMalloc(&memory[0], 4) == cudaSuccess);
  CHECK(cudaMalloc(&memory[1], 4) == cudaErrorMemoryAllocation);
  CHECK(cudaMalloc(&memory[2], 4) == cudaSuccess);
  CHECK(memory[1] == nullptr);
  simt::fail_at(Call::launch, 1, cudaErrorLaunchOutOfResources);
  CHECK(launch_nothing() == cudaErrorLaunchOutOfResources);
  CHECK(launch_nothing() == cudaSuccess);
  simt::fail_at(Call::copy, 1, cudaErrorInvalidValue);
  CHECK(cudaMemset(memory[0], 0, 4) == cudaErrorInvalidValue);
  simt::fail_at(Call::create, 1, cudaErrorMemoryAllocation);
  cudaStream_t stream = nullptr;
  CHECK(cudaStreamCreate(&stream) == cudaErrorMemoryAllocation);
  simt::require(cudaFree(memory[0]));
  simt::require(cudaFree(memory[2]));
  simt::check_leaks();
}

TEST_CASE("calls are counted by kind since the reset") {
  simt::reset();
  CHECK(simt::calls(Call::launch) == 0);
  CHECK(launch_nothing() == cudaSuccess);
  simt::fail_at(Call::launch, 1, cudaErrorLaunchOutOfResources);
  CHECK(launch_nothing() == cudaErrorLaunchOutOfResources);
  CHECK(simt::calls(Call::launch) == 2);  // the one that failed too
  CHECK(simt::calls(Call::allocate) == 0);
  simt::reset();
  CHECK(simt::calls(Call::launch) == 0);
}

TEST_CASE("the last error is kept until it is asked for") {
  simt::reset();
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(cudaSetDevice(7) == cudaErrorInvalidDevice);
  CHECK(launch_nothing() == cudaSuccess);
  CHECK(cudaPeekAtLastError() == cudaErrorInvalidDevice);
  CHECK(cudaGetLastError() == cudaErrorInvalidDevice);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("an error that loses the context answers every call from then on") {
  simt::reset();
  simt::fail_at(Call::synchronize, 1, cudaErrorIllegalAddress);
  CHECK(launch_nothing() == cudaSuccess);
  CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  void* memory = nullptr;
  CHECK(cudaMalloc(&memory, 4) == cudaErrorIllegalAddress);
  CHECK(launch_nothing() == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  simt::reset();
  CHECK(cudaMalloc(&memory, 4) == cudaSuccess);
  simt::require(cudaFree(memory));
}

TEST_CASE("errors have names and texts") {
  CHECK(std::string(cudaGetErrorName(cudaErrorMemoryAllocation)) == "cudaErrorMemoryAllocation");
  CHECK(std::string(cudaGetErrorString(cudaErrorMemoryAllocation)) == "out of memory");
  CHECK(std::string(cudaGetErrorString(cudaSuccess)) == "no error");
  CHECK(std::string(cudaGetErrorName(static_cast<cudaError_t>(1000))) == "unrecognized error code");
}
