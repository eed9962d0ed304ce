#pragma once

#include <cstring>

#include "mercer/base/types.hpp"

namespace mercer::cpu {

/// Count values side by side, for loops that keep several sizes of piece in registers.
template <int Count>
struct Piece {
  typedef Real Vector __attribute__((vector_size(Count * sizeof(Real))));
  Vector v;

  void load(const Real* from) { std::memcpy(&v, from, sizeof v); }
  void store(Real* to) const { std::memcpy(to, &v, sizeof v); }
};

}  // namespace mercer::cpu
