#pragma once
// One CUDA thread, and what it asks of the others.

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
  Op op{};                   // what it waits at
  std::uint32_t mask = 0;    // with whom
  std::uint32_t source = 0;  // shuffles: the lane whose value it wants
  std::uint64_t value = 0;   // operand, then result
  Site site{};
};

// --- called by the running thread ---------------------------------------------------------------------------

unsigned lane_id();
/// Waits for the lanes of `mask` at the same op; returns the op's result for this lane. A shuffle whose source is
/// outside of the mask gets all ones: a NaN.
std::uint64_t exchange(Op op, std::uint32_t mask, std::uint64_t value, unsigned source, const Site& site);
void block_barrier(const Site& site);
/// Throws Fault with the place of the running thread.
[[noreturn]] void fault_here(const std::string& what, const Site& site);

// --- for reports ----------------------------------------------------------------------------------------------

/// kernel, block, thread, file:line:column
std::string place_of(const Lane& lane);

}  // namespace simt
