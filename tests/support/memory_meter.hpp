#pragma once

#include <cstddef>

// ThreadSanitizer has its own operator new, which can't be replaced.
#if defined(__SANITIZE_THREAD__)
#define MERCER_METERS_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MERCER_METERS_MEMORY 0
#endif
#endif
#ifndef MERCER_METERS_MEMORY
#define MERCER_METERS_MEMORY 1
#endif

namespace mercer::test {

/// Measures the peak of bytes allocated by operator new since the meter was created, above the amount at that time.
/// For one thread at a time. It measures nothing under ThreadSanitizer: skip the case then.
class MemoryMeter {
 public:
  static constexpr bool measures = MERCER_METERS_MEMORY != 0;
  MemoryMeter();
  std::size_t peak() const;

 private:
  std::size_t at_start_;
};

}  // namespace mercer::test
