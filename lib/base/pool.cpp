#include "base/pool.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mercer::detail {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::uint32_t owned = 1, open = 2, seat = 4, inside = 1u << 16, seats = inside - seat;
constexpr int most_helpers = seats / seat;
constexpr auto spin_time = microseconds(50);   // longer than most pauses between calls, shorter than a time slice
constexpr auto long_wait = microseconds(200);  // a helper that keeps its caller waiting this long was not on a core
constexpr int rest_factor = 10;                // of the time lost by waiting: then at most a tenth is lost

thread_local bool running = false;  // a block

std::atomic<Pool*> current{nullptr};
std::atomic<unsigned> forks{0};  // how many forks this process descends from

Pool* abandoned = nullptr;  // the parent's pool: blocks held by its threads cannot be freed

void forget_threads() {  // in the child of a fork, which has none of its parent's threads
  abandoned = current.exchange(nullptr);
  forks.fetch_add(1);
}
const int handler = pthread_atfork(nullptr, nullptr, forget_threads);

// Ends the threads with the program, or before the library is unloaded. A pool in use, as in exit() from a block,
// stays.
struct Keeper {
  ~Keeper() {
    Pool* last = current.exchange(nullptr);
    if (last != nullptr && last->idle()) delete last;
  }
} keeper;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits for `changed` by a spin of bounded time.
template <class Changed>
bool spin_until(Changed changed) {
  for (const auto start = Clock::now(); Clock::now() - start < spin_time;)
    for (int n = 0; n < 16; ++n) {
      if (changed()) return true;
      relax();
    }
  return changed();
}

/// Time that has passed without this thread on a core, up to a constant.
nanoseconds::rep off_core() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const nanoseconds passed = Clock::now().time_since_epoch();
  return passed.count() - (used.tv_sec * nanoseconds::rep{1'000'000'000} + used.tv_nsec);
}

/// Cuts the blocks into even shares.
void share_out(Slot& slot, Index blocks, int members) {
  slot.shares = std::min(members, static_cast<int>(slot.share.size()));
  for (int s = 0; s < slot.shares; ++s) {
    Share& share = slot.share[static_cast<std::size_t>(s)];
    share.next.store(blocks * s / slot.shares, std::memory_order_relaxed);
    share.end = blocks * (s + 1) / slot.shares;
  }
}

/// Takes blocks until there are none: those of the thread's own share first.
void take_blocks(Slot& slot, int thread) {
  const unsigned generation = forks.load(std::memory_order_relaxed);
  try {
    for (int s = 0; s < slot.shares; ++s) {
      Share& share = slot.share[static_cast<std::size_t>((thread + s) % slot.shares)];
      for (Index b; (b = share.next.fetch_add(1, std::memory_order_relaxed)) < share.end;)
        slot.run(slot.what, b);
    }
  } catch (...) {
    for (int s = 0; s < slot.shares; ++s) {
      Share& share = slot.share[static_cast<std::size_t>(s)];
      share.next.store(share.end, std::memory_order_relaxed);
    }
    if (!slot.failed.exchange(true)) slot.failure = std::current_exception();
  }
  if (generation != forks.load(std::memory_order_relaxed))  // this is a child process: no other thread takes blocks
    throw std::runtime_error("[parallel_blocks] fork() in a block: the child must not leave it, want exec or _exit");
}

bool sit_down(Slot& slot) {
  std::uint32_t state = slot.state.load(std::memory_order_relaxed);
  while ((state & open) && (state & seats))
    if (slot.state.compare_exchange_weak(state, state - seat + inside, std::memory_order_acquire)) return true;
  return false;
}

void help(Slot& slot, int thread) {
  const nanoseconds::rep start = off_core();
  take_blocks(slot, thread);
  slot.stolen.fetch_add(off_core() - start, std::memory_order_relaxed);
  const std::uint32_t before = slot.state.fetch_sub(inside, std::memory_order_acq_rel);
  if (!(before & open)) slot.state.notify_all();
}

}  // namespace

