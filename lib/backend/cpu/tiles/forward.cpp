#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "backend/cpu/exp.hpp"
#include "backend/cpu/tiles/attend.hpp"
#include "backend/cpu/tiles/pair_bias.hpp"
#include "backend/denominator.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu::tiles {
namespace {

constexpr Real no_score = -std::numeric_limits<Real>::infinity();

/// s += bias. Returns the largest.
Real add_bias(const Real* bias, Index count, Real* s) {
  Lanes top = Lanes{} + no_score;
  for (Index c = 0; c < count; c += lane_count) {
    const Lanes mine = load<Lanes>(s + c) + load<Lanes>(bias + c);
    store(s + c, mine);
    top = mine > top ? mine : top;
  }
  Real largest = top[0];
  for (int l = 1; l < lane_count; ++l)
    largest = std::max(largest, top[l]);
  return largest;
}

/// s = exp(s − shift)
void exp_less(Real shift, Index count, Real* s) {
  for (Index c = 0; c < count; ++c)
    s[c] = exp_of(s[c] - shift);
}

Real sum_of(const Real* x, Index count) {
  Lanes sum{};
  for (Index c = 0; c < count; c += lane_count)
    sum += load<Lanes>(x + c);
  return sum_lanes(sum);
}

void scale(Real factor, Index count, Real* x) {
  each_component(count, [&]<class R>(Index c) { store(x + c, load<R>(x + c) * factor); });
}

/// The operands and results that all tasks share.
struct Forward {
  Forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View values, const Kept& saved)
      : pass(terms, adjacency, true),
        pairs(pass),
        sources(source_factors(terms)),
        v_panels(v, terms.heads),
        width(v.columns / terms.heads),
        padded(whole_panels(width)),
        y(values),
        kept(saved) {}

  TilePass pass;
  PairBias pairs;
  Tensor sources;  // [h, ≥ m]
  HeadPanels v_panels;
  Index width, padded;  // of a head of v
  View y;
  Kept kept;
};

/// The running sums of one head of a block of rows: y = Σ_j exp(s_ij − largest_i) v_j and the same without v_j.
struct Running {
  Real *near, *y;  // [rows, d], [rows, padded e]
  Real largest[block_rows], sum[block_rows];
};

class ForwardTask {
 public:
  ForwardTask(const Forward& all, const Task& task)
      : all_(all),
        pass_(all.pass),
        task_(task),
        s_(tile_size),
        bias_(all.pairs ? tile_size : 0),
        rows_((task.last_head - task.first_head) * block_rows * (all.pass.width + all.padded)),
        masks_(pass_.terms.dropout.active() ? tile_size : 0),
        magnitude_masks_(pass_.terms.magnitude_dropout.active() ? tile_size : 0),
        running_(static_cast<std::size_t>(task.last_head - task.first_head)) {
    Real* next = rows_.at();
    for (Running& each : running_) {
      each.near = next;
      each.y = next + block_rows * pass_.width;
      next = each.y + block_rows * all.padded;
    }
  }

  /// Returns the number of guarded row sums.
  Index operator()() {
    Index guarded = 0;
    for (const RowBlock& block : task_.blocks) {
      each_head([&](Index h, Running& head) { begin(block, h, head); });
      for_each_score_tile(pass_.list.edges, block, [&](const ScoreTile& tile) {
        const Dropout &drop = pass_.terms.dropout, &drop_magnitude = pass_.terms.magnitude_dropout;
        if (drop.active()) draw_masks(pass_, drop, tile, task_.first_head, masks_.data());
        if (drop_magnitude.active()) draw_masks(pass_, drop_magnitude, tile, task_.first_head, magnitude_masks_.data());
        each_head([&](Index h, Running& head) { add(tile, h, head); });
      });
      each_head([&](Index h, Running& head) { guarded += finish(block, h, head); });
    }
    return guarded;
  }

 private:
  static constexpr Index tile_size = block_rows * tile_columns;

  template <class F>
  void each_head(F&& f) {
    for (Index h = task_.first_head; h < task_.last_head; ++h)
      f(h, running_[static_cast<std::size_t>(h - task_.first_head)]);
  }

  void begin(const RowBlock& block, Index h, Running& head) const {
    pass_.take_near(block, h, head.near);
    std::fill_n(head.y, block.rows() * all_.padded, Real(0));
    std::fill_n(head.largest, block_rows, no_score);
    std::fill_n(head.sum, block_rows, Real(0));
  }

  void add(const ScoreTile& tile, Index h, Running& head) {
    Real* s = s_.at();
    pass_.pair(tile, h, head.near, s);
    pass_.kernel.value(pass_.terms.kernel.data(), s, tile.count());
    if (all_.pairs) add_pair_bias(tile, h, s);
    const Real* bias = all_.sources.row(h) + tile.first;
    if (pass_.kernel.is_signed)
      weigh_signed(tile, bias, head);
    else if (pass_.terms.row_sum)
      weigh_softmax(tile, bias, head);
    else
      weigh_shifted(tile, h, bias);
    if (pass_.terms.dropout.active()) drop(tile, pass_.terms.dropout, masks_.data(), h - task_.first_head, s);
    // y_i += Σ_j α_ij v_j over the block's columns
    const Index begin = tile.begin(), end = tile.end();
    multiply({s + begin, tile.columns}, tile.rows(), end - begin, all_.v_panels.at(h, tile.first + begin), all_.padded,
             true, {head.y, all_.padded});
  }

