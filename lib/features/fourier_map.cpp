#include "mercer/features/fourier_map.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/row_runs.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/fourier.hpp"

namespace mercer {
namespace {

FrequencySizes with_sigma(const FourierMapOptions& options, HeadSizes sizes) {
  const Real root = root_of(sizes.width);
  return {.heads = sizes.heads,
          .width = sizes.width,
          .frequencies = options.frequencies,
          .sigma = options.sigma.value_or(std::sqrt(options.squared ? 2 * root : root))};
}

/// The largest power of two of heads whose features, [rows, columns] each, take at most `most` MiB; at least one.
Index heads_at_once(Index rows, Index columns, Index heads, Index most) {
  const double mebibytes = static_cast<double>(rows * columns) * sizeof(Real) / (1 << 20);
  Index count = 1;
  while (count < heads && static_cast<double>(2 * count) * mebibytes <= static_cast<double>(most))
    count *= 2;
  return count;
}

/// Features of some heads of x [n, h*d].
ComparedByHeads::End end_by_heads(const Variable& x, const std::vector<Variable>& sets, Index d) {
  return [x, sets, d](Index first, Index count) {
    const Index rows[]{first * d, (first + count) * d};
    std::vector<Variable> mine;
    for (const Variable& w : sets)
      mine.push_back(cut_rows(w, rows).front());
    return fourier_features(slice(x, first * d, count * d), mine, count);
  };
}

}  // namespace

Similarity FourierMapOptions::operator()(HeadSizes heads, Random& random) const {
  const FourierMap map(*this, heads, random);
  Similarity made = similarity_of(map, noise, random);
  made.stationary = !has_two_sets(map.distribution);
  made.pools_nodes = reads_means(map.distribution);
  return made;
}

FourierMap::FourierMap(const FourierMapOptions& given, HeadSizes wanted, Random& random)
    : options(given),
      sizes(with_sigma(given, wanted)),
      distribution(make_frequencies(given.distribution, sizes, random)) {
  require(!options.squared || options.floor > 0, "FourierMap",
          "floor: got " + std::to_string(options.floor) + ", want more than 0");
}

AnyKernel FourierMap::kernel() const {
  const Real scale = Real(1) / static_cast<Real>(sizes.frequencies * (has_two_sets(distribution) ? 4 : 1));
  if (options.squared) return SquaredInnerProduct{.scale = scale, .floor = options.floor};
  return InnerProduct{.scale = scale, .shift = options.shift};
}

Compared FourierMap::features(const Variable& q, const Variable& k, const Frequencies& omega) const {
  const auto features = [&](const Variable& x) {
    return omega.times ? features_of_turns(omega.times(x), sizes.heads) : fourier_features(x, omega.sets, sizes.heads);
  };
  const Variable of_q = features(q);
  const bool same = &q.value() == &k.value();  // tied projections on a square graph: one φ serves both ends
  return {.q = of_q, .k = same ? of_q : features(k), .penalty = omega.penalty};
}

Compared FourierMap::by_heads(const Variable& q, const Variable& k, const NodeMeans& means,
                              const NoiseDraw& noise) const {
  const Frequencies omega = frequencies_of(distribution, means.q, means.k, noise);
  const Index at_once =
      heads_at_once(std::max(q.rows(), k.rows()), 2 * sizes.frequencies, sizes.heads, options.feature_memory);
  if (at_once >= sizes.heads || omega.times) return features(q, k, omega);
  return {.q = {},
          .k = {},
          .penalty = omega.penalty,
          .by_heads = ComparedByHeads{.q = end_by_heads(q, omega.sets, sizes.width),
                                      .k = end_by_heads(k, omega.sets, sizes.width),
                                      .at_once = at_once}};
}

Compared FourierMap::operator()(const Variable& q, const Variable& k, const NodeMeans& means,
                                const NoiseDraw& noise) const {
  const auto of_one_density = [&](const Variable& of_q, const Variable& of_k, const NodeMeans& own) {
    return features(of_q, of_k, frequencies_of(distribution, own.q, own.k, noise));
  };
  if (!means.segments || means.segments->count() <= 1) return of_one_density(q, k, means);
  const std::vector<Variable> q_runs = cut_rows(q, means.segments->target_offset()),
                              k_runs = cut_rows(k, means.segments->source_offset());
  std::vector<Variable> of_q, of_k, penalties;
  for (std::size_t s = 0; s < q_runs.size(); ++s) {
    const std::vector<Node> row{static_cast<Node>(s)};
    const NodeMeans own{gather_rows(means.q, row), gather_rows(means.k, row)};
    const Compared one = of_one_density(q_runs[s], k_runs[s], own);
    of_q.push_back(one.q);
    of_k.push_back(one.k);
    penalties.push_back(one.penalty);
  }
  return {.q = stack_rows(of_q),
          .k = stack_rows(of_k),
          .penalty = scale(sum(concat(penalties)), Real(1) / static_cast<Real>(penalties.size()))};
}

}  // namespace mercer
