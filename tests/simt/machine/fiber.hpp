#pragma once
// A call stack that can be left and entered again; one runs each CUDA thread. The sanitizers are told of every switch.

#include <cstddef>

#include "simt/machine/sanitizer.hpp"

namespace simt {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// The next resume() calls `body` on an empty stack; what an unfinished run left there is dropped.
  void start(void (*body)());
  /// From the host: runs until the fiber suspends or its body returns.
  void resume();
  /// From the body: back to the host, until the next resume().
  void suspend();

#if defined(SIMT_TSAN)
  void be_thread(void* thread) { thread_ = thread; }
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
  void* thread_ = nullptr;
#endif
};

}  // namespace simt
