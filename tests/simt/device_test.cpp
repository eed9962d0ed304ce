#include "simt/runtime/device.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"
#include "simt/streams.hpp"

TEST_CASE("there are as many devices as were asked for, each with its memory") {
  simt::reset({1 << 20, 1 << 21});
  int count = 0, device = -1;
  simt::require(cudaGetDeviceCount(&count));
  CHECK(count == 2);
  simt::require(cudaGetDevice(&device));
  CHECK(device == 0);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
  CHECK(cudaSetDevice(-1) == cudaErrorInvalidDevice);
  cudaDeviceProp properties;
  simt::require(cudaGetDeviceProperties(&properties, 1));
  CHECK(properties.totalGlobalMem == 1 << 21);
  CHECK(properties.warpSize == 32);
  CHECK_FALSE(std::string(properties.name).empty());
  int value = 0;
  simt::require(cudaDeviceGetAttribute(&value, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0));
  CHECK(value == 227 * 1024);
  CHECK(cudaDeviceGetAttribute(&value, static_cast<cudaDeviceAttr>(100), 0) == cudaErrorInvalidValue);
}

TEST_CASE("a machine without a device says so") {
  simt::reset({});
  int count = -1;
  CHECK(cudaGetDeviceCount(&count) == cudaErrorNoDevice);
  CHECK(count == 0);
}

TEST_CASE("without a driver, or with one that is too old, every call says so") {
  simt::reset();
  for (const int version : {0, 12080}) {
    simt::config().driver = version;
    int driver = -1, count = 0;
    void* memory = nullptr;
    simt::require(cudaDriverGetVersion(&driver));
    CHECK(driver == version);
    CHECK(cudaGetDeviceCount(&count) == cudaErrorInsufficientDriver);
    CHECK(cudaMalloc(&memory, 4) == cudaErrorInsufficientDriver);
  }
  simt::config().driver = 13020;  // of the same major version
  int count = 0;
  simt::require(cudaGetDeviceCount(&count));
  CHECK(count == 1);
}

TEST_CASE("versions are those of CUDA 13") {
  simt::reset();
  int driver = 0, runtime = 0;
  simt::require(cudaDriverGetVersion(&driver));
  simt::require(cudaRuntimeGetVersion(&runtime));
  CHECK(driver == 13000);
  CHECK(runtime == 13000);
}

TEST_CASE("memory is copied between devices, and stays on its own") {
  simt::reset({1 << 20, 1 << 20});
  const simt::Buffer<int> here(std::vector<int>{1, 2, 3});
  simt::require(cudaSetDevice(1));
  const simt::Buffer<int> there(std::size_t{3});
  const simt::Stream stream;
  simt::require(cudaMemcpyPeerAsync(there.data(), 1, here.data(), 0, 12, stream));
  simt::require(cudaStreamSynchronize(stream));
  CHECK(there.read() == std::vector<int>{1, 2, 3});
  CHECK(simt::says(
      simt::fault_of([&] { static_cast<void>(cudaMemcpyPeerAsync(there.data(), 0, here.data(), 0, 12, stream)); }),
      "another device than was said"));
  simt::require(cudaSetDevice(0));
  CHECK(simt::says(simt::fault_of([&] { simt::launch(+[] {}, {.stream = stream}); }), "its stream is on device 1"));
  int can = -1;
  simt::require(cudaDeviceCanAccessPeer(&can, 0, 1));
  CHECK(can == 0);
}

TEST_CASE("peer access is possible where the machine allows it, and enabled once") {
  simt::reset({1 << 20, 1 << 20});
  CHECK(cudaDeviceEnablePeerAccess(1, 0) == cudaErrorPeerAccessUnsupported);
  simt::config().peers = true;
  int can = -1;
  simt::require(cudaDeviceCanAccessPeer(&can, 0, 1));
  CHECK(can == 1);
  CHECK(cudaDeviceEnablePeerAccess(1, 0) == cudaSuccess);
  CHECK(cudaDeviceEnablePeerAccess(1, 0) == cudaErrorPeerAccessAlreadyEnabled);
  CHECK(cudaDeviceEnablePeerAccess(0, 0) == cudaErrorInvalidDevice);
  CHECK(cudaDeviceEnablePeerAccess(2, 0) == cudaErrorInvalidDevice);
  cudaGetLastError();
}

TEST_CASE("the device in use and the last error are each thread's own") {
  simt::reset({1 << 20, 1 << 20});
  simt::require(cudaSetDevice(1));
  int there = -1;
  cudaError_t last = cudaErrorUnknown;
  std::thread([&] {
    simt::require(cudaGetDevice(&there));
    CHECK(cudaSetDevice(7) == cudaErrorInvalidDevice);
    last = cudaGetLastError();
  }).join();
  CHECK(there == 0);
  CHECK(last == cudaErrorInvalidDevice);
  CHECK(cudaGetLastError() == cudaSuccess);
  int here = -1;
  simt::require(cudaGetDevice(&here));
  CHECK(here == 1);
}
