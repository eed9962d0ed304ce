#pragma once

#include "mercer/base/random.hpp"

namespace mercer::cuda {

/// The stream with the current step, read from device memory if it is there.
MERCER_HD inline Stream at_its_step(Stream stream) {
  if (stream.step_there != nullptr) stream.step = *stream.step_there;
  return stream;
}

/// Bit k is 1 when the dropout keeps element 8 n + k of an array.
MERCER_HD inline unsigned kept_of_elements(const Dropout& drop, Index n) {
  const auto draw = static_cast<std::uint64_t>(n);
  return drop.kept_of_eight(
      at_its_step(drop.stream).draw(static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32)));
}

}  // namespace mercer::cuda
