#include "mercer/features/positive_map.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

template <class Options>
FrequencySizes with_sigma(const Options& options, HeadSizes sizes) {
  return {.heads = sizes.heads,
          .width = sizes.width,
          .frequencies = options.frequencies,
          .sigma = options.sigma.value_or(std::sqrt(root_of(sizes.width)))};
}

FrequencySizes sizes_of(const PositiveMapOptions& options, HeadSizes sizes) {
  FrequencySizes made = with_sigma(options, sizes);
  if (options.normalised && !options.sigma) made.sigma = 1;
  return made;
}

/// The similarity of unit vectors, each divided by √T.
Similarity of_unit_vectors(Similarity by, Index heads) {
  const Variable log_temperature(Tensor(1, heads), true);
  by.parameters.push_back({"log_temperature", log_temperature, false});
  by.map = [map = std::move(by.map), log_temperature, heads](const Variable& q, const Variable& k,
                                                             const SimilarityContext& context) {
    const auto scaled = [&](const Variable& x) {
      return scale_heads(unit_heads(x, heads), exp(scale(log_temperature, Real(-0.5))));
    };
    return map(scaled(q), scaled(k), context);
  };
  return by;
}

/// u_ih = Ω x_ih in radians, [n, h*M], for x [n, h*d]; hyperbolic: [u_ih | −u_ih].
std::function<Variable(const Variable&)> times_omega(const Frequencies& frequencies, Index heads,
                                                     bool hyperbolic = false) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
  if (!frequencies.times) {
    const Variable once = scale(frequencies.sets.front(), full);
    const Variable omega = hyperbolic ? concat({once, scale(once, -1)}) : once;
    return [omega, heads](const Variable& x) { return head_matmul(x, omega, heads); };
  }
  return [times = frequencies.times, heads, hyperbolic](const Variable& x) {
    const Variable u = scale(times(x), full);
    if (!hyperbolic) return u;
    const Variable of_heads = reshape(u, u.rows() * heads, u.columns() / heads);
    return reshape(concat({of_heads, scale(of_heads, -1)}), u.rows(), 2 * u.columns());
  };
}

struct BelowPeak {
  Variable phi;  // exp(u − peak)
  Tensor peak;   // [n, h]; φ e^peak does not depend on peak, so both treat it as a constant
};

BelowPeak exp_below_peak(const Variable& u, Index heads) {
  Tensor phi = Tensor::uninitialized(u.rows(), u.columns(), u.device());
  Tensor peak = Tensor::uninitialized(u.rows(), heads, u.device());
  op::exp_below_peak(u.value(), phi, peak);
  Variable made = Variable::record(std::move(phi), {u}, [](std::span<Variable> in, const Tensor& y, Tensor& dy) {
    // du = exp(u − peak) dy
    op::multiply(dy, y, dy);
    in[0].add_grad(std::move(dy));
  });
  return {std::move(made), std::move(peak)};
}

}  // namespace

Similarity PositiveMapOptions::operator()(HeadSizes heads, Random& random) const {
  Similarity made = similarity_of(PositiveMap(*this, heads, random), noise, random);
  made.leaves_out_query_factor = made.biases_keys = true;
  return normalised ? of_unit_vectors(std::move(made), heads.heads) : made;
}

Similarity ReluMapOptions::operator()(HeadSizes heads, Random& random) const {
  return similarity_of(ReluMap(*this, heads, random), noise, random);
}

Similarity SigmoidMapOptions::operator()(HeadSizes, Random& random) const {
  return similarity_of(SigmoidMap{}, {}, random);
}

Similarity EluMapOptions::operator()(HeadSizes, Random& random) const { return similarity_of(EluMap{}, {}, random); }

PositiveMap::PositiveMap(const PositiveMapOptions& given, HeadSizes wanted, Random& random)
    : options(given),
      sizes(sizes_of(given, wanted)),
      distribution(make_frequencies(given.distribution, sizes, random)) {
  require(!has_two_sets(distribution), "PositiveMap",
          "a distribution with two sets of frequencies: want one with a single set");
}

AnyKernel PositiveMap::kernel() const {
  return PositiveInnerProduct{.scale = Real(1) / static_cast<Real>(sizes.frequencies * (options.hyperbolic ? 2 : 1))};
}

Compared PositiveMap::operator()(const Variable& q, const Variable& k, const NodeMeans& means,
                                 const NoiseDraw& noise) const {
  const Frequencies frequencies = frequencies_of(distribution, means.q, means.k, noise);
  const auto projected = times_omega(frequencies, sizes.heads, options.hyperbolic);
  const auto features = [&](const Variable& x) { return exp_below_peak(projected(x), sizes.heads); };
  BelowPeak of_k = features(k);
  const Variable squares = squared_norm(k, sizes.heads, 2, sizes.sigma * sizes.sigma);  // |k|²/σ²
  return {.q = features(q).phi,
          .k = of_k.phi,
          .key_bias = add(Variable(std::move(of_k.peak)), scale(squares, -1)),
          .penalty = frequencies.penalty};
}

ReluMap::ReluMap(const ReluMapOptions& given, HeadSizes wanted, Random& random)
    : sizes(with_sigma(given, wanted)), distribution(make_frequencies(given.distribution, sizes, random)) {
  require(!has_two_sets(distribution), "ReluMap",
          "a distribution with two sets of frequencies: want one with a single set");
}

AnyKernel ReluMap::kernel() const {
  return PositiveInnerProduct{.scale = Real(1) / static_cast<Real>(sizes.frequencies)};
}

Compared ReluMap::operator()(const Variable& q, const Variable& k, const NodeMeans& means,
                             const NoiseDraw& noise) const {
  const Frequencies frequencies = frequencies_of(distribution, means.q, means.k, noise);
  const auto projected = times_omega(frequencies, sizes.heads);
  const auto features = [&](const Variable& x) { return shift(relu(projected(x)), Real(1e-3)); };
  return {.q = features(q), .k = features(k), .penalty = frequencies.penalty};
}

Compared EluMap::operator()(const Variable& q, const Variable& k, const NodeMeans&, const NoiseDraw&) const {
  const auto features = [](const Variable& x) { return shift(elu(x), 1); };
  return {.q = features(q), .k = features(k)};
}

}  // namespace mercer
