#include "mercer/features/similarities.hpp"

#include <cmath>
#include <string>

#include "features/each_end.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// A number learned for each head, without weight decay, which would pull it to an arbitrary value.
Parameter of_each_head(const char* name, Real start, Index heads) {
  return {name, Variable(Tensor::filled(1, heads, start), true), false};
}

AnyKernel kernel_of(const EnergyOptions& options) {
  const bool logit = options.as == EnergyAs::logit;
  const Real half = Real(1) / std::sqrt(Real(2));  // exp(−t / 2σ²) = exp(−t)
  require(logit || (options.energy != Energy::laplace && options.energy != Energy::module_release), "energy",
          "laplace and module-release are negative: as a weight the first would prefer the unlike and the sign of the "
          "second would drop out; take them as a logit, or module");
  switch (options.energy) {
    case Energy::rbf:
      return logit ? AnyKernel(GaussianLogit{{.sigma = half}}) : Gaussian{.sigma = half};
    case Energy::inverse_quadratic:
      return logit ? AnyKernel(CauchyLogit{}) : Cauchy{};
    case Energy::laplace:
      return Laplacian{};
    case Energy::module:
      return logit ? AnyKernel(HistogramIntersectionLogit{}) : HistogramIntersection{};
    case Energy::module_release:
      return HistogramIntersectionLogit{.scale = -1};
    default:
      return logit ? AnyKernel(Exponential{}) : InnerProduct{};
  }
}

}  // namespace

Similarity learned_bandwidth(const AnyKernel& kernel, HeadSizes sizes) {
  const Parameter log_bandwidth = of_each_head("log_bandwidth", 0, sizes.heads);
  const auto scaled = [l = log_bandwidth.variable](const Variable& x) { return scale_heads(x, exp(scale(l, -1))); };
  return {.kernel = kernel, .map = each_end(scaled), .parameters = {log_bandwidth}};
}

Similarity RelevanceOptions::operator()(HeadSizes sizes, Random&) const {
  const KernelTraits facts = kernel.traits();
  require(
      facts.compares && facts.width == 0, "RelevanceOptions",
      "kernel: got " + std::string(facts.name) + ", want one of heads of any width, for which components have scales");
  const Parameter log_scale = of_each_head("log_scale", 0, sizes.heads * sizes.width);  // one value for each component
  const auto scaled = [l = log_scale.variable](const Variable& x) { return scale_heads(x, exp(l)); };
  return {.kernel = kernel.fitted(sizes.width), .map = each_end(scaled), .parameters = {log_scale}};
}

Similarity CosineOptions::operator()(HeadSizes sizes, Random&) const {
  const auto unit = [heads = sizes.heads](const Variable& x) { return unit_heads(x, heads); };
  return {.kernel = InnerProduct{.shift = shift}, .map = each_end(unit)};
}

Similarity NormalisedDotOptions::operator()(HeadSizes sizes, Random&) const {
  const Parameter log_temperature = of_each_head("log_temperature", 0, sizes.heads);
  // Each end is divided by √T.
  const auto scaled = [l = log_temperature.variable, heads = sizes.heads](const Variable& x) {
    return scale_heads(unit_heads(x, heads), exp(scale(l, Real(-0.5))));
  };
  return {.kernel = Exponential{}, .map = each_end(scaled), .parameters = {log_temperature}};
}

Similarity StandardisedSeriesOptions::operator()(HeadSizes sizes, Random&) const {
  const Parameter scale_logit = of_each_head("scale_logit", 0, sizes.heads);
  // Each end is multiplied by √c.
  const auto scaled = [c = scale_logit.variable, heads = sizes.heads](const Variable& x) {
    const Variable root = exp(scale(log(sigmoid(c)), Real(0.5)));
    return scale_heads(unit_heads(x, heads, Centred::yes), root);
  };
  return {.kernel = DotProductSeries{.series = function}, .map = each_end(scaled), .parameters = {scale_logit}};
}

Similarity EnergyOptions::operator()(HeadSizes sizes, Random&) const {
  const AnyKernel kernel = kernel_of(*this);
  if (energy == Energy::dot) return {.kernel = kernel};
  // α starts at softplus(α) = 1. Each end is multiplied by √a for squared distances, by a for the others.
  const Parameter raw = of_each_head("raw_scale", std::log(std::exp(Real(1)) - 1), sizes.heads);
  const bool squared = energy == Energy::rbf || energy == Energy::inverse_quadratic;
  const auto scaled = [raw = raw.variable, squared](const Variable& x) {
    const Variable a = softplus(raw);
    return scale_heads(x, squared ? exp(scale(log(a), Real(0.5))) : a);
  };
  return {.kernel = kernel, .map = each_end(scaled), .parameters = {raw}};
}

}  // namespace mercer
