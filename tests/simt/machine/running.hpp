#pragma once
// The running lane, and the exception with which it ended.

#include <exception>
#include <utility>

namespace simt {

class Warp;
struct Lane;

struct Running {
  Warp* warp = nullptr;
  Lane* lane = nullptr;
  unsigned id = 0;
};
inline Running running;
inline std::exception_ptr failure;

/// Called by the host: throws the exception of the lane that ran last, if any.
inline void rethrow_failure() {
  if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
}

}  // namespace simt
