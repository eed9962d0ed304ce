#include "mercer/exchange/loss.hpp"

#include "mercer/autograd/functions.hpp"

namespace mercer {

Variable share_of_loss(const Communicator& ranks, const Variable& logits, std::span<const std::int32_t> labels,
                       std::span<const Node> rows, Index total_rows, const Variable& penalty) {
  const Variable loss = cross_entropy(logits, labels, rows, total_rows);
  return penalty ? add(loss, scale(penalty, Real(1) / static_cast<Real>(ranks.size()))) : loss;
}

}  // namespace mercer
