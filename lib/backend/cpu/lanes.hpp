#pragma once

#include <cstring>

#include "mercer/base/types.hpp"

namespace mercer::cpu {

/// Count reals side by side, for the few loops whose sums must stay in registers: + and · work lane by lane.
/// The compiler splits what the processor's own vectors can't hold.
template <int Count>
struct Lanes {
  typedef Real Vector __attribute__((vector_size(Count * sizeof(Real))));
  Vector v;

  void load(const Real* from) { std::memcpy(&v, from, sizeof v); }
  void store(Real* to) const { std::memcpy(to, &v, sizeof v); }
};

}  // namespace mercer::cpu
