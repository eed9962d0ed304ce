#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "mercer/features/similarity.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

struct KernelMachineOptions {
  Index in = 0;
  Index out = 0;
  Index landmarks = 500;                   // M
  MakeSimilarity similarity = Gaussian{};  // of one head of width `in`; its features are those of x / s
  std::optional<Real> sigma{};             // s; absent: of the landmarks, see take_landmarks
  Real lambda = 0;                         // λ
  Index steps = 0;                         // of the mean over neighbours
  bool bias = true;
};

/// f(x) = Σ_l κ(x / s, z_l / s) a_l + b, then `steps` times the mean over N(i); the objective is the loss of f plus
/// λ Σ_l ‖a_l‖₂, the group ℓ1 norm, which of one output is the ℓ1 norm.
///
/// The landmarks z are rows that train. The coefficients a [M, out] start at 0, and optimizers take their penalty by
/// the proximal step (Parameter::row_penalty), so that landmarks without use get a row of exact zeros: those that keep
/// another row are the learned subset. The mean over neighbours is taken of κ(x, z): it is that of the features φ(x)
/// in the space of the kernel, and no x is made of it.
///
/// With a bias, κ is centred at the landmarks: κ(x, z_l) − c_l with c_l its mean over them. f says the same with
/// another b; the part of κ that all rows share would slow down the descent.
///
/// Dual form: attention of all rows to the landmarks without a normaliser, for every kernel. Primal form, of a
/// similarity whose kernel is an inner product of features φ (feature_map.hpp): ⟨w, φ(x)⟩ with w = Σ_l φ(z_l) a_l, in
/// time that doesn't grow with M for each row; on the CPU. Both are the same number.
///
/// Sparse x stays sparse where κ is a kernel of the catalogue and a function of ⟨x, z⟩ or ‖x − z‖²; for other
/// similarities a few rows at a time are made dense. On the CPU: x on a device must be dense, and have no penalty.
///
/// In the way of sparse primal-dual kernel machines (Capponi et al.): sparse dual coefficients and few landmarks. The
/// group penalty, how landmarks are chosen and the mean over neighbours are this library's own.
struct KernelMachine {
  KernelMachineOptions options;
  Similarity similarity;
  Variable landmarks;      // z [M, in], fixed
  Variable inverse_scale;  // 1/s [1, 1], fixed
  Variable centre;         // c [1, M], fixed
  Variable coefficients;   // a [M, out]
  Variable bias;           // b [1, out], undefined without one

  /// The landmarks start as rows of N(0, I), centres of a radial basis network, until take_landmarks replaces them.
  /// Throws ValueError for options out of range, and for a similarity that is no κ(x, z) by itself: with a learned
  /// vector, of the means of all nodes, or without a factor that a denominator would cancel.
  KernelMachine(const KernelMachineOptions& options, Random& random);

  /// Puts M of the rows `train` of x into the landmarks: drawn uniformly, without replacement and whatever their
  /// class, by the seed; their order is that in `train`. Without a given sigma, s becomes the median of the distances
  /// between landmarks that differ, or of a kernel that is no function of them the root of the mean of ‖z‖². Throws
  /// ValueError for less than M rows.
  void take_landmarks(const Input& x, std::span<const Node> train, std::uint64_t seed);
  /// Landmarks whose row of a isn't zero.
  Index landmarks_left() const;

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Variable dual(const Input& x, Pass& pass) const;    // Σ_l κ(x / s, z_l / s) a_l alone, [rows of x, out]
  Variable primal(const Input& x, Pass& pass) const;  // the same; throws ValueError for another kernel
  bool has_primal_form() const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  void take_scale();
  void take_centre();
};

}  // namespace mercer
