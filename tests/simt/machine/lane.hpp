#pragma once
// One CUDA thread, and the operation in which it waits for others.

#include <cstdint>

#include "simt/device/vector_types.hpp"
#include "simt/machine/fiber.hpp"
#include "simt/machine/site.hpp"

namespace simt {

enum class Op : std::uint8_t {
  syncthreads,
  syncwarp,
  shuffle_index,
  shuffle_up,
  shuffle_down,
  shuffle_xor,
  ballot,
  any,
  all,
};

const char* name_of(Op op);

struct Lane {
  Fiber* fiber = nullptr;
  uint3 index{};             // threadIdx
  Op op{};                   // the operation at which it waits
  std::uint32_t mask = 0;    // the lanes for which it waits
  std::uint32_t source = 0;  // shuffles: the lane whose value it gets
  std::uint64_t value = 0;   // operand, then result
  Site site{};
};

// --- called by the running thread ---------------------------------------------------------------------------

unsigned lane_id();
/// Waits for the lanes of `mask` at the same op; returns the op's result for this lane. A shuffle from a lane outside
/// of the mask returns all ones, a NaN.
std::uint64_t exchange(Op op, std::uint32_t mask, std::uint64_t value, unsigned source, const Site& site);
void block_barrier(const Site& site);
/// Throws Fault with the place of the running thread.
[[noreturn]] void fault_here(const std::string& what, const Site& site);

// --- for reports ----------------------------------------------------------------------------------------------

/// kernel, block, thread, file:line:column
std::string place_of(const Lane& lane);

}  // namespace simt
