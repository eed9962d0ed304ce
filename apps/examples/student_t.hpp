#pragma once

#include <cmath>
#include <string_view>

#include <mercer/kernel/any_kernel.hpp>

/// κ(q, k) = (1 + ‖q − k‖² / ν)^(−(ν + 1) / 2): Student's t with ν degrees of freedom; Cauchy's is ν = 1.
/// The logarithm of κ and its slope as functions of t = ‖q − k‖². MERCER_HD is for CUDA alone.
struct StudentT {
  static constexpr std::string_view name = "student_t";
  static constexpr bool smooth_at_zero = true;
  mercer::Real nu = 3;

  MERCER_HD mercer::SquaredDistance pairing() const { return {}; }
  MERCER_HD mercer::Real log_value(mercer::Real t) const { return -(nu + 1) / 2 * std::log1p(t / nu); }
  MERCER_HD mercer::Real log_slope(mercer::Real t) const { return -(nu + 1) / (2 * (nu + t)); }
};
static_assert(mercer::PositiveKernel<StudentT>);
