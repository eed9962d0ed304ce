#include <cmath>
#include <limits>
#include <vector>

#include "backend/cpu/edge_dropout.hpp"
#include "backend/cpu/edge_pass.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

constexpr Real nothing_yet = -std::numeric_limits<Real>::infinity();

/// For each segment of a tile and each head, the largest logarithm seen and Σ exp(s − largest). Only the first
/// segment of a tile can go on from another tile, so that its state stays where it is.
class RunningSoftmax {
 public:
  explicit RunningSoftmax(Index heads)
      : heads_(heads), largest_(static_cast<std::size_t>(Tile::capacity * heads)), sum_(largest_.size()) {}

  Real* largest(int segment) { return largest_.data() + segment * heads_; }
  Real* sum(int segment) { return sum_.data() + segment * heads_; }
  void begin(int segment) {
    std::fill_n(largest(segment), heads_, nothing_yet);
    std::fill_n(sum(segment), heads_, Real(0));
  }

 private:
  Index heads_;
  std::vector<Real> largest_, sum_;  // [capacity, h]
};

/// What was gathered of a row in earlier tiles is scaled to a new largest logarithm.
void rescale(Index heads, Index d, const Real* before, const Real* largest, Real* sum, Real* y) {
  for (Index h = 0; h < heads; ++h) {
    if (largest[h] == before[h]) continue;
    const Real factor = std::exp(before[h] - largest[h]);
    sum[h] *= factor;
    for (Index c = h * d; c < (h + 1) * d; ++c)
      y[c] *= factor;
  }
}

/// s −= the row's largest s.
void take_largest_out(const Segment& row, Index heads, Real* s, Real* largest) {
  for (int e = row.first; e < row.last; ++e)
    for (Index h = 0; h < heads; ++h)
      largest[h] = std::max(largest[h], s[e * heads + h]);
  for (int e = row.first; e < row.last; ++e)
    for (Index h = 0; h < heads; ++h)  // where all weights are 0, −∞ − −∞ would be NaN
      s[e * heads + h] -= largest[h] == nothing_yet ? Real(0) : largest[h];
}

/// y /= Σ, log_sum = largest + ln Σ; a row to which nobody speaks stays 0.
void finish_row(Index heads, Index d, const Real* largest, const Real* sum, Real* y, Real* log_sum) {
  for (Index h = 0; h < heads; ++h) {
    log_sum[h] = sum[h] > 0 ? largest[h] + std::log(sum[h]) : Real(0);
    const Real factor = sum[h] > 0 ? 1 / sum[h] : Real(0);
    for (Index c = h * d; c < (h + 1) * d; ++c)
      y[c] *= factor;
  }
}

struct Rows {
  ConstView v;
  View y, log_sum;
};

/// α_ij = exp(s_ij − ln Σ_j exp(s_ij)), gathered in one sweep.
void attend_softmax(const EdgePass& pass, const Tile& tile, const Rows& rows, Real* s, RunningSoftmax& running) {
  const Index heads = pass.terms.heads, d = rows.v.columns / heads;
  // pass 1: s − largest
  std::vector<Real> before(static_cast<std::size_t>(heads));
  for (int r = 0; r < tile.segments; ++r) {
    const Segment& row = tile.segment[static_cast<std::size_t>(r)];
    if (row.begins) {
      running.begin(r);
      std::fill_n(rows.y.row(row.row), rows.y.columns, Real(0));
      take_largest_out(row, heads, s, running.largest(r));
    } else {
      std::copy_n(running.largest(r), heads, before.data());
      take_largest_out(row, heads, s, running.largest(r));
      rescale(heads, d, before.data(), running.largest(r), running.sum(r), rows.y.row(row.row));
    }
  }
  // pass 2: weights, and their sums before dropout
  exp_in_place(s, tile.edges * heads);
  for (int r = 0; r < tile.segments; ++r) {
    const Segment& row = tile.segment[static_cast<std::size_t>(r)];
    Real* sum = running.sum(r);
    for (int e = row.first; e < row.last; ++e)
      for (Index h = 0; h < heads; ++h)
        sum[h] += s[e * heads + h];
  }
  if (pass.terms.dropout.active()) drop_edges(pass.terms.dropout, tile, true, heads, s);
  // pass 3: y_i = Σ_j α_ij v_j
  for (int r = 0; r < tile.segments; ++r) {
    const Segment& row = tile.segment[static_cast<std::size_t>(r)];
    Real* y = rows.y.row(row.row);
    add_weighted(tile, row, s, rows.v, heads, y);
    if (row.ends) finish_row(heads, d, running.largest(r), running.sum(r), y, rows.log_sum.row(row.row));
  }
}

/// α_ij = exp(s_ij − a shift known before).
void attend_shifted(const EdgePass& pass, const Tile& tile, const Rows& rows, Real* s) {
  const Index heads = pass.terms.heads;
  for (const Segment& row : tile) {
    if (!row.begins) continue;
    std::fill_n(rows.y.row(row.row), rows.y.columns, Real(0));
    const Real shift = pass.terms.row_shift.data != nullptr ? pass.terms.row_shift.data[row.row] : Real(0);
    std::fill_n(rows.log_sum.row(row.row), heads, shift);
  }
  weigh(pass, tile, rows.log_sum, s);
  if (pass.terms.dropout.active()) drop_edges(pass.terms.dropout, tile, true, heads, s);
  for (const Segment& row : tile)
    add_weighted(tile, row, s, rows.v, heads, rows.y.row(row.row));
}

}  // namespace

void attend_forward(const EdgeTerms& terms, ConstView v, View y, View log_sum) {
  const EdgePass pass(terms, true);
  const Rows rows{v, y, log_sum};
  parallel_blocks(static_cast<Index>(pass.blocks.size()) - 1, [&](Index b) {
    const auto block = static_cast<std::size_t>(b);
    std::vector<Real> t(static_cast<std::size_t>(Tile::capacity * terms.heads)), s(t.size());
    RunningSoftmax running(terms.heads);
    for_each_tile(pass.edges, pass.blocks[block], pass.blocks[block + 1], TakesAll{}, [&](const Tile& tile) {
      pass.score(tile, t.data(), s.data());
      if (terms.softmax)
        attend_softmax(pass, tile, rows, s.data(), running);
      else
        attend_shifted(pass, tile, rows, s.data());
    });
  });
}

void attend_weights(const EdgeTerms& terms, ConstView log_sum, View alpha) {
  const EdgePass pass(terms, true);
  parallel_blocks(static_cast<Index>(pass.blocks.size()) - 1, [&](Index b) {
    const auto block = static_cast<std::size_t>(b);
    std::vector<Real> t(static_cast<std::size_t>(Tile::capacity * terms.heads)), s(t.size());
    for_each_tile(pass.edges, pass.blocks[block], pass.blocks[block + 1], TakesAll{}, [&](const Tile& tile) {
      pass.score(tile, t.data(), s.data());
      weigh(pass, tile, log_sum, s.data());
      for (int e = 0; e < tile.edges; ++e)
        std::copy_n(s.data() + e * terms.heads, terms.heads, alpha.row(tile.slot[static_cast<std::size_t>(e)]));
    });
  });
}

}  // namespace mercer::cpu
