#pragma once

#include "mercer/base/random.hpp"

namespace mercer::cuda {

/// The stream at the step that it is now.
MERCER_HD inline Stream at_its_step(Stream stream) {
  if (stream.step_there != nullptr) stream.step = *stream.step_there;
  return stream;
}

/// Bit k: does the dropout keep element 8 n + k of an array?
MERCER_HD inline unsigned kept_of_elements(const Dropout& drop, Index n) {
  const auto draw = static_cast<std::uint64_t>(n);
  return drop.kept_of_eight(
      at_its_step(drop.stream).draw(static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32)));
}

}  // namespace mercer::cuda
