#pragma once

#include <atomic>
#include <exception>
#include <vector>

#include "mercer/base/parallel.hpp"

namespace mercer {

/// Calls read(p) for the pieces 0 … count − 1 of a file on all threads. Throws what the first piece that fails throws,
/// as if they were read one after the other: the first bad line is named on any number of threads.
template <class Read>
void read_pieces(Index count, const Read& read) {
  std::vector<std::exception_ptr> failure(static_cast<std::size_t>(count));
  std::atomic<Index> first{count};
  parallel_blocks(count, [&](Index p) {
    if (p > first) return;
    try {
      read(static_cast<std::size_t>(p));
    } catch (...) {
      failure[static_cast<std::size_t>(p)] = std::current_exception();
      for (Index least = first; p < least && !first.compare_exchange_weak(least, p);) {
      }
    }
  });
  if (first < count) std::rethrow_exception(failure[static_cast<std::size_t>(first.load())]);
}

}  // namespace mercer
