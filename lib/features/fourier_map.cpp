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

Compared FourierMap::of_one_density(const Variable& q, const Variable& k, const NodeMeans& means,
                                    const NoiseDraw& noise) const {
  const Frequencies omega = frequencies_of(distribution, means.q, means.k, noise);
  const auto features = [&](const Variable& x) {
    return omega.times ? features_of_turns(omega.times(x), sizes.heads) : fourier_features(x, omega.sets, sizes.heads);
  };
  const Variable of_q = features(q);
  const bool same = &q.value() == &k.value();  // tied projections on a square graph: one φ serves both ends
  return {.q = of_q, .k = same ? of_q : features(k), .penalty = omega.penalty};
}

Compared FourierMap::operator()(const Variable& q, const Variable& k, const NodeMeans& means,
                                const NoiseDraw& noise) const {
  if (!means.segments || means.segments->count() <= 1) return of_one_density(q, k, means, noise);
  const std::vector<Variable> q_runs = cut_rows(q, means.segments->target_offset()),
                              k_runs = cut_rows(k, means.segments->source_offset());
  std::vector<Variable> of_q, of_k, penalties;
  for (std::size_t s = 0; s < q_runs.size(); ++s) {
    const std::vector<Node> row{static_cast<Node>(s)};
    const NodeMeans own{gather_rows(means.q, row), gather_rows(means.k, row)};
    const Compared one = of_one_density(q_runs[s], k_runs[s], own, noise);
    of_q.push_back(one.q);
    of_k.push_back(one.k);
    penalties.push_back(one.penalty);
  }
  return {.q = stack_rows(of_q),
          .k = stack_rows(of_k),
          .penalty = scale(sum(concat(penalties)), Real(1) / static_cast<Real>(penalties.size()))};
}

}  // namespace mercer
