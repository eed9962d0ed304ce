#pragma once

namespace mercer::program {

/// While alive, the first SIGINT or SIGTERM only sets a flag, so that the run can end with a checkpoint; a second
/// one ends the program at once. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

bool interrupt_requested() noexcept;

}  // namespace mercer::program
