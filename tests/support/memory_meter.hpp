#pragma once

#include <cstddef>

namespace mercer::test {

/// The most bytes that operator new had given out at once since the meter was made, beyond what was out then.
/// For one thread at a time.
class MemoryMeter {
 public:
  MemoryMeter();
  std::size_t peak() const;

 private:
  std::size_t at_start_;
};

}  // namespace mercer::test
