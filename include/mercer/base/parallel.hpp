#pragma once

#include <type_traits>
#include <utility>

#include "mercer/base/types.hpp"

namespace mercer {

/// Threads of the CPU backend; at least 1. Results do not depend on it. Unless set_threads chose: OMP_NUM_THREADS, or
/// the processors of the affinity mask, fewer where a cgroup's quota of CPU time allows fewer.
/// Throws ValueError when OMP_NUM_THREADS is no positive number.
int threads();
void set_threads(int count);  // 0: as the environment says, which is read again

namespace detail {
void run_blocks(Index blocks, void (*run)(void*, Index), void* what);
}

/// Calls body(b) for b = 0 … blocks − 1, on any thread and in any order; rethrows the first exception.
/// The blocks must not depend on the number of threads, so that the results don't either.
template <class Body>
void parallel_blocks(Index blocks, Body&& body) {
  using B = std::remove_reference_t<Body>;
  detail::run_blocks(
      blocks, [](void* what, Index b) { (*static_cast<B*>(what))(b); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// Calls body(first, last) over [0, count) in pieces of `grain`.
template <class Body>
void parallel_ranges(Index count, Index grain, Body&& body) {
  if (count <= 0) return;
  parallel_blocks((count + grain - 1) / grain, [&](Index b) {
    const Index first = b * grain;
    body(first, first + grain < count ? first + grain : count);
  });
}

}  // namespace mercer
