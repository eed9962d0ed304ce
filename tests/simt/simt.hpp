#pragma once
// The machine's interface for tests: configuration, counters, leaks, injected failures.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simt/machine/fault.hpp"
#include "simt/machine/order.hpp"
#include "simt/machine/sanitizer.hpp"
#include "simt/machine/traffic.hpp"
#include "simt/runtime/driver_types.hpp"

namespace simt {

struct Config {
  Order lanes = Order::forward;    // lanes of a warp, warps of a block, blocks of a grid
  Order streams = Order::forward;  // work of different streams that no event orders
  std::uint64_t seed = 1;          // seed of the random orders
  bool traffic = false;            // count traffic for simt::traffic("kernel"); slow
  bool peers = false;              // devices can access each other's memory; copies between them always work
  int driver = 13000;              // driver version; 0 means no driver. With one too old, every call fails
};

/// Takes effect at the next work that runs.
Config& config();

/// Resets the machine: no memory, no work, default Config, no errors, one device for each entry.
/// Throws the Fault of earlier work that a release had run and could not report.
void reset(const std::vector<std::size_t>& device_bytes = {std::size_t{1} << 30});

/// Runs all queued work; then throws Fault that lists leaked memory, streams, events and graphs, if any.
void check_leaks();

// --- failures on demand
enum class Call { query, allocate, release, copy, launch, synchronize, create, event, graph };
inline constexpr std::size_t call_kinds = 9;

/// The number of such calls since reset().
std::size_t calls(Call call);

/// The n-th such call from now (1 is the next) does nothing and returns `status`.
void fail_at(Call call, unsigned n, cudaError status);

}  // namespace simt
