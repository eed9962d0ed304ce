#include <bit>
#include <memory>
#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Tensor reshaped(const Tensor& x, Index rows, Index columns) {
  Tensor y = Tensor::uninitialized(rows, columns, x.device());
  copy_bytes(y.data(), y.device(), x.data(), x.device(), static_cast<std::size_t>(x.size()) * sizeof(Real));
  return y;
}

}  // namespace

Variable reshape(const Variable& x, Index rows, Index columns) {
  expect("reshape", {{"values", x.value().size(), rows * columns}});
  return Variable::record(reshaped(x.value(), rows, columns), {x}, [](std::span<Variable> in, Tensor& dy) {
    in[0].add_grad(reshaped(dy, in[0].rows(), in[0].columns()));
  });
}

Variable mean_of_rows(const Variable& x) {
  const Real share = x.rows() == 0 ? Real(0) : Real(1) / static_cast<Real>(x.rows());
  Tensor y = uninitialized(1, x.columns(), x);
  op::sum_of_rows(x.value(), y);
  op::scale(y, share, y);
  return Variable::record(std::move(y), {x}, [share](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy / n
    op::scale(dy, share, dy);
    Tensor dx = Tensor::like(in[0].value());
    op::add_row(dx, dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable gather_rows(const Variable& x, const std::vector<Node>& rows) {
  for (const Node row : rows)
    require(row >= 0 && row < x.rows(), "gather_rows",
            [&] { return "row: got " + std::to_string(row) + ", want 0 to " + std::to_string(x.rows() - 1); });
  const auto kept = std::make_shared<const std::vector<Node>>(rows);
  Tensor y = uninitialized(static_cast<Index>(rows.size()), x.columns(), x);
  op::gather_rows(x.value(), kept->data(), y);
  return Variable::record(std::move(y), {x}, [kept](std::span<Variable> in, Tensor& dy) {
    // dx_r = Σ_{i: rows[i] = r} dy_i
    Tensor dx = uninitialized_like(in[0]);
    op::scatter_rows(dy, kept->data(), dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable sum_of_earlier_rows(const Variable& x, Index stride) {
  require(stride >= 1, "sum_of_earlier_rows", "stride: got " + std::to_string(stride) + ", want at least 1");
  Tensor y = uninitialized_like(x);
  op::sum_of_earlier_rows(x.value(), stride, y);
  return Variable::record(std::move(y), {x}, [stride](std::span<Variable> in, Tensor& dy) {
    // dx_i = Σ_{k≥1} dy_{i + k·stride}
    Tensor dx = uninitialized_like(in[0]);
    op::sum_of_later_rows(dy, stride, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable walsh_hadamard(const Variable& x) {
  require(std::has_single_bit(static_cast<std::uint64_t>(x.columns())), "walsh_hadamard",
          "columns of x: got " + std::to_string(x.columns()) + ", want a power of two");
  Tensor y = uninitialized_like(x);
  op::walsh_hadamard(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx = Hᵀ dy = H dy
    op::walsh_hadamard(dy, dy);
    in[0].add_grad(std::move(dy));
  });
}

}  // namespace mercer
