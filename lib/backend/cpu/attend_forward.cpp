#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "backend/cpu/edge_dropout.hpp"
#include "backend/cpu/edge_pass.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/cpu/rounded.hpp"
#include "backend/cpu/tiles/attend.hpp"
#include "backend/denominator.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu {
namespace {

constexpr Real nothing_yet = -std::numeric_limits<Real>::infinity();

/// The running softmax: for each segment of a tile and each head, the largest logarithm so far and Σ exp(s − largest).
/// Only the first segment of a tile can continue one of the previous tile, so its state stays in place.
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

/// Rescales the sums of earlier tiles to the new largest logarithm.
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
  each_component(heads, [&]<class R>(Index h) {
    R top = load<R>(largest + h);
    for (int e = row.first; e < row.last; ++e) {
      const R mine = load<R>(s + e * heads + h);
      top = mine > top ? mine : top;
    }
    store(largest + h, top);
    const R zero{}, nothing = zero + nothing_yet;
    const R shift = top == nothing ? zero : top;  // if all weights are 0, −∞ − −∞ would be NaN
    for (int e = row.first; e < row.last; ++e)
      store(s + e * heads + h, load<R>(s + e * heads + h) - shift);
  });
}

/// y /= Σ, log_normaliser = largest + ln Σ; a row without edges, or with weights of 0 only, stays 0.
void finish_row(Index heads, Index d, const Real* largest, const Real* sum, Real* y, Real* log_normaliser) {
  for (Index h = 0; h < heads; ++h) {
    const Real known = sum[h] > 0 ? largest[h] + log_of(sum[h]) : log_of_no_sum;
    log_normaliser[h] = known;
  }
  for (Index h = 0; h < heads; ++h) {
    const Real factor = inverse_of_positive_sum(sum[h]);
    each_component(d, [&]<class R>(Index c) { store(y + h * d + c, load<R>(y + h * d + c) * factor); });
  }
}

/// state = 1 / Σ for each head, where Σ is guarded against 0; guarded_h = 1 where it was. Returns how many were.
Index finish_signed_row(const EdgeTerms& terms, Index row, const Real* sum, Real* state, Real* guarded) {
  const Real shift = terms.row_shift.data != nullptr ? terms.row_shift.data[row] : Real(0);
  Index count = 0;
  for (Index h = 0; h < terms.heads; ++h) {
    const bool is_safe = !terms.row_sum || is_safe_sum(sum[h], terms.guard);
    state[h] = terms.row_sum ? inverse_of_signed_sum(sum[h], terms.guard) : std::exp(-shift);
    if (guarded != nullptr) guarded[h] = is_safe ? Real(0) : Real(1);
    count += is_safe ? 0 : 1;
  }
  return count;
}

/// The forward pass over one block of rows.
class ForwardBlock {
 public:
  ForwardBlock(const EdgePass& pass, View y, const Kept& kept)
      : pass_(pass),
        terms_(pass.terms),
        heads_(pass.terms.heads),
        width_(y.columns / pass.terms.heads),
        y_(y),
        state_(kept.state),
        guards_(kept.guarded),
        running_(heads_),
        t_(static_cast<std::size_t>(Tile::capacity * heads_ * pass.kernel.values)),
        s_(static_cast<std::size_t>(Tile::capacity * heads_)),
        f_(pass.kernel.is_signed ? s_.size() : 0) {}

  void operator()(const Tile& tile) {
    pass_.score(tile, t_.data(), s_.data(), f_.data());
    for (const Segment& row : tile)
      if (row.begins) std::fill_n(y_.row(row.row), y_.columns, Real(0));
    if (pass_.kernel.is_signed)
      attend_signed(tile);
    else if (terms_.row_sum)
      attend_softmax(tile);
    else
      attend_shifted(tile);
  }

  Index guarded() const { return guarded_; }

 private:
  /// α_ij = exp(s_ij − ln Σ_j exp(s_ij)), computed in one sweep over the edges.
  void attend_softmax(const Tile& tile) {
    // pass 1: s − largest
    for (int r = 0; r < tile.segments; ++r) {
      const Segment& row = tile.segment[static_cast<std::size_t>(r)];
      if (row.begins) running_.begin(r);
      const std::vector<Real> before(running_.largest(r), running_.largest(r) + (row.begins ? 0 : heads_));
      take_largest_out(row, heads_, s_.data(), running_.largest(r));
      if (!row.begins) rescale(heads_, width_, before.data(), running_.largest(r), running_.sum(r), y_.row(row.row));
    }
    // pass 2: weights, and their sums before dropout
    exp_in_place(s_.data(), tile.edges * heads_);
    add_sums(tile);
    // pass 3: y_i = Σ_j α_ij v_j
    gather(tile);
    for (int r = 0; r < tile.segments; ++r)
      if (const Segment& row = tile.segment[static_cast<std::size_t>(r)]; row.ends)
        finish_row(heads_, width_, running_.largest(r), running_.sum(r), y_.row(row.row), state_.row(row.row));
  }

  /// α_ij = exp(s_ij − row_shift_i).
  void attend_shifted(const Tile& tile) {
    for (const Segment& row : tile)
      std::fill_n(state_.row(row.row), heads_,
                  terms_.row_shift.data != nullptr ? terms_.row_shift.data[row.row] : Real(0));
    weigh(pass_, tile, state_, s_.data());
    gather(tile);
  }

