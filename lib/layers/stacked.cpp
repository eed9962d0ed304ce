#include "layers/stacked.hpp"

#include <string>
#include <utility>
#include <vector>

#include "backend/operator.hpp"
#include "backend/stacked_ops.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "tensor/cholesky.hpp"

namespace mercer {
namespace {

/// Rows numbered (a, b, c), slowest first, in the order (a, c, b): `outer` runs of [first, second].
std::vector<Node> swapped_rows(Index outer, Index first, Index second) {
  std::vector<Node> rows;
  rows.reserve(static_cast<std::size_t>(outer * first * second));
  for (Index a = 0; a < outer; ++a)
    for (Index c = 0; c < second; ++c)
      for (Index b = 0; b < first; ++b)
        rows.push_back(static_cast<Node>((a * first + b) * second + c));
  return rows;
}

/// 1 / (the largest sum of a column) of each matrix [m, m], for each of its entries, [b*m, m].
Variable over_largest_sum(const Variable& a, Index count) {
  const Index m = a.columns();
  Tensor scaled = Tensor::uninitialized(a.rows(), m);
  std::vector<Index> largest(static_cast<std::size_t>(count));
  for (Index b = 0; b < count; ++b) {
    Real most = 0;
    for (Index c = 0; c < m; ++c) {
      Real sum = 0;
      for (Index r = 0; r < m; ++r)
        sum += a.value()(b * m + r, c);
      if (c == 0 || sum > most) most = sum, largest[static_cast<std::size_t>(b)] = c;
    }
    for (Index n = b * m * m; n < (b + 1) * m * m; ++n)
      scaled.data()[n] = 1 / most;
  }
  return Variable::record(std::move(scaled), {a},
                          [largest, m](std::span<Variable> in, const Tensor& y, const Tensor& dy) {
                            // ∂(1/s) = −(1/s)² ∂s, s the sum of one column
                            Tensor da = Tensor::like(dy);
                            for (std::size_t b = 0; b < largest.size(); ++b) {
                              const Index first = static_cast<Index>(b) * m;
                              Real slope = 0;
                              for (Index n = first * m; n < (first + m) * m; ++n)
                                slope -= dy.data()[n] * y.data()[n] * y.data()[n];
                              for (Index r = 0; r < m; ++r)
                                da(first + r, largest[b]) = slope;
                            }
                            in[0].add_grad(std::move(da));
                          });
}

}  // namespace

Variable stacked_heads(const Variable& x, Index rows, Index heads) {
  const Index segments = rows > 0 ? x.rows() / rows : 0;
  return gather_rows(reshape(x, x.rows() * heads, x.columns() / heads), swapped_rows(segments, rows, heads));
}

Variable heads_side_by_side(const Variable& x, Index rows, Index heads) {
  const Index segments = rows > 0 ? x.rows() / (rows * heads) : 0;
  return reshape(gather_rows(x, swapped_rows(segments, heads, rows)), segments * rows, heads * x.columns());
}

Variable stacked_product(const Variable& a, const Variable& b, Index count) {
  expect("stacked_product", {{"rows of b", b.rows(), count * a.columns()}});
  Tensor y = Tensor::uninitialized(a.rows(), b.columns());
  const TimedOperator timed("stacked_matmul", Device::cpu);
  cpu::stacked_matmul(a.value(), b.value(), count, y);
  return Variable::record(std::move(y), {a, b}, [count](std::span<Variable> in, Tensor& dy) {
    Tensor da = Tensor::uninitialized(in[0].rows(), in[0].columns()),
           db = Tensor::uninitialized(in[1].rows(), in[1].columns());
    const TimedOperator timed_backward("stacked_matmul_backward", Device::cpu);
    cpu::stacked_matmul_backward(in[0].value(), in[1].value(), count, dy, da, db);
    in[0].add_grad(std::move(da));
    in[1].add_grad(std::move(db));
  });
}

Variable stacked_transpose(const Variable& x, Index count) { return count == 0 ? x : transpose_heads(x, count); }

Variable stacked_identity(Index size, Index count) {
  Tensor units(count * size, size);
  for (Index r = 0; r < units.rows(); ++r)
    units(r, r % size) = 1;
  return Variable(std::move(units));
}

Variable iterated_inverse(const Variable& a, Index count, Index steps) {
  const Variable identity = stacked_identity(a.columns(), count);
  Variable z = multiply(stacked_transpose(a, count), over_largest_sum(a, count));
  for (Index step = 0; step < steps; ++step) {
    const Variable az = stacked_product(a, z, count);
    const Variable inner = stacked_product(az, subtract(scale(identity, 7), az), count);
    const Variable middle = stacked_product(az, subtract(scale(identity, 15), inner), count);
    z = scale(stacked_product(z, subtract(scale(identity, 13), middle), count), Real(0.25));
  }
  return z;
}

Variable cholesky_inverse(const Variable& a, Index count, Real shift) {
  const Index m = a.columns();
  Tensor inverse = Tensor::uninitialized(a.rows(), m);
  for (Index b = 0; b < count; ++b) {
    const Index first = b * m * m;
    require(invert_positive_definite({a.value().data() + first, m, m}, static_cast<double>(shift),
                                     {inverse.data() + first, m, m}),
            "cholesky_inverse",
            "a matrix of landmarks is not positive definite: want a larger gamma, or inverse iteration");
  }
  return Variable::record(std::move(inverse), {a}, [count](std::span<Variable> in, const Tensor& z, const Tensor& dz) {
    // da = −Zᵀ dZ Zᵀ
    const NoGrad no_tape;
    const Variable turned = stacked_transpose(Variable(z), count);
    Tensor da = scale(stacked_product(stacked_product(turned, Variable(dz), count), turned, count), -1).value();
    in[0].add_grad(std::move(da));
  });
}

}  // namespace mercer
