#pragma once
// Counts what kernels move through the cached loads and stores (__ldg, __stcs and their kin), in the 32-byte sectors
// that a GPU moves. Lanes of a warp that make the n-th access at one place of the text, between two warp operations,
// make one access of the warp: each sector that it touches counts once. Caches are not modelled.

#include <cstdint>
#include <string>

#include "simt/machine/site.hpp"

namespace simt {

inline constexpr std::uint64_t sector_bytes = 32;

struct Access {
  std::uint64_t count = 0;    // of whole warps
  std::uint64_t bytes = 0;    // that lanes asked for
  std::uint64_t sectors = 0;  // that moved
};

struct Traffic {
  Access loads, stores;
};

/// Of all launches since reset_traffic(), summed over the instantiations of the kernel; zeros while not counting.
Traffic traffic(const std::string& kernel);
void reset_traffic();

/// Of the grid that runs next; `symbol` with template arguments.
void count_for(const std::string& symbol, bool counting);
/// By the running thread. Throws Fault for an address that is no multiple of `bytes`.
void note_access(const void* address, std::size_t bytes, bool is_store, const Site& site);
/// A warp has come to rest.
void close_interval();

}  // namespace simt