  /// α_ij = κ_ij exp(s_ij) / Z_i with κ of either sign.
  void attend_signed(const Tile& tile) {
    for (int r = 0; r < tile.segments; ++r)
      if (tile.segment[static_cast<std::size_t>(r)].begins) running_.begin(r);
    exp_in_place(s_.data(), tile.edges * heads_);
    for (Index n = 0; n < tile.edges * heads_; ++n)
      s_[static_cast<std::size_t>(n)] *= f_[static_cast<std::size_t>(n)];
    add_sums(tile);
    gather(tile);
    for (int r = 0; r < tile.segments; ++r) {
      const Segment& row = tile.segment[static_cast<std::size_t>(r)];
      if (!row.ends) continue;
      Real *y = y_.row(row.row), *scale = state_.row(row.row);
      Real* guards = guards_.data != nullptr ? guards_.row(row.row) : nullptr;
      const Index guarded = finish_signed_row(terms_, row.row, running_.sum(r), scale, guards);
      if (pass_.list.edges.degree(row.row) > 0) guarded_ += guarded;
      for (Index h = 0; h < heads_; ++h)
        for (Index c = h * width_; c < (h + 1) * width_; ++c)
          y[c] *= scale[h];
    }
  }

  void add_sums(const Tile& tile) {
    for (int r = 0; r < tile.segments; ++r) {
      const Segment& row = tile.segment[static_cast<std::size_t>(r)];
      add_components(running_.sum(r), heads_, row.first, row.last,
                     [&]<class R>(int e, Index h) -> R { return load<R>(s_.data() + e * heads_ + h); });
    }
  }

  void gather(const Tile& tile) {
    if (terms_.dropout.active()) drop_edges(pass_, terms_.dropout, tile, s_.data());
    for (const Segment& row : tile)
      add_weighted(tile, row, s_.data(), pass_.v, heads_, y_.row(row.row));
  }

  const EdgePass& pass_;
  const EdgeTerms& terms_;
  Index heads_, width_;
  View y_, state_, guards_;
  RunningSoftmax running_;
  std::vector<Real> t_, s_, f_;  // [capacity, h]; t [capacity, h, values]
  Index guarded_ = 0;
};

}  // namespace

namespace {

Index forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept) {
  // without values the state alone is wanted, by attend_weights: it must be of the scores of pairs, as the weights are
  if (v.columns > 0 && tiles::suits(terms, adjacency)) return tiles::attend_forward(terms, adjacency, v, y, kept);
  const EdgePass pass(terms, adjacency, true, v);
  std::vector<Index> guarded(static_cast<std::size_t>(pass.block_count()), 0);
  parallel_blocks(pass.block_count(), [&](Index b) {
    ForwardBlock block(pass, y, kept);
    for_each_tile(pass.list.edges, pass.first_row(b), pass.first_row(b + 1), TakesAll{}, block);
    guarded[static_cast<std::size_t>(b)] = block.guarded();
  });
  return std::accumulate(guarded.begin(), guarded.end(), Index{0});
}

/// Divides the weights of row i by their sum where that is not 1: ln Σ of large scores is rounded coarsely. Others keep
/// their bits.
void divide_by_sum(const EdgeRows& g, Index i, View alpha) {
  for (Index h = 0; h < alpha.columns; ++h) {
    double sum = 0;
    for (const Edge e : g.row(i))
      sum += static_cast<double>(alpha(e, h));
    if (!(sum > 0) || std::abs(sum - 1) < 1e-5) continue;
    for (const Edge e : g.row(i))
      alpha(e, h) = static_cast<Real>(static_cast<double>(alpha(e, h)) / sum);
  }
}

}  // namespace

Index attend_forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept) {
  return with_storage(terms, adjacency, v, [&](const EdgeTerms& stored, ConstView values) {
    return forward(stored, adjacency, values, y, kept);
  });
}

void attend_weights(const EdgeTerms& terms, const EdgeList& adjacency, ConstView state, View alpha) {
  if (terms.storage != Storage::real) return attend_weights(Rounded(terms).terms, adjacency, state, alpha);
  const EdgePass pass(terms, adjacency, true);
  const Index heads = terms.heads;
  const bool divides = terms.row_sum && !pass.kernel.is_signed;
  parallel_blocks(pass.block_count(), [&](Index b) {
    const auto count = static_cast<std::size_t>(Tile::capacity * heads);
    std::vector<Real> t(count * static_cast<std::size_t>(pass.kernel.values)), s(count), f(count, Real(1));
    for_each_tile(pass.list.edges, pass.first_row(b), pass.first_row(b + 1), TakesAll{}, [&](const Tile& tile) {
      pass.score(tile, t.data(), s.data(), f.data());
      weigh(pass, tile, state, s.data());
      for (int e = 0; e < tile.edges; ++e)
        for (Index h = 0; h < heads; ++h) {
          const auto n = static_cast<std::size_t>(e * heads + h);
          alpha(tile.slot[static_cast<std::size_t>(e)], h) = s[n] * f[n];
        }
    });
    for (Index i = pass.first_row(b); divides && i < pass.first_row(b + 1); ++i)
      divide_by_sum(adjacency.edges, i, alpha);
  });
}

}  // namespace mercer::cpu
