#pragma once
// Barriers, shuffles and votes. Semantics: PTX ISA, "Warp-level primitives"; CUDA C++ Programming Guide, "Warp
// functions".

#include <concepts>
#include <cstdint>
#include <cstring>

#include "simt/machine/grid.hpp"
#include "simt/machine/lane.hpp"

namespace simt {

template <class T>
concept Shuffled = std::same_as<T, int> || std::same_as<T, unsigned> || std::same_as<T, long> ||
    std::same_as<T, unsigned long> || std::same_as<T, long long> || std::same_as<T, unsigned long long> ||
    std::same_as<T, float> || std::same_as<T, double>;

inline void check_width(Op op, int width, const Site& site) {
  if (width < 1 || width > warpSize || (width & (width - 1)) != 0) {
    fault_here(std::string(name_of(op)) + ": width " + std::to_string(width) + ", want a power of two up to 32", site);
  }
}

template <Shuffled T>
T shuffle(Op op, unsigned mask, T value, unsigned source, const Site& site) {
  std::uint64_t word = 0;
  std::memcpy(&word, &value, sizeof value);
  word = exchange(op, mask, word, source, site);
  std::memcpy(&value, &word, sizeof value);
  return value;
}

}  // namespace simt

inline void __syncthreads(simt::Site site = simt::Site::current()) { simt::block_barrier(site); }

inline void __syncwarp(unsigned mask = 0xffffffffu, simt::Site site = simt::Site::current()) {
  simt::exchange(simt::Op::syncwarp, mask, 0, 0, site);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return static_cast<unsigned>(simt::exchange(simt::Op::ballot, mask, predicate != 0, 0, site));
}

inline int __any_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return static_cast<int>(simt::exchange(simt::Op::any, mask, predicate != 0, 0, site));
}

inline int __all_sync(unsigned mask, int predicate, simt::Site site = simt::Site::current()) {
  return static_cast<int>(simt::exchange(simt::Op::all, mask, predicate != 0, 0, site));
}

/// The lanes of a warp may be fully diverged on a GPU; here they always are: the mask holds only the caller.
inline unsigned __activemask() { return 1u << simt::lane_id(); }

/// Value of lane `source` (mod width) in the caller's group of `width` lanes.
template <simt::Shuffled T>
T __shfl_sync(unsigned mask, T value, int source, int width = warpSize, simt::Site site = simt::Site::current()) {
  simt::check_width(simt::Op::shuffle_index, width, site);
  const unsigned within = static_cast<unsigned>(width - 1);
  const unsigned from = (simt::lane_id() & ~within) | (static_cast<unsigned>(source) & within);
  return simt::shuffle(simt::Op::shuffle_index, mask, value, from, site);
}

/// The value of the lane `delta` below; the lowest lanes of a group keep their own values.
template <simt::Shuffled T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                 simt::Site site = simt::Site::current()) {
  simt::check_width(simt::Op::shuffle_up, width, site);
  const unsigned lane = simt::lane_id(), place = lane & static_cast<unsigned>(width - 1);
  return simt::shuffle(simt::Op::shuffle_up, mask, value, place >= delta ? lane - delta : lane, site);
}

/// The value of the lane `delta` above; the highest lanes of a group keep their own values.
template <simt::Shuffled T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = warpSize,
                   simt::Site site = simt::Site::current()) {
  simt::check_width(simt::Op::shuffle_down, width, site);
  const unsigned lane = simt::lane_id(), size = static_cast<unsigned>(width), place = lane & (size - 1);
  const bool inside = delta < size && place + delta < size;
  return simt::shuffle(simt::Op::shuffle_down, mask, value, inside ? lane + delta : lane, site);
}

/// The value of lane `lane ^ flip`; the caller keeps its own value when that lane is in a later group.
template <simt::Shuffled T>
T __shfl_xor_sync(unsigned mask, T value, int flip, int width = warpSize, simt::Site site = simt::Site::current()) {
  simt::check_width(simt::Op::shuffle_xor, width, site);
  const unsigned lane = simt::lane_id(), last = lane | static_cast<unsigned>(width - 1);
  const unsigned from = (lane ^ static_cast<unsigned>(flip)) % static_cast<unsigned>(warpSize);
  return simt::shuffle(simt::Op::shuffle_xor, mask, value, from <= last ? from : lane, site);
}
