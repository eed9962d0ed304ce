#pragma once

#include <vector>

#include "mercer/attention/attend.hpp"

/// Attention through landmarks, in time that is linear in the length of a sequence (Nyström). On the CPU.
namespace mercer {

/// What attends through landmarks: segments, each with `count` landmarks but those without rows, which have none.
class LandmarkSegments {
 public:
  /// Throws ValueError for segments that are not square or are causal, and for a count below 1.
  LandmarkSegments(const Segments& rows, Index count);

  Index count() const { return count_; }
  Index landmarks() const { return among_.targets(); }  // of all segments
  const Segments& rows() const& { return rows_; }
  const Segments& from_rows() const& { return from_rows_; }  // rows attend to landmarks
  const Segments& to_rows() const& { return to_rows_; }      // landmarks attend to rows
  const Segments& among() const& { return among_; }          // landmarks attend to landmarks
  Segments rows() && { return std::move(rows_); }
  Segments from_rows() && { return std::move(from_rows_); }
  Segments to_rows() && { return std::move(to_rows_); }
  Segments among() && { return std::move(among_); }

  /// The means of `count` consecutive runs of the rows of each segment, [landmarks, d]; a run of a segment with fewer
  /// rows is one of them.
  Variable means(const Variable& x) const;
  /// The row number ⌊place n⌋ of each segment of n rows, for each place in [0, 1): [landmarks] rows.
  std::vector<Node> rows_at(const Tensor& places) const;

 private:
  Index count_;
  Segments rows_, from_rows_, to_rows_, among_;
};

/// How the matrix of the landmarks is inverted.
enum class InverseBy {
  iteration,  // six steps from Aᵀ / (largest column sum), as released: small eigenvalues stay small
  cholesky,   // exactly
};

/// y = κ(Q, X) (κ(X, X) + γI)⁻¹ κ(X, K) V for a kernel κ, X the landmarks: Skyformer's approximation of the
/// unnormalised κ(Q, K) V as a block of a positive semidefinite matrix (Chen, Zeng, Ji, Yang, NeurIPS 2021, equations 4
/// to 6). With M = κ(X, X) + γI and D = diag(M 1), the inverse is D^-½ (D^-½ M D^-½)⁻¹ D^-½, whose eigenvalues lie in
/// (0, 1] (lemma 3 there). q, k [n, h*d], v [n, h*e], landmarks [landmarks, h*d].
Variable attend_completed(const LandmarkSegments& segments, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const Variable& v, const Variable& landmarks, Index heads, Real gamma,
                          InverseBy inverse);

/// y = softmax(Q K̃ᵀ) Z softmax(Q̃ Kᵀ) V, Z ≈ softmax(Q̃ K̃ᵀ)⁻¹ by six steps, Q̃ and K̃ the means of `segments`, products
/// over √d: Nyströmformer (Xiong et al., AAAI 2021, equations 9 and 13).
Variable attend_by_means(const LandmarkSegments& segments, const Variable& q, const Variable& k, const Variable& v,
                         Index heads);

}  // namespace mercer
