#include <algorithm>
#include <cmath>
#include <utility>

#include "backend/cpu/exp.hpp"
#include "backend/cpu/tiles/attend.hpp"
#include "backend/cpu/tiles/pair_bias.hpp"

namespace mercer::cpu::tiles {
namespace {

/// What the pass computes from what, in the words of near and far. w is what y weighs: of a target it is dy, of a
/// source it is v.
///   α_rc  = exp(ln κ(t_rc) + near_factor_r + far_factor_c),   or κ times both factors if κ is signed
///   ds_rc = α̃_rc ⟨near_w_r, far_w_c⟩ − α_rc (near_delta_r + far_delta_c)
///   dnear_r = Σ_c ds_rc ∂s/∂near_r,   dnear_w_r = Σ_c α̃_rc far_w_c,   dbias_r = Σ_c mask_rc ds_rc
struct Backward {
  Backward(const EdgeTerms& terms, const EdgeList& list, bool over_rows, const TargetRows& rows, View near_gradient,
           View w_gradient, View bias_gradient, View relative_gradient = {})
      : pass(terms, list, over_rows),
        pairs(pass),
        near_w(over_rows ? rows.dy : rows.v),
        w_width(near_w.columns / terms.heads),
        alive(rows.alive),
        dnear(near_gradient),
        dw(w_gradient),
        dbias(bias_gradient),
        drelative(relative_gradient),
        relative_parts(drelative.data != nullptr ? std::ssize(pass.tasks) - 1 : 0, drelative.size()),
        near_factors(target_factors(terms, rows.state)),
        far_factors(source_factors(terms)),
        near_deltas(rows_of_heads(rows.delta)),
        far_deltas(terms.heads, far_factors.columns()),
        far_w_transposed(over_rows ? rows.v : rows.dy, terms.heads) {
    if (!over_rows) {
      std::swap(near_factors, far_factors);
      std::swap(near_deltas, far_deltas);
    }
    if (dnear.data != nullptr) far_panels = HeadPanels(pass.far, terms.heads, pass.centre());
    if (dw.data != nullptr) far_w_panels = HeadPanels(rows.dy, terms.heads);
  }

  /// query_bias_i − log_sum_i of a positive kernel, exp(query_bias_i) scale_i of a signed one; [h, ≥ n].
  static Tensor target_factors(const EdgeTerms& terms, ConstView state) {
    Tensor factors = rows_of_heads(state);
    const bool is_signed = terms.kernel.traits().is_signed;
    for (Index h = 0; h < terms.heads; ++h)
      for (Index i = 0; i < state.rows; ++i) {
        Real& each = factors(h, i);
        each = is_signed ? each * std::exp(target_bias(terms, i, h)) : target_bias(terms, i, h) - each;
      }
    return factors;
  }

  /// Is any dy of the targets first … last − 1 not 0?
  bool any_alive(Index first, Index last) const {
    return std::any_of(alive + first, alive + last, [](unsigned char each) { return each != 0; });
  }

  TilePass pass;
  PairBias pairs;
  ConstView near_w;
  Index w_width;  // of a head
  const unsigned char* alive;
  View dnear, dw, dbias, drelative;
  mutable Tensor relative_parts;                              // [tasks, drelative.size()]
  Tensor near_factors, far_factors, near_deltas, far_deltas;  // [h, ≥ rows or columns]
  TransposedPanels far_w_transposed;
  HeadPanels far_panels, far_w_panels;
};

/// One head of a block of rows: the operands, and the sums so far.
struct HeadOfBlock {
  Real *near, *near_w;  // [rows, d], [rows, e]
  Real *dnear, *dw;     // [rows, padded d], [rows, padded e];  dnear = Σ_c dt_rc far_c
  Real sum_dt[block_rows], dbias[block_rows];
};

class BackwardTask {
 public:
  BackwardTask(const Backward& all, const Task& task)
      : all_(all),
        pass_(all.pass),
        task_(task),
        d_(whole_panels(all.pass.width)),
        e_(whole_panels(all.w_width)),
        heads_(static_cast<std::size_t>(task.last_head - task.first_head)),
        rows_(std::ssize(heads_) * block_rows * (pass_.width + all.w_width + d_ + e_)),
        tiles_(6 * tile_size),
        masks_(pass_.terms.dropout.active() ? tile_size : 0),
        magnitude_masks_(pass_.terms.magnitude_dropout.active() ? tile_size : 0) {
    Real* next = rows_.at();
    const auto take = [&](Index width) { return std::exchange(next, next + block_rows * width); };
    for (HeadOfBlock& each : heads_) {
      each.near = take(pass_.width), each.near_w = take(all.w_width);
      each.dnear = take(d_), each.dw = take(e_);
    }
  }

