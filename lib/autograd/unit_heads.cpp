#include <string>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "base/heads.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Variable unit_heads(const Variable& x, Index heads, Centred centred) {
  require(heads >= 1, "unit_heads", "heads: got " + std::to_string(heads) + ", want 1 or more");
  expect_heads("unit_heads", "x", x.columns(), heads);
  const bool centre = centred == Centred::yes;
  Tensor y = uninitialized_like(x);
  op::unit_heads(x.value(), heads, centre, y);
  return Variable::record(std::move(y), {x}, [heads, centre](std::span<Variable> in, const Tensor& result, Tensor& dy) {
    // dx = (dy − y ⟨y, dy⟩) / ‖x‖
    op::unit_heads_backward(in[0].value(), result, heads, centre, dy);
    in[0].add_grad(std::move(dy));
  });
}

Variable scale_heads(const Variable& x, const Variable& s) {
  require(s.columns() >= 1, "scale_heads", "factors: got none, want one for each head");
  expect("scale_heads", {{"rows of s", s.rows(), 1}});
  expect_heads("scale_heads", "x", x.columns(), s.columns());
  Tensor y = uninitialized_like(x);
  op::scale_heads(x.value(), s.value(), y);
  return Variable::record(std::move(y), {x, s}, [](std::span<Variable> in, Tensor& dy) {
    // ds_h = Σ_i ⟨x_ih, dy_ih⟩, dx_ih = s_h dy_ih
    if (in[1].wants_grad()) {
      Tensor ds = uninitialized_like(in[1]);
      op::scale_heads_backward_s(in[0].value(), dy, ds);
      in[1].add_grad(std::move(ds));
    }
    if (in[0].wants_grad()) {
      op::scale_heads(dy, in[1].value(), dy);
      in[0].add_grad(std::move(dy));
    }
  });
}

}  // namespace mercer
