#include <algorithm>

#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

/// Sets of frequencies [h*d, M], so small that x·w is a few turns at any d: each turn costs a digit of its sine, and
/// the two backends round x·w in different orders.
std::vector<Tensor> frequencies(Device on, std::size_t sets, Shape s, Index M) {
  std::vector<Tensor> w;
  for (std::size_t n = 0; n < sets; ++n) {
    Tensor one = operand(Device::cpu, s.columns(), M, 10 + n);
    for (Real& value : one.values())
      value *= std::min(Real(1), Real(4) / static_cast<Real>(s.width));
    w.push_back(one.to(on));
  }
  return w;
}

OperatorCase fourier_features(const char* name, std::size_t sets) {
  return {name, Closeness::whole, [sets](Device on, Index n, Shape s) {
            const Index M = s.width + 3;
            const std::vector<Tensor> w = frequencies(on, sets, s, M);
            const std::vector<ConstView> views(w.begin(), w.end());
            const Tensor x = operand(on, n, s.columns(), 1);
            Tensor phi = uninitialized(on, n, s.heads * 2 * M);
            op::fourier_features(x, views, s.heads, phi);
            return std::vector<Tensor>{phi};
          }};
}

/// Two of three rows have no gradient, as with a loss on few nodes.
OperatorCase fourier_features_backward(const char* name, std::size_t sets, Index narrow = 0) {
  return {name, Closeness::whole, [=](Device on, Index n, Shape s) {
            const Index M = s.width + 3;
            if (narrow > 0) s.width = narrow;
            const std::vector<Tensor> w = frequencies(on, sets, s, M);
            const std::vector<ConstView> views(w.begin(), w.end());
            const Tensor x = operand(on, n, s.columns(), 1);
            Tensor dphi = operand(Device::cpu, n, s.heads * 2 * M, 2);
            for (Index i = 0; i < n; ++i)
              if (i % 3 != 0) std::fill_n(dphi.row(i), dphi.columns(), Real(0));
            dphi = dphi.to(on);
            std::vector<Tensor> results(sets + 1, uninitialized(on, s.columns(), M));
            const std::vector<View> dw(results.begin(), results.end() - 1);
            results.back() = uninitialized(on, n, s.columns());
            op::fourier_features_backward(x, views, s.heads, dphi, results.back(), dw);
            return results;
          }};
}

std::vector<Tensor> exp_below_peak(Device on, Index n, Shape s) {
  const Tensor u = operand(on, n, s.columns(), 1);
  Tensor phi = uninitialized(on, n, s.columns()), peak = uninitialized(on, n, s.heads), in_place = u, same_peak = peak;
  op::exp_below_peak(u, phi, peak);
  op::exp_below_peak(in_place, in_place, same_peak);
  return {phi, peak, in_place, same_peak};
}

/// Groups of 0, 1, 2, … columns, as many as fit, and their factors; both stay on the host.
struct Groups {
  std::vector<Index> offset{0};
  Tensor factor;

  explicit Groups(Index columns) {
    for (Index size = 0; offset.back() < columns; ++size)
      offset.push_back(std::min(columns, offset.back() + size % 5));
    factor = operand(Device::cpu, 1, static_cast<Index>(offset.size()) - 1, 9);
  }
};

std::vector<Tensor> column_products(Device on, Index n, Shape s) {
  const Groups groups(s.columns());
  const Tensor u = operand(on, n, s.columns(), 1);
  Tensor phi = uninitialized(on, n, groups.factor.columns());
  op::column_products(u, groups.offset.data(), groups.factor.data(), phi);
  return {phi};
}

std::vector<Tensor> column_products_backward(Device on, Index n, Shape s) {
  const Groups groups(s.columns());
  const Tensor u = operand(on, n, s.columns(), 1), dphi = operand(on, n, groups.factor.columns(), 2);
  Tensor du = uninitialized(on, n, s.columns());
  op::column_products_backward(u, groups.offset.data(), groups.factor.data(), dphi, du);
  return {du};
}

std::vector<Tensor> normal_draws(Device on, Index n, Shape s) {
  Tensor y = uninitialized(on, n, s.columns());
  op::normal_draws(Stream{.seed = 3, .step = 4, .call = 5}, y);
  return {y};
}

/// Of n columns, in blocks of the width.
std::vector<Tensor> orthogonal_columns(Device on, Index n, Shape s) {
  const Tensor x = operand(on, s.columns(), n, 1);
  Tensor y = uninitialized(on, s.columns(), n);
  op::orthogonal_columns(x, s.heads, y);
  return {y};
}

}  // namespace

std::vector<OperatorCase> feature_cases() {
  return {
      fourier_features("fourier_features, 1 set", 1),
      fourier_features("fourier_features, 2 sets", 2),
      fourier_features("fourier_features, more sets than one launch takes", 5),
      fourier_features_backward("fourier_features_backward, 1 set", 1),
      fourier_features_backward("fourier_features_backward, 2 sets", 2),
      fourier_features_backward("fourier_features_backward, narrow x", 1, 1),
      {"exp_below_peak", Closeness::each_value, exp_below_peak},
      {"column_products", Closeness::bits, column_products},
      {"column_products_backward", Closeness::bits, column_products_backward},
      {"normal_draws", Closeness::each_value, normal_draws},
      {"orthogonal_columns", Closeness::whole, orthogonal_columns},
  };
}

}  // namespace mercer::test