Pool::~Pool() {
  stop_ = true;
  ++calls_;
  calls_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

bool Pool::idle() const {
  return std::ranges::all_of(slots_, [](const Slot& slot) { return slot.state.load() == 0; });
}

Slot* Pool::own_slot() {
  for (Slot& slot : slots_) {
    std::uint32_t state = 0;
    if (slot.state.compare_exchange_strong(state, owned, std::memory_order_acquire)) return &slot;
  }
  return nullptr;
}

void Pool::add_threads(int helpers) {
  const std::lock_guard lock(growth_);
  sigset_t all, before;  // signals are the user's threads' to handle
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  try {
    while (std::ssize(threads_) < helpers)
      threads_.emplace_back(&Pool::serve, this, static_cast<int>(std::ssize(threads_)) + 1);
  } catch (const std::system_error&) {  // no more threads are to be had: fewer give the same results
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  size_ = static_cast<int>(std::ssize(threads_));
}

void Pool::invite(int helpers) {
  calls_.fetch_add(1);
  if (helpers >= size_.load(std::memory_order_relaxed)) return calls_.notify_all();
  for (int n = 0; n < helpers; ++n)
    calls_.notify_one();
}

void Pool::wait_for_helpers(Slot& slot) {
  const auto empty = [&] { return slot.state.load(std::memory_order_acquire) < inside; };
  slot.state.fetch_and(~(open | seats), std::memory_order_acq_rel);
  if (empty()) return;
  const auto start = Clock::now();
  if (!spin_until(empty))
    for (std::uint32_t state; (state = slot.state.load(std::memory_order_acquire)) >= inside;)
      slot.state.wait(state, std::memory_order_acquire);
  const auto end = Clock::now();
  if (end - start > long_wait && nanoseconds(slot.stolen.load()) * 2 > end - start)
    alone_until_.store((end + rest_factor * (end - start)).time_since_epoch().count(), std::memory_order_relaxed);
}

void Pool::run_blocks(Index blocks, void (*run)(void*, Index), void* what, int helpers) {
  helpers = std::min(helpers, most_helpers);
  if (Clock::now().time_since_epoch().count() < alone_until_.load(std::memory_order_relaxed)) helpers = 0;
  Slot* const slot = helpers > 0 ? own_slot() : nullptr;
  if (slot == nullptr) {
    for (Index b = 0; b < blocks; ++b)
      run(what, b);
    return;
  }
  slot->run = run, slot->what = what;
  slot->stolen = 0, slot->failed = false;
  share_out(*slot, blocks, helpers + 1);
  // calls at the same time share the machine's cores
  static const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int enough = std::min(wanted_.fetch_add(helpers) + helpers, std::max(helpers, cores - 1));
  if (size_ < enough) add_threads(enough);
  slot->state.store(owned | open | static_cast<std::uint32_t>(helpers) * seat, std::memory_order_release);
  invite(helpers);
  running = true;
  take_blocks(*slot, 0);
  running = false;
  wait_for_helpers(*slot);
  wanted_.fetch_sub(helpers);
  const std::exception_ptr failure = std::exchange(slot->failure, nullptr);
  slot->state.store(0, std::memory_order_release);
  if (failure) std::rethrow_exception(failure);
}

void Pool::serve(int number) {
  running = true;
  while (!stop_) {
    const std::uint32_t calls = calls_.load();
    const auto slot = std::ranges::find_if(slots_, sit_down);
    if (slot != slots_.end())
      help(*slot, number);
    else if (!spin_until([&] { return calls_.load(std::memory_order_acquire) != calls; }))
      calls_.wait(calls);
  }
}

bool in_block() { return running; }

Pool& pool() {
  Pool* made = current.load();
  while (made == nullptr) {
    Pool* fresh = new Pool;
    if (current.compare_exchange_strong(made, fresh))
      made = fresh;
    else
      delete fresh;
  }
  return *made;
}

}  // namespace mercer::detail
