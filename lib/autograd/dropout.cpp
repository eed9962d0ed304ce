#include <memory>
#include <string>
#include <utility>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check(const Dropout& drop, Device device) {
  require(drop.p >= 0 && drop.p <= 1, "dropout", "p: got " + std::to_string(drop.p) + ", want 0 … 1");
  if (device.is_cpu() && drop.active()) expect_known_step("dropout", drop.stream);
}

}  // namespace

Variable dropout(const Variable& x, const Dropout& drop, std::shared_ptr<const Node> rows) {
  check(drop, x.device());
  if (!drop.active()) return x;
  Tensor y = uninitialized_like(x);
  op::dropout(x.value(), drop, rows.get(), y);
  return Variable::record(std::move(y), {x}, [drop, rows](std::span<Variable> in, Tensor& dy) {
    // dx = dy ∘ mask / (1 − p): the mask is drawn again, not kept
    op::dropout(dy, drop, rows.get(), dy);
    in[0].add_grad(std::move(dy));
  });
}

Input dropout(const Input& x, const Dropout& drop, std::shared_ptr<const Node> rows) {
  if (!x.is_sparse()) return dropout(x.dense(), drop, std::move(rows));
  check(drop, x.device());
  if (!drop.active()) return x;
  return std::make_shared<const SparseMatrix>(op::sparse_dropout(*x.sparse(), drop));
}

}  // namespace mercer