  /// ln κ += bias, or κ *= exp(bias)
  void add_pair_bias(const ScoreTile& tile, Index h, Real* s) const {
    Real* bias = bias_.at();
    all_.pairs.fill(tile, h, magnitude_masks_.data(), h - task_.first_head, bias);
    for (Index n = 0; n < tile.count(); ++n)
      s[n] = pass_.kernel.is_signed ? s[n] * std::exp(bias[n]) : s[n] + bias[n];
  }

  /// s = exp(s + bias − largest). Sums of earlier tiles are rescaled where this one has a larger score.
  void weigh_softmax(const ScoreTile& tile, const Real* bias, Running& head) const {
    fill_outside(tile, no_score, s_.at());
    for (Index r = 0; r < tile.rows(); ++r) {
      Real* s = s_.at(r * tile.columns);
      const Real top = add_bias(bias, tile.columns, s);
      if (top > head.largest[r]) {
        if (head.sum[r] > 0) {
          const Real factor = std::exp(head.largest[r] - top);
          head.sum[r] *= factor;
          scale(factor, all_.padded, head.y + r * all_.padded);
        }
        head.largest[r] = top;
      }
      // if all weights are 0, −∞ − −∞ would be NaN
      exp_less(head.largest[r] == no_score ? Real(0) : head.largest[r], tile.columns, s);
      head.sum[r] += sum_of(s, tile.columns);
    }
  }

  /// s = exp(s + bias − row_shift)
  void weigh_shifted(const ScoreTile& tile, Index h, const Real* bias) const {
    for (Index r = 0; r < tile.rows(); ++r) {
      Real* s = s_.at(r * tile.columns);
      add_bias(bias, tile.columns, s);
      const Index i = tile.block.first + r;
      exp_less(shift(i) - target_bias(pass_.terms, i, h), tile.columns, s);
    }
    fill_outside(tile, 0, s_.at());
  }

  /// s = κ m
  void weigh_signed(const ScoreTile& tile, const Real* magnitude, Running& head) const {
    for (Index r = 0; r < tile.rows(); ++r) {
      Real* s = s_.at(r * tile.columns);
      for (Index c = 0; c < tile.columns; ++c)
        s[c] *= magnitude[c];
    }
    fill_outside(tile, 0, s_.at());
    for (Index r = 0; r < tile.rows(); ++r)
      head.sum[r] += sum_of(s_.at(r * tile.columns), tile.columns);
  }

  Real shift(Index i) const { return pass_.terms.row_shift.data != nullptr ? pass_.terms.row_shift.data[i] : Real(0); }

  /// Divides y by the denominator and saves the state of each row.
  Index finish(const RowBlock& block, Index h, Running& head) const {
    Index guarded = 0;
    for (Index r = 0; r < block.rows(); ++r) {
      const Index i = block.first + r;
      const Real factor = pass_.kernel.is_signed ? finish_signed(i, h, head.sum[r], guarded)
                          : pass_.terms.row_sum  ? finish_softmax(i, h, head.largest[r], head.sum[r])
                                                 : finish_shifted(i, h);
      const Real* from = head.y + r * all_.padded;
      for (Index c = 0; c < all_.width; ++c)
        all_.y(i, h * all_.width + c) = from[c] * factor;
    }
    return guarded;
  }

  /// state = largest + ln Σ; a row without edges, or with weights of 0 only, stays 0.
  Real finish_softmax(Index i, Index h, Real largest, Real sum) const {
    all_.kept.state(i, h) = sum > 0 ? largest + log_of(sum) : log_of_no_sum;
    return inverse_of_positive_sum(sum);
  }

  Real finish_shifted(Index i, Index h) const {
    all_.kept.state(i, h) = shift(i);
    return 1;
  }

  /// state = 1 / Σ, where Σ is guarded against 0.
  Real finish_signed(Index i, Index h, Real sum, Index& guarded) const {
    const EdgeTerms& terms = pass_.terms;
    const bool is_safe = !terms.row_sum || is_safe_sum(sum, terms.guard);
    if (all_.kept.guarded.data != nullptr) all_.kept.guarded(i, h) = is_safe ? Real(0) : Real(1);
    if (!is_safe && pass_.list.edges.degree(i) > 0) ++guarded;
    const Real state = terms.row_sum ? inverse_of_signed_sum(sum, terms.guard) : std::exp(-shift(i));
    all_.kept.state(i, h) = state;
    return state * std::exp(target_bias(terms, i, h));
  }

  const Forward& all_;
  const TilePass& pass_;
  Task task_;
  Scratch s_, bias_, rows_;
  std::vector<std::uint8_t> masks_, magnitude_masks_;
  std::vector<Running> running_;  // of each head
};

}  // namespace

Index attend_forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept) {
  const Forward all(terms, adjacency, v, y, kept);
  std::atomic<Index> guarded = 0;
  parallel_tasks(all.pass, [&](const Task& task) { guarded += ForwardTask(all, task)(); });
  return guarded;
}

}  // namespace mercer::cpu::tiles
