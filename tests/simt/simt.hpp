#pragma once
// The machine's own face, for tests: how it runs, what it counted, what is left behind.

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
  std::uint64_t seed = 1;          // of the random orders
  bool traffic = false;            // count it, for simt::traffic("kernel"): slow
  bool peers = false;              // may devices reach each other's memory? Copies between them work either way
  int driver = 13000;              // its version; 0: there is none. Too old for the runtime, it answers every call
};

/// Takes effect at the next work that runs.
Config& config();

/// A fresh machine: nothing allocated, nothing queued, default Config, no error remembered, one device for each entry.
/// Throws the Fault of work that a release ran and could not report.
void reset(const std::vector<std::size_t>& device_bytes = {std::size_t{1} << 30});

/// Runs what is queued; then throws Fault that lists what was not given back: memory, streams, events, graphs.
void check_leaks();

// --- failures on demand
enum class Call { query, allocate, release, copy, launch, synchronize, create, event, graph };
inline constexpr std::size_t call_kinds = 9;

/// How many such calls there were since reset().
std::size_t calls(Call call);

/// The n-th such call from now (1 is the next) does nothing but answer `status`.
void fail_at(Call call, unsigned n, cudaError status);

}  // namespace simt
