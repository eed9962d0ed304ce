#pragma once

#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {

/// Operands rounded to their storage but kept as Real: the same values as on CUDA, without its savings.
struct Rounded {
  Rounded(const EdgeTerms& given, ConstView v = {});

  Tensor q, k, v;
  EdgeTerms terms;  // with the rounded q and k
};

}  // namespace mercer::cpu
