#pragma once

#include <deque>
#include <vector>

#include "backend/edge_ops.hpp"
#include "mercer/partition/halo.hpp"
#include "mercer/tensor/tensor.hpp"

/// Attention over one part of a graph, whose operands are those of its own rows: what the passes ask for of other parts
/// is pulled through the graph's halo, so that each row and each column is computed whole and in the graph's order.
namespace mercer::parts {

/// Matrices of own rows, copied together with room for the halo's rows behind them.
class Gathering {
 public:
  Gathering(const Halo& halo, Halo::Side side) : halo_(halo), side_(side) {}

  /// Looks at all rows, once they are pulled. An operand that is absent stays so.
  ConstView add(ConstView own);
  /// Every part has to call it; with no matrix nothing is asked for.
  void pull();

 private:
  const Halo& halo_;
  Halo::Side side_;
  std::deque<Tensor> kept_;
  std::vector<HaloRows> rows_;
};

/// The operands of all sources: those of the forward pass, and of the backward pass over rows.
class Sources {
 public:
  /// Pulls k, v, key_bias and column_shift.
  Sources(const EdgeTerms& own, ConstView own_v, const Halo& halo);

  EdgeTerms terms;
  ConstView v;

 private:
  Gathering sources_;
};

/// The operands of own rows, and how those of others come.
struct Own {
  const EdgeTerms& terms;
  const EdgeLists& edges;
  const Halo& halo;
};

/// Pulls q, dy, state, delta of the targets from elsewhere, and the operands of their edges, where gradients of columns
/// are wanted; `of_columns` is the same on every part, whatever has rows.
void attend_backward(const Own& own, const Sources& sources, ConstView own_v, ConstView y, const Kept& kept,
                     ConstView dy, const EdgeGradients& wanted, bool of_columns);

}  // namespace mercer::parts
