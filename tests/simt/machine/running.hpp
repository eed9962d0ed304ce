#pragma once
// Which lane runs now, and the exception it ended with.

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

/// On the host: throws what the lane that ran last threw, if it did.
inline void rethrow_failure() {
  if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
}

}  // namespace simt
