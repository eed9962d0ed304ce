#pragma once
// A fiber: a call stack that can be suspended and resumed. Each CUDA thread is one. Sanitizers are informed of
// switches.

#include <cstddef>

#include "simt/machine/sanitizer.hpp"

namespace simt {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// The next resume() calls `body` on an empty stack; an unfinished run is dropped.
  void start(void (*body)());
  /// Called by the host: runs the fiber until it suspends or its body returns.
  void resume();
  /// Called by the body: returns to the host until the next resume().
  void suspend();

#if defined(SIMT_TSAN)
  /// ThreadSanitizer's fiber. It belongs to the stack: frames of two threads at one address would look like a race.
  void* thread() const { return thread_; }
#endif

 private:
  struct Entry;
  void leave(bool for_good);

  char* stack_;
  char* top_;
  void* context_ = nullptr;
  void (*body_)() = nullptr;
#if defined(SIMT_ASAN)
  void* fake_stack_ = nullptr;
#endif
#if defined(SIMT_TSAN)
  void* thread_;
#endif
};

/// While alive, ThreadSanitizer counts the running code as the host's: for functions of the machine that a lane calls
/// and that may call intercepted functions.
class AsHost {
 public:
#if defined(SIMT_TSAN)
  AsHost();
  ~AsHost();

 private:
  void* lane_;
#else
  AsHost() {}  // not trivial, to avoid the warning about an unused variable
#endif
};

}  // namespace simt
