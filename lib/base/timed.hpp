#pragma once

#include "mercer/base/profile.hpp"

namespace mercer {

/// The profile that this thread fills, null otherwise.
inline constinit thread_local Profile* profile_of_thread = nullptr;

/// The time of a block of code, where the thread has a profile. Without one it costs a branch.
class Timed {
 public:
  Timed(Profile::Kind kind, const char* name, Index number = 0) : profile_(profile_of_thread) {
    if (profile_ != nullptr) [[unlikely]]
      profile_->enter(kind, name, number);
  }
  ~Timed() {
    if (profile_ != nullptr) [[unlikely]]
      profile_->leave();
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Profile* profile_;
};

struct TimedPhase : Timed {
  explicit TimedPhase(const char* name) : Timed(Profile::Kind::phase, name) {}
};
struct TimedPart : Timed {
  explicit TimedPart(const char* name, Index number = 0) : Timed(Profile::Kind::part, name, number) {}
};

/// Where this thread is in its profile; 0 without one.
inline std::size_t profiled_place() { return profile_of_thread != nullptr ? profile_of_thread->here() : 0; }

/// The parts of the model that a result was made in, entered again for its gradient.
class TimedPlace {
 public:
  explicit TimedPlace(std::size_t place) : profile_(profile_of_thread) {
    if (profile_ != nullptr) [[unlikely]]
      enter(place);
  }
  ~TimedPlace() {
    for (; depth_ > 0; --depth_)
      profile_->leave();
  }
  TimedPlace(const TimedPlace&) = delete;
  TimedPlace& operator=(const TimedPlace&) = delete;

 private:
  void enter(std::size_t place);

  Profile* profile_;
  int depth_ = 0;
};

}  // namespace mercer
