#include "mercer/base/parallel.hpp"

#include <algorithm>
#include <atomic>

#include "base/pool.hpp"
#include "base/processors.hpp"

namespace mercer {
namespace {

std::atomic<int> chosen{0};  // 0: from the environment
std::atomic<int> usual{0};   // 0: not read yet

int usual_threads() {
  int count = usual.load(std::memory_order_relaxed);
  if (count > 0) return count;
  count = detail::threads_of_environment("/");
  usual.store(count, std::memory_order_relaxed);
  return count;
}

}  // namespace

int threads() {
  const int count = chosen.load(std::memory_order_relaxed);
  return count > 0 ? count : usual_threads();
}

void set_threads(int count) {
  usual.store(0, std::memory_order_relaxed);
  chosen.store(std::max(count, 0), std::memory_order_relaxed);
}

void detail::run_blocks(Index blocks, void (*run)(void*, Index), void* what) {
  const Index team = std::min<Index>(threads(), blocks);
  if (team > 1 && !in_block()) return pool().run_blocks(blocks, run, what, static_cast<int>(team - 1));
  for (Index b = 0; b < blocks; ++b)
    run(what, b);
}

}  // namespace mercer
