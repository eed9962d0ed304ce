#include "simt/machine/fiber.hpp"

#include <sys/mman.h>

#include <boost/context/detail/fcontext.hpp>
#include <cstdlib>
#include <new>

namespace simt {
namespace {

namespace context = boost::context::detail;

constexpr std::size_t page = 4096;
constexpr std::size_t stack_bytes = (under_asan || under_tsan ? 256 : 64) * 1024;

// The one place that resumes fibers.
struct Host {
  void* context = nullptr;
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t bytes = 0;
  void* thread = nullptr;
};
Host host;
Fiber* starting = nullptr;

// Tops of stacks at one offset in their pages would crowd the same few lines of the first cache.
std::size_t next_offset() {
  static std::size_t made = 0;
  return made++ % 32 * 192;
}

}  // namespace

struct Fiber::Entry {
  static void run(context::transfer_t from) {
    host.context = from.fctx;
    Fiber& self = *starting;
#if defined(SIMT_ASAN)
    __sanitizer_finish_switch_fiber(nullptr, &host.bottom, &host.bytes);
#endif
    self.body_();
    self.leave(true);
    std::abort();  // nobody resumes a fiber that has left for good
  }
};

Fiber::Fiber() {
  void* memory = mmap(nullptr, stack_bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mprotect(memory, page, PROT_NONE);  // an overflow must not run into the next stack
  stack_ = static_cast<char*>(memory) + page;
  top_ = stack_ + stack_bytes - next_offset();
}

Fiber::~Fiber() { munmap(stack_ - page, stack_bytes + page); }

void Fiber::start(void (*body)()) {
#if defined(SIMT_ASAN)
  if (body_ != nullptr) __asan_unpoison_memory_region(stack_, stack_bytes);  // frames of a run that a fault cut off
  fake_stack_ = nullptr;
#endif
  body_ = body;
  context_ = context::make_fcontext(top_, static_cast<std::size_t>(top_ - stack_), &Entry::run);
}

void Fiber::resume() {
  starting = this;
#if defined(SIMT_ASAN)
  __sanitizer_start_switch_fiber(&host.fake_stack, stack_, stack_bytes);
#endif
#if defined(SIMT_TSAN)
  host.thread = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(thread_, __tsan_switch_to_fiber_no_sync);
#endif
  context_ = context::jump_fcontext(context_, nullptr).fctx;
#if defined(SIMT_ASAN)
  __sanitizer_finish_switch_fiber(host.fake_stack, nullptr, nullptr);
#endif
}

void Fiber::suspend() { leave(false); }

void Fiber::leave([[maybe_unused]] bool for_good) {
#if defined(SIMT_ASAN)
  if (for_good) body_ = nullptr;
  __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack_, host.bottom, host.bytes);
#endif
#if defined(SIMT_TSAN)
  __tsan_switch_to_fiber(host.thread, __tsan_switch_to_fiber_no_sync);
#endif
  host.context = context::jump_fcontext(host.context, nullptr).fctx;
#if defined(SIMT_ASAN)
  __sanitizer_finish_switch_fiber(fake_stack_, &host.bottom, &host.bytes);
#endif
}

}  // namespace simt
