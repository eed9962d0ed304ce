#pragma once

namespace mercer::program {

/// While an object exists, the first SIGINT or SIGTERM only sets a flag, so that the run can end with a checkpoint; the
/// second ends the program at once. At most one object exists at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

bool interrupt_requested() noexcept;

}  // namespace mercer::program
