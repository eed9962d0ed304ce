#include "mercer/features/comparison.hpp"

#include <cmath>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// A number learned for each head, without weight decay: that would pull it to where nobody asked.
Parameter of_each_head(const char* name, Real start, Index heads) {
  return {name, Variable(Tensor::filled(1, heads, start), true), false};
}

AnyKernel kernel_of(Energy which, EnergyAs as) {
  const bool logit = as == EnergyAs::logit;
  const Real half = Real(1) / std::sqrt(Real(2));  // exp(−t / 2σ²) = exp(−t)
  require(logit || (which != Energy::laplace && which != Energy::module_release), "energy",
          "laplace and module-release are negative: as a weight the first would prefer the unlike and the sign of the "
          "second would drop out; take them as a logit, or module");
  switch (which) {
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

Comparison learned_bandwidth(const AnyKernel& kernel, HeadSizes sizes) {
  const Parameter log_bandwidth = of_each_head("log_bandwidth", 0, sizes.heads);
  return {.kernel = kernel,
          .seen = [l = log_bandwidth.variable](const Variable& x) { return scale_heads(x, exp(scale(l, -1))); },
          .parameters = {log_bandwidth}};
}

Comparison cosine(Real shift, HeadSizes sizes) {
  return {.kernel = InnerProduct{.shift = shift},
          .seen = [heads = sizes.heads](const Variable& x) { return unit_heads(x, heads); }};
}

Comparison normalised_dot(HeadSizes sizes) {
  const Parameter log_temperature = of_each_head("log_temperature", 0, sizes.heads);
  return {.kernel = Exponential{},
          // either end takes 1/√T
          .seen = [l = log_temperature.variable, heads = sizes.heads](
                      const Variable& x) { return scale_heads(unit_heads(x, heads), exp(scale(l, Real(-0.5)))); },
          .parameters = {log_temperature}};
}

Comparison standardised_series(Series series, HeadSizes sizes) {
  const Parameter scale_logit = of_each_head("scale_logit", 0, sizes.heads);
  return {.kernel = DotProductSeries{.series = series},
          // either end takes √c
          .seen =
              [c = scale_logit.variable, heads = sizes.heads](const Variable& x) {
                const Variable root = exp(scale(log(sigmoid(c)), Real(0.5)));
                return scale_heads(unit_heads(x, heads, Centred::yes), root);
              },
          .parameters = {scale_logit}};
}

Comparison energy(Energy which, EnergyAs as, HeadSizes sizes) {
  const AnyKernel kernel = kernel_of(which, as);
  if (which == Energy::dot) return {.kernel = kernel, .seen = [](const Variable& x) { return x; }};
  // softplus(α) = 1; squared distances take √a at either end, the others a
  const Parameter raw = of_each_head("raw_scale", std::log(std::exp(Real(1)) - 1), sizes.heads);
  const bool squared = which == Energy::rbf || which == Energy::inverse_quadratic;
  return {.kernel = kernel,
          .seen =
              [raw = raw.variable, squared](const Variable& x) {
                const Variable a = softplus(raw);
                return scale_heads(x, squared ? exp(scale(log(a), Real(0.5))) : a);
              },
          .parameters = {raw}};
}

}  // namespace mercer
