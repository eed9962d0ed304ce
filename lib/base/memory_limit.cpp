#include "mercer/base/memory_limit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>

#include "base/memory_limit.hpp"

namespace mercer {
namespace {

constexpr std::size_t without_limit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t of_each_buffer = 64;  // so that many small ones reach the limit too

thread_local std::size_t left = without_limit;

/// The limit of a container in a file of the system; none when there is no number.
std::size_t limit_in(const char* file) {
  std::ifstream in(file);
  std::size_t bytes = 0;
  return in >> bytes ? bytes : without_limit;
}

}  // namespace

MemoryLimit::MemoryLimit(std::size_t bytes) : before_(left) { left = bytes; }
MemoryLimit::~MemoryLimit() { left = before_; }

void take_from_limit(std::size_t bytes) {
  if (left == without_limit) return;
  if (bytes > left || left - bytes < of_each_buffer) throw std::bad_alloc();
  left -= bytes + of_each_buffer;
}

std::size_t usable_memory() {
  const auto pages = static_cast<std::size_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L));
  std::size_t bytes = pages * static_cast<std::size_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
  rlimit allowed{};
  if (::getrlimit(RLIMIT_AS, &allowed) == 0 && allowed.rlim_cur != RLIM_INFINITY)
    bytes = std::min<std::size_t>(bytes, allowed.rlim_cur);
  return std::min(
      {bytes, limit_in("/sys/fs/cgroup/memory.max"), limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes")});
}

}  // namespace mercer
