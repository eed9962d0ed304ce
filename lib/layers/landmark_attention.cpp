#include "mercer/layers/landmark_attention.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "layers/stacked.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/exponential.hpp"

namespace mercer {
namespace {

constexpr Index steps_of_inverse = 6;

std::vector<Index> offsets_of(const Segments& rows) {
  return {rows.target_offset().begin(), rows.target_offset().end()};
}

std::vector<Index> landmark_offsets(const Segments& rows, Index count) {
  require(rows.is_square() && !rows.is_causal(), "landmark attention",
          "segments: got rectangles or causal ones, want square ones that are not causal: landmarks are of all rows");
  require(count >= 1, "landmark attention", "landmarks: got " + std::to_string(count) + ", want at least 1");
  std::vector<Index> offset{0};
  for (Index s = 0; s < rows.count(); ++s) {
    const auto at = static_cast<std::size_t>(s);
    offset.push_back(offset.back() + (rows.target_offset()[at + 1] > rows.target_offset()[at] ? count : 0));
  }
  return offset;
}

/// body(first row, rows) for every segment with rows.
template <class Body>
void each_segment(const Segments& rows, Body&& body) {
  const auto offset = rows.target_offset();
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    if (offset[s + 1] > offset[s]) body(offset[s], offset[s + 1] - offset[s]);
}

/// The matrices κ(a, b) / normaliser of all segments and heads, one below the other: what attends to unit vectors.
Variable among_landmarks(const LandmarkSegments& segments, const AnyKernel& kernel, const Variable& a,
                         const Variable& b, const AttendOptions& options) {
  const Index m = segments.count(), heads = options.heads;
  Tensor units(segments.landmarks(), heads * m);
  for (Index i = 0; i < units.rows(); ++i)
    for (Index h = 0; h < heads; ++h)
      units(i, h * m + i % m) = 1;
  return stacked_heads(attend(segments.among(), kernel, a, b, Variable(std::move(units)), options), m, heads);
}

/// Z r of every segment and head.
Variable applied(const LandmarkSegments& segments, const Variable& z, const Variable& r, Index heads) {
  const Index m = segments.count(), matrices = segments.landmarks() / m * heads;
  return heads_side_by_side(stacked_product(z, stacked_heads(r, m, heads), matrices), m, heads);
}

/// (M + γI)⁻¹ of stacked kernel matrices M.
Variable inverse_of(const Variable& M, Index count, Real gamma, InverseBy by) {
  if (by == InverseBy::cholesky) return cholesky_inverse(M, count, gamma);
  const Index m = M.columns();
  const Variable shifted = add(M, scale(stacked_identity(m, count), gamma)), ones(Tensor::filled(m, m, 1));
  // d_i = (Σ_j M_ij)^-½ in every column of row i
  const Variable d = exp(scale(log(matmul(shifted, ones)), Real(-0.5)));
  const Variable both = multiply(d, stacked_transpose(d, count));
  return multiply(iterated_inverse(multiply(shifted, both), count, steps_of_inverse), both);
}

}  // namespace

LandmarkSegments::LandmarkSegments(const Segments& rows, Index count)
    : count_(count),
      rows_(rows),
      from_rows_(offsets_of(rows), landmark_offsets(rows, count)),
      to_rows_(landmark_offsets(rows, count), offsets_of(rows)),
      among_(landmark_offsets(rows, count)) {}

Variable LandmarkSegments::means(const Variable& x) const {
  std::vector<Node> taken;
  std::vector<Index> offset{0};
  each_segment(rows_, [&](Index first, Index n) {
    for (Index g = 0; g < count_; ++g) {
      const Index from = g * n / count_, to = std::max(from + 1, (g + 1) * n / count_);
      for (Index i = from; i < to; ++i)
        taken.push_back(static_cast<Node>(first + i));
      offset.push_back(std::ssize(taken));
    }
  });
  return Neighbourhood(Segments(std::move(offset))).mean(gather_rows(x, taken));
}

std::vector<Node> LandmarkSegments::rows_at(const Tensor& places) const {
  expect("landmark attention", {{"places", places.size(), count_}});
  std::vector<Node> rows;
  each_segment(rows_, [&](Index first, Index n) {
    for (const Real place : places.values())
      rows.push_back(static_cast<Node>(first + std::min(n - 1, static_cast<Index>(place * static_cast<Real>(n)))));
  });
  return rows;
}

Variable attend_completed(const LandmarkSegments& segments, const AnyKernel& kernel, const Variable& q,
                          const Variable& k, const Variable& v, const Variable& landmarks, Index heads, Real gamma,
                          InverseBy inverse) {
  const AttendOptions options{.heads = heads, .normaliser = Normaliser::none};
  const Index matrices = segments.landmarks() / segments.count() * heads;
  const Variable z =
      inverse_of(among_landmarks(segments, kernel, landmarks, landmarks, options), matrices, gamma, inverse);
  const Variable sums = attend(segments.to_rows(), kernel, landmarks, k, v, options);
  return attend(segments.from_rows(), kernel, q, landmarks, applied(segments, z, sums, heads), options);
}

Variable attend_by_means(const LandmarkSegments& segments, const Variable& q, const Variable& k, const Variable& v,
                         Index heads) {
  const AttendOptions options{.heads = heads};
  const AnyKernel kernel = AnyKernel(Exponential{}).fitted(q.columns() / heads);
  const Variable mean_q = segments.means(q), mean_k = segments.means(k);
  const Index matrices = segments.landmarks() / segments.count() * heads;
  const Variable z =
      iterated_inverse(among_landmarks(segments, kernel, mean_q, mean_k, options), matrices, steps_of_inverse);
  const Variable sums = attend(segments.to_rows(), kernel, mean_q, k, v, options);
  return attend(segments.from_rows(), kernel, q, mean_k, applied(segments, z, sums, heads), options);
}

}  // namespace mercer
