#include "support/memory_meter.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> given{0}, most{0};

}  // namespace

#if MERCER_METERS_MEMORY
// Every other form of new and delete but the aligned ones ends in these.
void* operator new(std::size_t bytes) {
  void* at = std::malloc(std::max<std::size_t>(bytes, 1));
  if (at == nullptr) throw std::bad_alloc();
  const std::size_t now = given += ::malloc_usable_size(at);
  std::size_t before = most;
  while (now > before && !most.compare_exchange_weak(before, now)) {
  }
  return at;
}

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {  // a sanitizer has its own
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* at) noexcept {
  if (at != nullptr) given -= ::malloc_usable_size(at);
  std::free(at);
}

void operator delete(void* at, std::size_t) noexcept { operator delete(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { operator delete(at); }
#endif

namespace mercer::test {

MemoryMeter::MemoryMeter() : at_start_(given) { most = at_start_; }
std::size_t MemoryMeter::peak() const { return most - std::min<std::size_t>(at_start_, most); }

}  // namespace mercer::test
