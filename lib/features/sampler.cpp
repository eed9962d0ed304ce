#include "mercer/features/sampler.hpp"

#include <cmath>

#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

constexpr Real negative_slope = Real(0.2);

/// U(±1/√columns), also of the trunk with its 2d rows: torch takes the last extent of the release's matrices as fan-in.
FrequencySampler::Dense dense(Index rows, Index columns, Random& random) {
  const double bound = 1 / std::sqrt(static_cast<double>(columns));
  return {uniform_weight(rows, columns, bound, random), Variable(Tensor(1, columns), true)};
}

}  // namespace

Variable FrequencySampler::Dense::operator()(const Variable& x) const { return add_bias(matmul(x, weight), bias); }

FrequencySampler::FrequencySampler(const Options& given, const FrequencySizes& wanted, Random& random)
    : options(given), sizes(wanted) {
  check_sizes("FrequencySampler", sizes);
  const auto want = [](bool holds, const char* name, Real got, const char* wanted) {
    require(holds, "FrequencySampler", std::string(name) + ": got " + std::to_string(got) + ", want " + wanted);
  };
  require(sizes.frequencies % 2 == 0, "FrequencySampler",
          "frequencies: got " + std::to_string(sizes.frequencies) + ", want an even number: each +μ has its −μ");
  want(options.prior > 0, "prior", options.prior, "more than 0");
  want(options.lambda_kl >= 0, "lambda_kl", options.lambda_kl, "at least 0");
  want(options.copula ? options.lambda_copula >= 0 : options.lambda_copula == 0, "lambda_copula", options.lambda_copula,
       options.copula ? "at least 0" : "0 without a copula");
  const Index d = sizes.width;
  trunk = dense(2 * d, d, random);
  mean = dense(d, d, random);
  log_sigma = dense(d, d, random);
  if (options.copula) copula = dense(d, d, random);
  for (auto& network : networks)
    for (Dense& layer : network)
      layer = dense(d, d, random);
}

FrequencySampler::Moments FrequencySampler::moments(const Variable& q, const Variable& k) const {
  const auto pooled = [&](const Variable& x) { return reshape(mean_of_rows(x), sizes.heads, sizes.width); };
  const Variable t = leaky_relu(trunk(concat({pooled(q), pooled(k)})), negative_slope);
  const Variable log_spread = shift(log_sigma(t), std::log(options.prior));
  return {.mean = mean(t),
          .log_sigma = options.copula ? log_spread : scale(log_spread, Real(0.5)),
          .u = options.copula ? tanh(copula(t)) : Variable()};
}

Variable FrequencySampler::log_row_squares(const Variable& u) const {
  const Variable squares = multiply(u, u);
  return log(shift(multiply(squares, sum_of_earlier_rows(squares, 1)), 1));
}

Variable FrequencySampler::draws(const Moments& moments, const Variable& noise) const {
  if (!options.copula) return scale(noise, Real(0.1));
  const Index M = sizes.frequencies;
  const auto to_draws = [&](const Variable& x) { return gather_rows(x, each_row(sizes.heads, M)); };
  constexpr Real most = 2;
  if (options.release) {
    const Variable row_sums = shift(multiply(moments.u, sum_of_earlier_rows(moments.u, 1)), 1);
    return clamp(multiply(noise, to_draws(row_sums)), -most, most);
  }
  const Variable u = to_draws(moments.u);
  const Variable mixed = add(noise, multiply(u, sum_of_earlier_rows(multiply(u, noise), M)));
  const Variable one_over_r = exp(scale(log_row_squares(moments.u), Real(-0.5)));
  return clamp(multiply(mixed, to_draws(one_over_r)), -most, most);
}

Variable FrequencySampler::points(const Moments& moments, const Variable& draws) const {
  const Index M = sizes.frequencies;
  const std::vector<Node> heads = each_row(sizes.heads, M);
  Tensor signs(sizes.heads * M, sizes.width);
  for (Index r = 0; r < signs.rows(); ++r)
    for (Index c = 0; c < signs.columns(); ++c)
      signs(r, c) = r % M < M / 2 ? Real(1) : Real(-1);
  const Variable centres = multiply(gather_rows(moments.mean, heads), Variable(signs.to(draws.device())));
  return add(centres, multiply(gather_rows(exp(moments.log_sigma), heads), draws));
}

Variable FrequencySampler::network(std::size_t which, const Variable& z) const {
  const auto& [first, second, last] = networks.at(which);
  const Variable hidden = leaky_relu(second(leaky_relu(first(abs(z)), negative_slope)), negative_slope);
  return multiply(sign(z), last(hidden));
}

Variable FrequencySampler::penalty(const Moments& moments, const Variable& draws) const {
  // KL = Σ [ln(σ₀/σ) + (σ² + μ²) / 2σ₀² − ½]
  const Real prior = options.copula ? options.prior : std::sqrt(options.prior);
  const Variable sigma = exp(moments.log_sigma);
  const Variable squares =
      scale(add(multiply(sigma, sigma), multiply(moments.mean, moments.mean)), 1 / (2 * prior * prior));
  const Variable kl = sum(shift(add(squares, scale(moments.log_sigma, -1)), std::log(prior) - Real(0.5)));
  const Variable weighted = scale(kl, options.lambda_kl);
  if (options.lambda_copula == 0) return weighted;
  Variable term;
  if (options.release) {
    const Variable U = normal_cdf(draws);
    term = scale(sum(multiply(U, log(shift(U, Real(1e-5))))), -1);
  } else {
    term = scale(sum(log_row_squares(moments.u)), Real(0.5));
  }
  return add(weighted, scale(term, options.lambda_copula));
}

Frequencies FrequencySampler::operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const {
  const Moments from_data = moments(q, k);
  const Variable x = draws(from_data, noise.values), z = points(from_data, x);
  return {.sets = {transpose_heads(network(0, z), sizes.heads), transpose_heads(network(1, z), sizes.heads)},
          .penalty = penalty(from_data, x)};
}

Parameters FrequencySampler::parameters(const std::string& prefix) const {
  Parameters all;
  const auto take = [&](const std::string& name, const Dense& layer) {
    if (!layer.weight) return;
    all.push_back({prefix + name + ".weight", layer.weight, false});
    all.push_back({prefix + name + ".bias", layer.bias, false});
  };
  take("trunk", trunk);
  take("mean", mean);
  take("log_sigma", log_sigma);
  take("copula", copula);
  for (std::size_t f = 0; f < networks.size(); ++f)
    for (std::size_t l = 0; l < networks[f].size(); ++l)
      take("network" + std::to_string(f + 1) + "." + std::to_string(l + 1), networks[f][l]);
  return all;
}

}  // namespace mercer
