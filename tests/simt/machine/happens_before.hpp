#pragma once
// Reports the order of lanes to ThreadSanitizer: only what barriers and warp operations guarantee. The host releases
// and acquires for each lane, since it knows which lanes have met. Without ThreadSanitizer these functions do nothing.

#include <cstdlib>

#include "simt/machine/lane.hpp"

namespace simt {

#if defined(SIMT_TSAN)

/// A release happens before each later acquire of the same object.
class Meeting {
 public:
  Meeting() : anchor_(static_cast<char*>(std::malloc(8))) {}
  ~Meeting() { std::free(anchor_); }
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

  void release() { __tsan_release(anchor_); }
  void acquire() { __tsan_acquire(anchor_); }
  void release(const Lane& lane) {
    in_name_of(lane, [this] { release(); });
  }
  void acquire(const Lane& lane) {
    in_name_of(lane, [this] { acquire(); });
  }

 private:
  template <class Action>
  static void in_name_of(const Lane& lane, Action action) {
    void* host = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(lane.fiber->thread(), __tsan_switch_to_fiber_no_sync);
    action();
    __tsan_switch_to_fiber(host, __tsan_switch_to_fiber_no_sync);
  }

  char* anchor_;
};

#else

class Meeting {
 public:
  Meeting() {}  // not trivial, to avoid the warning about an unused variable
  void release() {}
  void acquire() {}
  void release(const Lane&) {}
  void acquire(const Lane&) {}
};

#endif

}  // namespace simt
