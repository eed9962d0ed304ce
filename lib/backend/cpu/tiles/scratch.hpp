#pragma once

#include <cstddef>
#include <memory>

#include "mercer/base/types.hpp"

namespace mercer::cpu::tiles {

/// Memory of one task that is written before it is read.
class Scratch {
 public:
  explicit Scratch(Index size) : data_(std::make_unique_for_overwrite<Real[]>(static_cast<std::size_t>(size))) {}
  Real* at(Index n = 0) const { return data_.get() + n; }

 private:
  std::unique_ptr<Real[]> data_;
};

}  // namespace mercer::cpu::tiles
