#include "mercer/layers/batch_norm.hpp"

#include <string>
#include <utility>

#include "mercer/autograd/batch_norm.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

BatchRows rows_of(const Neighbourhood& neighbourhood, const Variable& x) {
  const Partitioned* own = neighbourhood.partitioned();
  if (own == nullptr) return {.count = x.rows()};
  return {.count = own->part->nodes,
          .add_up = [halo = own->halo](View sums) { halo->add_up(sums.data, sums.size(), sums.device); }};
}

}  // namespace

BatchNorm::BatchNorm(BatchNormOptions given)
    : options(given),
      weight(Tensor::filled(1, given.width, 1), true),
      bias(Tensor(1, given.width), true),
      running_mean(Tensor(1, given.width)),
      running_variance(Tensor::filled(1, given.width, 1)) {
  expect_at_least_one("BatchNorm", "width", given.width);
  require(given.momentum >= 0 && given.momentum <= 1, "BatchNorm",
          "momentum: got " + std::to_string(given.momentum) + ", want 0 … 1");
}

Variable BatchNorm::operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass) const {
  if (!pass.is_training())
    return batch_norm(x, weight, bias, {running_mean.value(), running_variance.value()}, options.epsilon);
  const BatchRows rows = rows_of(neighbourhood, x);
  require(rows.count != 1, "BatchNorm",
          "nodes: got 1, want at least 2 in training: one has no variance (a norm over columns, of layers, works)");
  auto [y, of] = batch_norm(x, weight, bias, options.epsilon, rows);
  if (rows.count == 0) return y;
  const Real take = options.momentum, n = static_cast<Real>(rows.count);
  mix(running_mean, 1 - take, std::move(of.mean), take);
  mix(running_variance, 1 - take, std::move(of.variance), take * n / (n - 1));
  return y;
}

Parameters BatchNorm::parameters(const std::string& prefix) const {
  return named(prefix, {{"weight", weight, false}, {"bias", bias, false}});
}

Parameters BatchNorm::buffers(const std::string& prefix) const {
  return named(prefix, {{"running_mean", running_mean}, {"running_variance", running_variance}});
}

}  // namespace mercer
