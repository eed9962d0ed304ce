#pragma once

#include <vector>

#include "mercer/attention/probe.hpp"

namespace mercer {

/// The κ of a layer around its mean query q̄, for each head.
///   line: κ(q̄, q̄ + x u)                 for a function of q − k, or a head of width 1
///   map:  κ(q̄, q̄ + x_a s₁ u₁ + x_b s₂ u₂)  otherwise; row b, column a
/// u are the directions in which the layer's keys vary most, s how far from q̄ they are along them.
struct KernelPicture {
  bool is_map = false, is_signed = false;
  bool is_stationary = false;                // of a line: x is the distance |q − k|, else k − q̄
  std::vector<std::vector<double>> x{};      // [h or 1, steps]; of a map the same for all heads
  std::vector<std::vector<double>> kappa{};  // [h, steps] or [h, steps * steps]
};

/// Of at most `most` heads. Nothing when the kernel reads no vectors, or there are no keys.
KernelPicture picture_of(const KernelProbe& probe, std::size_t most);

/// Unit vectors of the `count` largest variances of the rows of x [n, d], columns first … first + d − 1.
std::vector<std::vector<double>> principal_directions(ConstView x, Index first, Index d, Index count);

}  // namespace mercer
