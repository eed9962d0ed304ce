#pragma once

#include <functional>

#include "mercer/attention/attend.hpp"

namespace mercer {

/// A kernel that can be asked anywhere, and the q and k at which a layer asked it: what a picture of κ is drawn from.
struct KernelProbe {
  using Similarity = std::function<Tensor(const Tensor& q, const Tensor& k)>;

  Index heads = 1, width = 0;  // of a head's vectors; 0 for a kernel that reads none
  Tensor q{}, k{};             // [n, h*d] and [m, h*d], as compared
  /// κ of row r of q with row r of k, [rows, h]: the similarity of the layer's factors, but for GAT exp of its whole
  /// score, whose q and k are half scores.
  Similarity similarity{};
  bool stationary = false;  // a function of q − k alone
  bool is_signed = false;   // may be negative
};

/// κ of row r of q with row r of k, [r, h]. Throws as attend does.
Tensor similarity_of_pairs(const AnyKernel& kernel, const Tensor& q, const Tensor& k, Index heads,
                           const Variable& kernel_weight = {});

}  // namespace mercer
