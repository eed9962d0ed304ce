#pragma once

#include <cstddef>

namespace mercer::test {

/// Measures the peak of bytes allocated by operator new since the meter was created, above the amount at that time.
/// For one thread at a time.
class MemoryMeter {
 public:
  MemoryMeter();
  std::size_t peak() const;

 private:
  std::size_t at_start_;
};

}  // namespace mercer::test