  void operator()() {
    for (const RowBlock& block : task_.blocks) {
      each_head([&](Index h, HeadOfBlock& head) { begin(block, h, head); });
      if (!pass_.over_rows || all_.any_alive(block.first, block.last))
        for_each_score_tile(pass_.list.edges, block, [&](const ScoreTile& tile) {
          if (pass_.over_rows || all_.any_alive(tile.first + tile.begin(), tile.first + tile.end())) visit(tile);
        });
      each_head([&](Index h, const HeadOfBlock& head) { finish(block, h, head); });
    }
  }

 private:
  static constexpr Index tile_size = block_rows * tile_columns;

  template <class F>
  void each_head(F&& f) {
    for (Index h = task_.first_head; h < task_.last_head; ++h)
      f(h, heads_[static_cast<std::size_t>(h - task_.first_head)]);
  }

  void begin(const RowBlock& block, Index h, HeadOfBlock& head) const {
    pass_.take_near(block, h, head.near);
    take_rows(all_.near_w, block, h * all_.w_width, all_.w_width, nullptr, head.near_w);
    std::fill_n(head.dnear, block.rows() * d_, Real(0));
    std::fill_n(head.dw, block.rows() * e_, Real(0));
    std::fill_n(head.sum_dt, block_rows, Real(0));
    std::fill_n(head.dbias, block_rows, Real(0));
  }

  void visit(const ScoreTile& tile) {
    const Dropout &drop = pass_.terms.dropout, &drop_magnitude = pass_.terms.magnitude_dropout;
    if (drop.active()) draw_masks(pass_, drop, tile, task_.first_head, masks_.data());
    if (drop_magnitude.active()) draw_masks(pass_, drop_magnitude, tile, task_.first_head, magnitude_masks_.data());
    each_head([&](Index h, HeadOfBlock& head) {
      // pass 1: α and α̃
      find_weights(tile, h, head);
      // pass 2: dw = Σ α̃ far_w
      if (all_.dw.data != nullptr) add_product(tile, kept_by_kappa(tile), all_.far_w_panels, h, e_, head.dw);
      // pass 3: ds, and the gradients by it
      const bool of_bias = all_.dbias.data != nullptr || all_.drelative.data != nullptr;
      if (all_.dnear.data == nullptr && !of_bias) return;
      find_score_gradients(tile, h, head);
      if (all_.dnear.data != nullptr) add_near_gradient(tile, h, head);
      if (of_bias) add_bias_gradients(tile, h, head);
    });
  }

  /// t, α and α̃ of a tile; of a signed kernel also κ, and α and α̃ without it.
  void find_weights(const ScoreTile& tile, Index h, const HeadOfBlock& head) {
    const bool is_signed = pass_.kernel.is_signed;
    Real* values = is_signed ? kappa_ : alpha_;
    pass_.pair(tile, h, head.near, t_);
    std::copy_n(t_, tile.count(), values);
    pass_.kernel.value(pass_.terms.kernel.data(), values, tile.count());
    if (all_.pairs) all_.pairs.fill(tile, h, magnitude_masks_.data(), h - task_.first_head, bias_);
    const Real *near = all_.near_factors.row(h) + tile.block.first, *far = all_.far_factors.row(h) + tile.first;
    for (Index r = 0; r < tile.rows(); ++r) {
      Real* alpha = alpha_ + r * tile.columns;
      const Real factor = near[r];
      if (all_.pairs) take_pair_bias(bias_ + r * tile.columns, tile.columns, alpha);
      if (is_signed)
        for (Index c = 0; c < tile.columns; ++c)
          alpha[c] = all_.pairs ? factor * far[c] * alpha[c] : factor * far[c];
      else
        for (Index c = 0; c < tile.columns; ++c)
          alpha[c] = exp_of(alpha[c] + factor + far[c]);
    }
    fill_outside(tile, 0, alpha_);
    std::copy_n(alpha_, tile.count(), kept_);
    if (pass_.terms.dropout.active()) drop(tile, pass_.terms.dropout, masks_.data(), h - task_.first_head, kept_);
  }

  /// ln κ += bias; of a signed kernel, whose κ is elsewhere, the factor exp(bias).
  void take_pair_bias(const Real* bias, Index count, Real* alpha) const {
    for (Index c = 0; c < count; ++c)
      alpha[c] = pass_.kernel.is_signed ? std::exp(bias[c]) : alpha[c] + bias[c];
  }

  /// α̃, with the factor κ of a signed kernel; in the memory of ds then.
  const Real* kept_by_kappa(const ScoreTile& tile) {
    if (!pass_.kernel.is_signed) return kept_;
    std::copy_n(kept_, tile.count(), ds_);
    multiply_by_kappa(tile, ds_);
    return ds_;
  }

  void multiply_by_kappa(const ScoreTile& tile, Real* x) const {
    for (Index n = 0; n < tile.count(); ++n)
      x[n] *= kappa_[n];
    fill_outside(tile, 0, x);
  }

