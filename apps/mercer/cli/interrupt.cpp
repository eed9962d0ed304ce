#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace mercer::program {

namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

extern "C" void request_stop(int signal) {
  requested.store(true);
  std::signal(signal, SIG_DFL);  // the second signal ends the program
}

}  // namespace

InterruptGuard::InterruptGuard() {
  requested.store(false);
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  hangs_up_ = std::signal(SIGHUP, request_stop) != SIG_IGN;
  if (!hangs_up_) std::signal(SIGHUP, SIG_IGN);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (hangs_up_) std::signal(SIGHUP, SIG_DFL);
}

bool interrupt_requested() noexcept { return requested.load(); }

}  // namespace mercer::program
