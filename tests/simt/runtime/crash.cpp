#include "simt/runtime/crash.hpp"

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>

#include "simt/machine/lane.hpp"
#include "simt/machine/running.hpp"
#include "simt/machine/sanitizer.hpp"
#include "simt/runtime/memory.hpp"

namespace simt {
namespace {

struct sigaction before;
alignas(16) char signal_stack[64 * 1024];

std::string describe(const void* address) {
  char text[40];
  std::snprintf(text, sizeof text, "address %p", address);
  const Allocation* allocation = find_allocation(address);
  if (is_memory_open()) {
    return running.lane == nullptr ? std::string("a copy touches bad ") + text
                                   : std::string("illegal ") + text + ", after " + place_of(*running.lane);
  }
  if (allocation == nullptr) return {};
  return "host code touches device memory, " + std::string(text) + " in an allocation of " +
         std::to_string(allocation->bytes) + " bytes";
}

// Nothing here is safe in a signal handler, but the process is lost anyway.
void on_crash(int signal, siginfo_t* info, void*) {
  const std::string text = describe(info->si_addr);
  if (!text.empty()) std::fprintf(stderr, "[simt] %s\n", text.c_str());
  sigaction(signal, &before, nullptr);  // the access happens again
}

}  // namespace

void report_crashes() {
  struct sigaction current {};
  sigaction(SIGSEGV, nullptr, &current);
  if (under_asan || under_tsan || current.sa_sigaction == on_crash) return;
  stack_t stack{};
  stack.ss_sp = signal_stack;
  stack.ss_size = sizeof signal_stack;
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &before);
}

}  // namespace simt
