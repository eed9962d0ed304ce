#pragma once

#include <vector>

#include "mercer/attention/probe.hpp"

namespace mercer {

/// The κ of a layer near its mean query q̄, for each head.
///   line: κ(q̄, q̄ + x u)                 for a function of q − k, or a head of width 1
///   map:  κ(q̄, q̄ + x_a s₁ u₁ + x_b s₂ u₂)  otherwise; row b, column a
/// The unit vectors u are the directions of largest variance of the layer's keys, s their root mean square distance
/// from q̄ along u.
struct KernelPicture {
  bool is_map = false, is_signed = false;
  bool is_stationary = false;                // for a line: x is |q − k|, else k − q̄
  std::vector<std::vector<double>> x{};      // [h, steps]; for a map [1, steps]
  std::vector<std::vector<double>> kappa{};  // [h, steps] or [h, steps * steps]
};

/// The picture of at most `most` heads; empty when the kernel reads no vectors or there are no keys.
KernelPicture picture_of(const KernelProbe& probe, std::size_t most);

/// The unit vectors of the `count` largest variances of columns first … first + d − 1 of x [n, columns].
std::vector<std::vector<double>> principal_directions(ConstView x, Index first, Index d, Index count);

}  // namespace mercer
