#include <string>
#include <utility>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Variable slice(const Variable& x, Index first, Index count) {
  require(first >= 0 && count >= 0 && first <= x.columns() - count, "slice",
          "first " + std::to_string(first) + ", count " + std::to_string(count) + ": got an x of " +
              std::to_string(x.columns()) + " columns, want first and count of at least 0 and an end within x");
  Tensor y = uninitialized(x.rows(), count, x);
  op::take_columns(x.value(), first, y);
  return Variable::record(std::move(y), {x}, [first](std::span<Variable> in, Tensor& dy) {
    // only the columns that were taken are touched: many parts of one x cost no more than x
    if (!in[0].has_grad()) in[0].add_grad(Tensor::like(in[0].value()));
    expect("slice", {{"rows of the gradient so far", in[0].grad().rows(), in[0].rows()},
                     {"columns of the gradient so far", in[0].grad().columns(), in[0].columns()}});
    op::add_columns(dy, first, in[0].mutable_grad());
  });
}

Variable concat(const std::vector<Variable>& parts) {
  require(!parts.empty(), "concat", "no parts");
  Index width = 0;
  for (const Variable& part : parts) {
    expect("concat", {{"rows of a part", part.rows(), parts.front().rows()}});
    width += part.columns();
  }
  Tensor y = uninitialized(parts.front().rows(), width, parts.front());
  Index first = 0;
  for (const Variable& part : parts) {
    op::put_columns(part.value(), first, y);
    first += part.columns();
  }
  return Variable::record(std::move(y), parts, [](std::span<Variable> in, Tensor& dy) {
    Index first = 0;
    for (Variable& part : in) {
      if (part.wants_grad()) {
        Tensor gradient = uninitialized_like(part);
        op::take_columns(dy, first, gradient);
        part.add_grad(std::move(gradient));
      }
      first += part.columns();
    }
  });
}

}  // namespace mercer
