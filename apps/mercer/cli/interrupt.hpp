#pragma once

namespace mercer::program {

/// While an object exists, the first SIGINT, SIGTERM or SIGHUP only sets a flag, so that the run can end with a
/// checkpoint; the second ends the program at once. A SIGHUP that is ignored (nohup) stays ignored. At most one object
/// exists at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  bool hangs_up_;  // SIGHUP is not ignored
};

bool interrupt_requested() noexcept;

}  // namespace mercer::program
