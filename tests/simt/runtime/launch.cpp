#include "simt/runtime/launch.hpp"

#include <map>
#include <string>
#include <utility>

#include "simt/machine/block.hpp"
#include "simt/machine/symbol.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/arguments.hpp"
#include "simt/runtime/device.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

namespace simt {
namespace {

std::map<const void*, std::size_t> shared_asked_for;  // cudaFuncSetAttribute

std::string to_string(const dim3& d) {
  return "(" + std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z) + ")";
}

void check_configuration(const Launch& launch) {
  const cudaLaunchConfig_t& config = launch.config;
  const dim3 &grid = config.gridDim, &block = config.blockDim;
  const auto refuse = [&](const std::string& what) {
    throw Fault("launch of kernel " + symbol_name(launch.kernel) + ": " + what);
  };
  const std::size_t threads = std::size_t{block.x} * block.y * block.z;
  if (threads == 0 || block.x > max_block_threads || block.y > max_block_threads || threads > max_block_threads ||
      block.z > 64) {
    refuse("block " + to_string(block) + ", want 1 to 1024 threads, z at most 64");
  }
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) {
    refuse("grid " + to_string(grid) + ", want (1,1,1) to (2147483647,65535,65535)");
  }
  const auto asked = shared_asked_for.find(launch.kernel);
  const std::size_t limit = asked == shared_asked_for.end() ? shared_bytes_by_default : asked->second;
  if (config.dynamicSmemBytes > limit) {
    refuse(std::to_string(config.dynamicSmemBytes) + " bytes of shared memory, want at most " + std::to_string(limit) +
           ", or what cudaFuncSetAttribute asked for");
  }
  if (const int device = stream_of(config.stream).device; device != current_device()) {
    refuse("its stream is on device " + std::to_string(device) + ", the current one is " +
           std::to_string(current_device()));
  }
  if (config.numAttrs != 0) refuse("launch attributes are beyond this machine");
}

}  // namespace

cudaError_t launch(Launch launch, std::span<const Argument> arguments) {
  const Turn turn;
  if (const cudaError_t status = enter(Call::launch)) return status;
  CUstream_st& stream = stream_of(launch.config.stream);
  if (const cudaError_t status = refuse_implicit(stream)) return status;
  check_configuration(launch);
  check_arguments(symbol_name(launch.kernel), stream.device, arguments);
  enqueue(stream, [launch = std::move(launch)] {
    const cudaLaunchConfig_t& config = launch.config;
    count_for(symbol_name(launch.kernel), simt::config().traffic);
    run({symbol_name(launch.kernel), config.gridDim, config.blockDim, config.dynamicSmemBytes, launch.body,
         launch.arguments.get()},
        simt::config().lanes, simt::config().seed);
  });
  return cudaSuccess;
}

}  // namespace simt

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (attribute == cudaFuncAttributePreferredSharedMemoryCarveout) return cudaSuccess;  // a hint
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0 ||
      static_cast<std::size_t>(value) > simt::shared_bytes_at_most) {
    return simt::answer(cudaErrorInvalidValue);
  }
  simt::shared_asked_for[kernel] = static_cast<std::size_t>(value);
  return cudaSuccess;
}
