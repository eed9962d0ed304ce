#include "mercer/base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace mercer {
namespace {
std::atomic<int> chosen{0};
}

int threads() {
  const int count = chosen.load(std::memory_order_relaxed);
  return count > 0 ? count : omp_get_num_procs();
}

void set_threads(int count) { chosen.store(std::max(count, 0), std::memory_order_relaxed); }

void detail::run_blocks(Index blocks, void (*run)(void*, Index), void* what) {
  const int team = static_cast<int>(std::min<Index>(threads(), blocks));
  if (team <= 1 || omp_in_parallel()) {
    for (Index b = 0; b < blocks; ++b)
      run(what, b);
    return;
  }
  std::exception_ptr failure;
#pragma omp parallel for num_threads(team) schedule(dynamic, 1)
  for (Index b = 0; b < blocks; ++b) {
    try {
      run(what, b);
    } catch (...) {  // an exception must not leave the parallel region
#pragma omp critical(mercer_failure)
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace mercer
