#include "mercer/autograd/readout.hpp"

#include <memory>
#include <numeric>
#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_offsets(const char* op, const Variable& x, const std::vector<Index>& offset) {
  require(!offset.empty() && offset.front() == 0 && offset.back() == x.rows(), op,
          "offsets: got " +
              (offset.empty() ? "none" : std::to_string(offset.front()) + " … " + std::to_string(offset.back())) +
              ", want 0 … " + std::to_string(x.rows()) + ", the rows of x");
  for (std::size_t s = 1; s < offset.size(); ++s)
    require(offset[s - 1] <= offset[s], op, [&] {
      return "offset " + std::to_string(s) + ": got " + std::to_string(offset[s]) + ", want at least " +
             std::to_string(offset[s - 1]);
    });
}

/// S x, where S_si = weight(rows of s) for the rows i of segment s.
template <class Weight>
Variable weighed_sum(const Variable& x, const std::vector<Index>& offset, Weight weight) {
  std::vector<Node> row(static_cast<std::size_t>(x.rows()));
  std::iota(row.begin(), row.end(), Node{0});
  std::vector<Real> weights;
  for (std::size_t s = 1; s < offset.size(); ++s)
    weights.insert(weights.end(), static_cast<std::size_t>(offset[s] - offset[s - 1]),
                   weight(offset[s] - offset[s - 1]));
  const SparseMatrix segments(std::ssize(offset) - 1, x.rows(), offset, row, weights);
  return matmul(Input(std::make_shared<const SparseMatrix>(segments.to(x.device()))), x);
}

}  // namespace

Variable sum_of_rows(const Variable& x) {
  Tensor y = uninitialized(1, x.columns(), x);
  op::sum_of_rows(x.value(), y);
  return Variable::record(std::move(y), {x}, [](std::span<Variable> in, Tensor& dy) {
    // dx_i = dy
    Tensor dx = Tensor::like(in[0].value());
    op::add_row(dx, dy, dx);
    in[0].add_grad(std::move(dx));
  });
}

Variable sum_of_columns(const Variable& x) {
  Tensor ones(1, x.columns(), x.device());
  op::shift(ones, 1, ones);
  return head_dot(x, Variable(std::move(ones)), 1);
}

Variable sum_of_rows(const Variable& x, const std::vector<Index>& offset) {
  check_offsets("sum_of_rows", x, offset);
  return weighed_sum(x, offset, [](Index) { return Real(1); });
}

Variable mean_of_rows(const Variable& x, const std::vector<Index>& offset) {
  check_offsets("mean_of_rows", x, offset);
  return weighed_sum(x, offset, [](Index rows) { return 1 / static_cast<Real>(rows); });
}

Variable max_of_rows(const Variable& x) { return max_of_rows(x, {0, x.rows()}); }

Variable max_of_rows(const Variable& x, const std::vector<Index>& offset) {
  check_offsets("max_of_rows", x, offset);
  Tensor y = uninitialized(std::ssize(offset) - 1, x.columns(), x);
  const auto rows =
      std::make_shared<Buffer>(static_cast<std::size_t>(y.size()) * sizeof(Node), x.device());  // [segments, d]
  op::max_of_rows(x.value(), offset.data(), y, static_cast<Node*>(rows->data()));
  return Variable::record(std::move(y), {x}, [rows](std::span<Variable> in, Tensor& dy) {
    // dx_ic = dy_sc where i is the first row of s with x_ic = y_sc
    Tensor dx = uninitialized_like(in[0]);
    op::max_of_rows_backward(dy, static_cast<const Node*>(rows->data()), dx);
    in[0].add_grad(std::move(dx));
  });
}

}  // namespace mercer
