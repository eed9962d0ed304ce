#include "backend/cpu/edge_pass.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "backend/cpu/edge_dropout.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/edge_weight.hpp"
#include "backend/relative_row.hpp"
#include "mercer/kernel/loops/components.hpp"
#include "mercer/kernel/loops/prefetch.hpp"

namespace mercer::cpu {
namespace {

Rows rows_of(ConstView x, const BrainOperands* brain = nullptr, Buffer BrainOperands::*which = nullptr) {
  if (brain == nullptr || x.data == nullptr) return {x.data, x.columns};
  return {static_cast<const BrainFloat*>((brain->*which).data()), x.columns};
}

bool is_one(ConstView v, ConstView k) { return v.data != nullptr && v.data == k.data; }

Ends ends_of(const EdgeTerms& t, bool over_rows) {
  const Rows q = rows_of(t.q, t.brain, &BrainOperands::q), k = rows_of(t.k, t.brain, &BrainOperands::k);
  return {over_rows ? q : k, over_rows ? k : q, rows_of(t.kernel_weight), t.heads};
}

}  // namespace

EdgePass::EdgePass(const EdgeTerms& t, const EdgeList& l, bool rows, ConstView values)
    : terms(t),
      list(l),
      over_rows(rows),
      ends(ends_of(t, rows)),
      v(rows_of(values, t.brain, is_one(values, t.k) ? &BrainOperands::k : &BrainOperands::v)),
      kernel(t.kernel.loops()) {}

void EdgePass::score(const Tile& tile, Real* t, Real* s, Real* f) const {
  kernel.score(terms.kernel.data(), ends, tile, t, kernel.is_signed ? f : s);
  if (kernel.is_signed) std::fill_n(s, tile.edges * terms.heads, Real(0));
  add_magnitude(tile, s);
}

void EdgePass::add_node_biases(const Tile& tile, Real* s) const {
  const auto add = [&](ConstView bias, const auto& node) {
    for (int e = 0; bias.data != nullptr && e < tile.edges; ++e) {
      const Real* mine = bias.row(node[static_cast<std::size_t>(e)]);
      for (Index h = 0; h < terms.heads; ++h)
        s[e * terms.heads + h] += mine[h];
    }
  };
  add(terms.key_bias, over_rows ? tile.far : tile.near);
  add(terms.query_bias, over_rows ? tile.near : tile.far);
}

void EdgePass::add_magnitude(const Tile& tile, Real* s) const {
  const Index heads = terms.heads;
  const auto &source = over_rows ? tile.far : tile.near, &target = over_rows ? tile.near : tile.far;
  if (terms.magnitude_dropout.active()) {
    std::vector<Real> masked(static_cast<std::size_t>(tile.edges * heads));
    add_node_biases(tile, masked.data());
    drop_edges(*this, terms.magnitude_dropout, tile, masked.data());
    for (std::size_t n = 0; n < masked.size(); ++n)
      s[n] += masked[n];
  } else {
    add_node_biases(tile, s);
  }
  if (terms.column_shift.data != nullptr)
    for (int e = 0; e < tile.edges; ++e)
      for (Index h = 0; h < heads; ++h)
        s[e * heads + h] -= terms.column_shift.data[source[static_cast<std::size_t>(e)]];
  if (terms.edge_bias.data != nullptr) {
    const bool shared = terms.edge_bias.columns == 1;
    for (int e = 0; e < tile.edges; ++e) {
      const Real* bias = terms.edge_bias.row(slot(tile, e));
      for (Index h = 0; h < heads; ++h)
        s[e * heads + h] += bias[shared ? 0 : h];
    }
  }
  if (const ConstView relative = terms.relative_bias; relative.data != nullptr)
    for (int e = 0; e < tile.edges; ++e) {
      const auto at = static_cast<std::size_t>(e);
      const Real* bias = relative.row(relative_row(relative.rows, target[at], source[at]));
      for (Index h = 0; h < heads; ++h)
        s[e * heads + h] += bias[h];
    }
  if (terms.edge_weight.data != nullptr)
    for (int e = 0; e < tile.edges; ++e) {
      const Real log_weight = log_edge_weight(terms.edge_weight.data[slot(tile, e)], zero_weight_is_one);
      for (Index h = 0; h < heads; ++h)
        s[e * heads + h] += log_weight;
    }
}

void exp_in_place(Real* x, Index count) {
  for (Index n = 0; n < count; ++n)
    x[n] = exp_of(x[n]);
}

namespace {

void scale_by_rows(const EdgePass& pass, const Tile& tile, ConstView state, Real* s) {
  const Index heads = pass.terms.heads;
  exp_in_place(s, tile.edges * heads);
  const auto& target = pass.over_rows ? tile.near : tile.far;
  for (int e = 0; e < tile.edges; ++e) {
    const Real* scale = state.row(target[static_cast<std::size_t>(e)]);
    for (Index h = 0; h < heads; ++h)
      s[e * heads + h] *= scale[h];
  }
}

}  // namespace

void weigh(const EdgePass& pass, const Tile& tile, ConstView state, Real* s) {
  const Index heads = pass.terms.heads;
  if (pass.kernel.is_signed) return scale_by_rows(pass, tile, state, s);
  const auto& target = pass.over_rows ? tile.near : tile.far;
  for (int e = 0; e < tile.edges; ++e) {
    const Real* shift = state.row(target[static_cast<std::size_t>(e)]);
    each_component(
        heads, [&]<class R>(Index h) { store(s + e * heads + h, load<R>(s + e * heads + h) - load<R>(shift + h)); });
  }
  exp_in_place(s, tile.edges * heads);
}

namespace {

/// Lanes 8·block … 8·block + 7 of the weights of eight heads, each repeated for the d components of its head.
template <int d, int block>
Lanes spread(const Lanes& weight) {
  return __builtin_shufflevector(weight, weight, (8 * block) / d, (8 * block + 1) / d, (8 * block + 2) / d,
                                 (8 * block + 3) / d, (8 * block + 4) / d, (8 * block + 5) / d, (8 * block + 6) / d,
                                 (8 * block + 7) / d);
}

/// Adds eight heads narrower than a vector at once: together they fill d whole vectors.
template <int d, class Value, int... block>
void add_eight_heads(const Tile& tile, const Segment& row, const Real* weight, Index heads, const RowsOf<Value>& x,
                     Index first, Real* y, std::integer_sequence<int, block...>) {
  Lanes sum[d] = {load<Lanes>(y + lane_count * block)...};
  for (int e = row.first; e < row.last; ++e) {
    const Lanes w = load<Lanes>(weight + e * heads);
    const Value* from = x.row(tile.far[static_cast<std::size_t>(e)]) + first;
    ((sum[block] += spread<d, block>(w) * load<Lanes>(from + lane_count * block)), ...);
  }
  (store(y + lane_count * block, sum[block]), ...);
}

template <int d, class Value>
void add_narrow_heads(const Tile& tile, const Segment& row, const Real* weight, const RowsOf<Value>& x, Index heads,
                      Real* y) {
  for (Index h = 0; h < heads; h += lane_count)
    add_eight_heads<d>(tile, row, weight + h, heads, x, h * d, y + h * d, std::make_integer_sequence<int, d>());
}

template <class Value>
void add_weighted_values(const Tile& tile, const Segment& row, const Real* weight, const RowsOf<Value>& x,
                         const Ahead& ahead, Index heads, Real* y) {
  const Index d = x.columns / heads;
  if (heads % lane_count == 0) {
    switch (d) {
      case 1:
        return add_narrow_heads<1>(tile, row, weight, x, heads, y);
      case 2:
        return add_narrow_heads<2>(tile, row, weight, x, heads, y);
      case 3:
        return add_narrow_heads<3>(tile, row, weight, x, heads, y);
      case 4:
        return add_narrow_heads<4>(tile, row, weight, x, heads, y);
      case 5:
        return add_narrow_heads<5>(tile, row, weight, x, heads, y);
      case 6:
        return add_narrow_heads<6>(tile, row, weight, x, heads, y);
      case 7:
        return add_narrow_heads<7>(tile, row, weight, x, heads, y);
      default:
        break;
    }
  }
  const RowsAhead ask(tile, x.data, ahead);
  add_heads(y, heads, d, row.first, row.last, weight, ask,
            [&]<class R>(int e, Index c) -> R { return load<R>(x.row(tile.far[static_cast<std::size_t>(e)]) + c); });
}

template <class Near, class Far>
void dot_values(const Tile& tile, const Segment& row, const RowsOf<Near>& near, const RowsOf<Far>& x,
                const Ahead& ahead, Index heads, Real* dot) {
  const Near* mine = near.row(row.row);
  const RowsAhead ask(tile, x.data, ahead);
  for (int e = row.first; e < row.last; ++e) {
    ask(e);
    const Far* theirs = x.row(tile.far[static_cast<std::size_t>(e)]);
    sum_heads(heads, x.columns / heads, dot + e * heads,
              [&]<class R>(Index c) -> R { return load<R>(mine + c) * load<R>(theirs + c); });
  }
}

}  // namespace

void add_weighted(const Tile& tile, const Segment& row, const Real* weight, const Rows& x, Index heads, Real* y) {
  with_values(x, [&](const auto& values) { add_weighted_values(tile, row, weight, values, x.ahead, heads, y); });
}

void dot_rows(const Tile& tile, const Segment& row, const Rows& near, const Rows& x, Index heads, Real* dot) {
  if (near.brain != nullptr)
    return dot_values(tile, row, RowsOf<BrainFloat>{near.brain, near.columns}, RowsOf<Real>{x.data, x.columns}, x.ahead,
                      heads, dot);
  with_values(x, [&](const auto& values) {
    dot_values(tile, row, RowsOf<Real>{near.data, near.columns}, values, x.ahead, heads, dot);
  });
}

}  // namespace mercer::cpu
