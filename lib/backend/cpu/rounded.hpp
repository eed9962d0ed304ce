#pragma once

#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {

/// Operands rounded as their storage says, and kept in Real: the same values, at no gain.
struct Rounded {
  Rounded(const EdgeTerms& given, ConstView v = {});

  Tensor q, k, v;
  EdgeTerms terms;  // of q and k, stored as Real
};

}  // namespace mercer::cpu
