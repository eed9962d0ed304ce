#pragma once
// Counts the memory traffic of the cached loads and stores (__ldg, __stcs and similar), in sectors of 32 bytes as on a
// GPU. Between two warp operations, the n-th accesses of all lanes at one place in the source count as one access of
// the warp, which counts each sector once. Caches are not modelled.

#include <cstdint>
#include <string>

#include "simt/machine/site.hpp"

namespace simt {

inline constexpr std::uint64_t sector_bytes = 32;

struct Access {
  std::uint64_t count = 0;    // accesses of warps
  std::uint64_t bytes = 0;    // requested by lanes
  std::uint64_t sectors = 0;  // moved sectors
};

struct Traffic {
  Access loads, stores;
};

/// The traffic of all launches since reset_traffic(), summed over the instantiations of the kernel; 0 when not
/// counting.
Traffic traffic(const std::string& kernel);
void reset_traffic();

/// Sets the kernel of the next grid; `symbol` has template arguments.
void count_for(const std::string& symbol, bool counting);
/// Records an access by the running thread. Throws Fault for an address that is not a multiple of `bytes`.
void note_access(const void* address, std::size_t bytes, bool is_store, const Site& site);
/// Called when a warp reaches a warp operation or its end.
void close_interval();

}  // namespace simt
