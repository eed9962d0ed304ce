#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer::detail {

/// Some of the blocks of a call, one after the other.
struct alignas(64) Share {
  std::atomic<Index> next{0};  // the first block not taken yet
  Index end = 0;
};

/// One call of parallel_blocks. A slot outlives its calls, so that a late helper never reads freed memory.
/// Each thread begins with a share of its own, the same one in each call, and then helps with the others: the rows that
/// it wrote in one loop are those it reads in the next, from its own cache.
struct alignas(64) Slot {
  std::atomic<std::uint32_t> state{0};  // 0: free; otherwise owned, open, free seats, helpers inside (pool.cpp)
  void (*run)(void*, Index) = nullptr;
  void* what = nullptr;
  std::array<Share, 32> share;
  int shares = 0;
  std::atomic<bool> failed{false};
  std::exception_ptr failure;                            // of the first block that failed
  std::atomic<std::chrono::nanoseconds::rep> stolen{0};  // time in which helpers held a block without a core
};

/// Helper threads for callers of parallel_blocks. A helper waits for the next call by a short spin, then asleep. A
/// caller never waits for a helper that has not started: it runs the blocks itself. When helpers lose their cores to
/// other programs while they hold blocks, callers continue alone for a while.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();  // of an idle pool

  /// Calls run(what, b) for b = 0 … blocks − 1 on the calling thread and up to `helpers` others.
  void run_blocks(Index blocks, void (*run)(void*, Index), void* what, int helpers);

  bool idle() const;

 private:
  Slot* own_slot();
  void add_threads(int helpers);
  void invite(int helpers);
  void wait_for_helpers(Slot& slot);
  void serve(int number);

  std::array<Slot, 32> slots_;           // calls at the same time; more run on their own thread alone
  std::atomic<std::uint32_t> calls_{0};  // changes with each call: what idle helpers watch
  std::atomic<bool> stop_{false};
  std::atomic<int> wanted_{0};  // helpers of all calls that run now
  std::atomic<int> size_{0};
  std::atomic<std::chrono::steady_clock::rep> alone_until_{0};
  std::mutex growth_;
  std::vector<std::thread> threads_;
};

/// True on a thread that runs a block: a nested call runs on this thread alone.
bool in_block();

/// The process's pool. A child of fork() makes its own.
Pool& pool();

}  // namespace mercer::detail
