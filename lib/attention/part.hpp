#pragma once

#include <deque>
#include <vector>

#include "backend/edge_ops.hpp"
#include "mercer/partition/halo.hpp"
#include "mercer/tensor/tensor.hpp"

/// Attention over one part of a graph, with the operands of its own rows. The operands of other parts are pulled
/// through the halo, so that each row and each column is summed whole, in the graph's order.
namespace mercer::parts {

/// Copies of matrices of own rows, with space for the halo's rows after them.
class Gathering {
 public:
  Gathering(const Halo& halo, Halo::Side side) : halo_(halo), side_(side) {}

  /// A view of all rows, valid after pull(). An absent operand stays absent.
  ConstView add(ConstView own);
  /// Fetches the halo's rows. Every part must call it, even one without matrices.
  void pull();

 private:
  const Halo& halo_;
  Halo::Side side_;
  std::deque<Tensor> kept_;
  std::vector<HaloRows> rows_;
};

/// The operands of all sources, for the forward pass and the backward pass over rows.
class Sources {
 public:
  /// Pulls k, v, key_bias and column_shift.
  Sources(const EdgeTerms& own, ConstView own_v, const Halo& halo);

  EdgeTerms terms;
  ConstView v;

 private:
  Gathering sources_;
};

/// The operands of own rows, and the halo that fetches the others.
struct Own {
  const EdgeTerms& terms;
  const EdgeLists& edges;
  const Halo& halo;
};

/// Pulls q, query_bias, dy, state and delta of targets in other parts, and the operands of their edges, when gradients
/// of sources are needed (`of_columns`, the same on every part).
void attend_backward(const Own& own, const Sources& sources, ConstView own_v, ConstView y, const Kept& kept,
                     ConstView dy, const EdgeGradients& wanted, bool of_columns);

}  // namespace mercer::parts