  /// ds; ∂L/∂κ of a signed kernel.
  void find_score_gradients(const ScoreTile& tile, Index h, const HeadOfBlock& head) {
    multiply({head.near_w, all_.w_width}, tile.rows(), all_.w_width, all_.far_w_transposed.at(h, tile.first),
             tile.columns, false, {ds_, tile.columns});
    const Real *near = all_.near_deltas.row(h) + tile.block.first, *far = all_.far_deltas.row(h) + tile.first;
    for (Index r = 0; r < tile.rows(); ++r) {
      const Index first = r * tile.columns;
      const Real *alpha = alpha_ + first, *kept = kept_ + first, delta = near[r];
      Real* ds = ds_ + first;
      for (Index c = 0; c < tile.columns; ++c)
        ds[c] = kept[c] * ds[c] - alpha[c] * (delta + far[c]);
    }
    fill_outside(tile, 0, ds_);
  }

  /// dbias and the gradient of the relative bias; ds is changed.
  void add_bias_gradients(const ScoreTile& tile, Index h, HeadOfBlock& head) {
    if (pass_.kernel.is_signed) multiply_by_kappa(tile, ds_);
    if (all_.drelative.data != nullptr) all_.pairs.add_gradient(tile, h, ds_, all_.relative_parts.row(task_.number));
    if (all_.dbias.data == nullptr) return;
    if (const Dropout& drop_magnitude = pass_.terms.magnitude_dropout; drop_magnitude.active())
      drop(tile, drop_magnitude, magnitude_masks_.data(), h - task_.first_head, ds_);
    add_row_sums(tile, ds_, head.dbias);
  }

  /// dnear = Σ_c dt_rc far_c, dt in the memory of t.
  void add_near_gradient(const ScoreTile& tile, Index h, HeadOfBlock& head) {
    pass_.kernel.slope(pass_.terms.kernel.data(), ds_, t_, tile.count());
    fill_outside(tile, 0, t_);
    if (pass_.distances) add_row_sums(tile, t_, head.sum_dt);
    add_product(tile, t_, all_.far_panels, h, d_, head.dnear);
  }

  /// sum += x far over the block's columns; x [rows, columns].
  void add_product(const ScoreTile& tile, const Real* x, const HeadPanels& far, Index h, Index width, Real* sum) const {
    const Index begin = tile.begin(), end = tile.end();
    multiply({x + begin, tile.columns}, tile.rows(), end - begin, far.at(h, tile.first + begin), width, true,
             {sum, width});
  }

  void add_row_sums(const ScoreTile& tile, const Real* x, Real* sum) const {
    for (Index r = 0; r < tile.rows(); ++r, x += tile.columns) {
      Lanes lanes{};
      for (Index c = 0; c < tile.columns; c += lane_count)
        lanes += load<Lanes>(x + c);
      sum[r] += sum_lanes(lanes);
    }
  }

  void finish(const RowBlock& block, Index h, const HeadOfBlock& head) const {
    for (Index r = 0; r < block.rows(); ++r) {
      const Index i = block.first + r, d = pass_.width, e = all_.w_width;
      const Real *sum = head.dnear + r * d_, *near = head.near + r * d;
      if (all_.dnear.data != nullptr)
        for (Index c = 0; c < d; ++c)  // ∂‖x − z‖²/∂x = 2 (x − z)
          all_.dnear(i, h * d + c) = pass_.distances ? 2 * (head.sum_dt[r] * near[c] - sum[c]) : sum[c];
      if (all_.dw.data != nullptr) std::copy_n(head.dw + r * e_, e, all_.dw.row(i) + h * e);
      if (all_.dbias.data != nullptr) all_.dbias(i, h) = head.dbias[r];
    }
  }

  const Backward& all_;
  const TilePass& pass_;
  Task task_;
  Index d_, e_;  // padded widths
  std::vector<HeadOfBlock> heads_;
  Scratch rows_, tiles_;
  Real *t_ = tiles_.at(), *alpha_ = t_ + tile_size, *kept_ = alpha_ + tile_size, *ds_ = kept_ + tile_size,
       *kappa_ = ds_ + tile_size, *bias_ = kappa_ + tile_size;  // [rows, columns] each
  std::vector<std::uint8_t> masks_, magnitude_masks_;
};

void run(const Backward& all) {
  parallel_tasks(all.pass, [&](const Task& task) { BackwardTask(all, task)(); });
  if (all.drelative.data == nullptr) return;
  std::fill_n(all.drelative.data, all.drelative.size(), Real(0));
  for (Index task = 0; task < all.relative_parts.rows(); ++task)
    for (Index n = 0; n < all.drelative.size(); ++n)
      all.drelative.data[n] += all.relative_parts(task, n);
}

}  // namespace

void attend_backward_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                          const EdgeGradients& wanted) {
  if (wanted.of_rows())
    run(Backward(terms, adjacency, true, rows, wanted.q, {}, wanted.query_bias, wanted.relative_bias));
}

void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted) {
  run(Backward(terms, transpose, false, rows, wanted.k, wanted.v, wanted.key_bias));
}

}  // namespace mercer::cpu::tiles
