#pragma once
// 32 lanes: runs them, and completes the groups that meet at warp operations.

#include <array>
#include <cstdint>
#include <memory>

#include "simt/machine/lane.hpp"
#include "simt/machine/order.hpp"

namespace simt {

inline constexpr unsigned warp_lanes = 32;

class Warp {
 public:
  /// Makes lanes [0, lanes) of this warp ready; lane l is thread first + l of the block. The caller owns their fibers.
  void start(unsigned first, unsigned lanes, dim3 block);

  /// Runs each ready lane until it waits or returns; then releases complete groups.
  /// Throws Fault when lanes wait for others that can't arrive.
  void run(Picker& picker);
  void release_barrier();

  bool is_runnable() const { return ready_ != 0; }
  std::uint32_t lanes_at_barrier() const { return at_barrier_; }
  Lane& lane(unsigned l) { return *lanes_[l]; }

  // --- called by the running lane
  void wait_for_group(unsigned lane);
  void wait_at_barrier(unsigned lane);
  void exit(unsigned lane) { live_ &= ~(1u << lane); }

 private:
  void complete_groups();
  bool is_complete(const Lane& lane) const;
  void complete(std::uint32_t group);
  void check_reachable(const Lane& lane) const;
  [[noreturn]] void fault_deadlock() const;

  std::array<std::unique_ptr<Lane>, warp_lanes> lanes_;
  std::uint32_t live_ = 0;        // not yet returned; each live lane is in one of the next three masks
  std::uint32_t ready_ = 0;       // can run
  std::uint32_t waiting_ = 0;     // at a warp operation
  std::uint32_t at_barrier_ = 0;  // at __syncthreads
};

}  // namespace simt
