#pragma once

#include <functional>

#include "mercer/attention/attend.hpp"

namespace mercer {

/// The kernel of a layer as a function, and the q and k at which the layer evaluated it: the data of a picture of κ.
struct KernelProbe {
  using Similarity = std::function<Tensor(const Tensor& q, const Tensor& k)>;

  Index heads = 1, width = 0;  // h and d; d is 0 for a kernel that reads neither q nor k
  Tensor q{}, k{};             // [n, h*d] and [m, h*d], as the kernel reads them
  /// κ of row r of q with row r of k, [rows, h]: the similarity of the layer's factors. For GAT exp of the score, q and
  /// k being half scores.
  Similarity similarity{};
  bool stationary = false;  // a function of q − k
  bool is_signed = false;   // may be negative
};

/// κ of row r of q with row r of k, [r, h]. Throws as attend does.
Tensor similarity_of_pairs(const AnyKernel& kernel, const Tensor& q, const Tensor& k, Index heads,
                           const Variable& kernel_weight = {});

}  // namespace mercer
