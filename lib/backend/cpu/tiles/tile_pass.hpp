#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "backend/cpu/tiles/distances.hpp"
#include "backend/cpu/tiles/panels.hpp"
#include "backend/cpu/tiles/scratch.hpp"
#include "backend/edge_ops.hpp"
#include "mercer/base/parallel.hpp"

/// Passes over the scores of segments by products of matrices, tile by tile. Memory is of the operands' size.
namespace mercer::cpu::tiles {

/// One pass over the score tiles of EdgeTerms: over rows, where near is q and far is k, or over columns, where near is
/// k and far is q.
struct TilePass {
  TilePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows);

  const EdgeTerms& terms;
  const EdgeList& list;
  bool over_rows;
  KernelLoops kernel;
  ConstView near, far;  // [n, h*d], [m, h*d]
  Index width;          // d
  std::optional<Distances> distances;
  TransposedPanels far_transposed;
  std::vector<RowBlock> blocks;
  std::vector<Index> tasks;  // the first block of each task of about equal work, then their number; few tasks with a
                             // relative bias, whose gradient each of them sums in a table

  const Real* centre() const { return distances ? distances->centre() : nullptr; }
  /// t of a tile; near_rows are the block's rows of near_head.
  void pair(const ScoreTile& tile, Index h, const Real* near_rows, Real* t) const;
  /// The block's rows of head h of near, less the centre; [rows, d].
  void take_near(const RowBlock& block, Index h, Real* rows) const;
};

/// One task: blocks of rows, and heads. Dropout draws for eight heads at once, so these are one task then. `number` is
/// that of its blocks among those of the tasks of the same heads.
struct Task {
  std::span<const RowBlock> blocks;
  Index first_head, last_head, number;
};

/// Calls body(task) for all tasks, in parallel.
template <class Body>
void parallel_tasks(const TilePass& pass, Body&& body) {
  const bool draws = pass.terms.dropout.active() || pass.terms.magnitude_dropout.active();
  const Index group = draws ? 8 : 1, heads = pass.terms.heads;
  const Index groups = (heads + group - 1) / group, count = std::ssize(pass.tasks) - 1;
  parallel_blocks(count * groups, [&](Index n) {
    const auto task = static_cast<std::size_t>(n / groups);
    const Index first_head = n % groups * group;
    const auto first = static_cast<std::size_t>(pass.tasks[task]),
               last = static_cast<std::size_t>(pass.tasks[task + 1]);
    body(Task{{pass.blocks.data() + first, last - first}, first_head, std::min(first_head + group, heads), n / groups});
  });
}

/// The rows of a head of x; [rows, d] contiguous.
void take_rows(ConstView x, const RowBlock& block, Index first_column, Index width, const Real* centre, Real* rows);

/// The factor of source j besides κ, ln m_j = key_bias_j − column_shift_j, or m_j for a signed kernel; [h, ≥ m]. A key
/// bias that is masked is left out.
Tensor source_factors(const EdgeTerms& terms);

/// The query bias of target i, 0 where it is absent or masked.
inline Real target_bias(const EdgeTerms& terms, Index i, Index h) {
  return terms.query_bias.data != nullptr && !terms.magnitude_dropout.active() ? terms.query_bias(i, h) : Real(0);
}

/// The masks of a dropout of a tile for the heads first_head … first_head + 7: bit b of mask[r, c] keeps head
/// first_head
/// + b. They are those that drop_edges draws.
void draw_masks(const TilePass& pass, const Dropout& dropout, const ScoreTile& tile, Index first_head,
                std::uint8_t* mask);

/// x ← x ∘ mask / (1 − p), by bit `bit` of the masks: α̃ from α, or the masked magnitude.
void drop(const ScoreTile& tile, const Dropout& dropout, const std::uint8_t* mask, Index bit, Real* x);

}  // namespace mercer::cpu::tiles
