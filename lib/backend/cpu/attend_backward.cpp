#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "backend/cpu/edge_dropout.hpp"
#include "backend/cpu/edge_pass.hpp"
#include "backend/cpu/rounded.hpp"
#include "backend/cpu/shared_gradient.hpp"
#include "backend/cpu/tiles/attend.hpp"
#include "backend/edge_weight.hpp"
#include "backend/relative_row.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/loops/components.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {
namespace {

/// Buffers of one block, [edges of a tile, h].
struct Buffers {
  Buffers(Index heads, const KernelLoops& kernel, bool masks)
      : t(static_cast<std::size_t>(Tile::capacity * heads * kernel.values)),
        alpha(static_cast<std::size_t>(Tile::capacity * heads)),
        kept(alpha.size()),
        ds(alpha.size()),
        masked(masks ? alpha.size() : 0),
        f(kernel.is_signed ? alpha.size() : 0),
        df(f.size()) {}
  std::vector<Real> t;            // [edges of a tile, h, values], then its gradient
  std::vector<Real> alpha, kept;  // α before and after dropout
  std::vector<Real> ds;           // ∂L/∂s
  std::vector<Real> masked;       // ds times the mask of the magnitude
  std::vector<Real> f, df;        // a signed kernel's values, and ∂L/∂κ
};

/// Computes α, α̃ (after dropout) and ds_ij = α̃_ij ⟨dy_i, v_j⟩ − α_ij δ_i of a tile. For a signed kernel α = g κ, and
/// all of these are linear in κ: dκ is the same expression with g, and α, α̃ and ds are multiplied by κ.
void find_score_gradients(const EdgePass& pass, const Tile& tile, const TargetRows& rows, Buffers& at) {
  const Index heads = pass.terms.heads, count = tile.edges * heads;
  pass.score(tile, at.t.data(), at.alpha.data(), at.f.data());
  weigh(pass, tile, rows.state, at.alpha.data());
  std::copy_n(at.alpha.data(), count, at.kept.data());
  if (pass.terms.dropout.active()) drop_edges(pass, pass.terms.dropout, tile, at.kept.data());
  const Rows dy(rows.dy.data, rows.dy.columns);
  for (const Segment& row : tile)
    dot_rows(tile, row, pass.over_rows ? dy : pass.v, pass.over_rows ? pass.v : dy, heads, at.ds.data());
  const auto& target = pass.over_rows ? tile.near : tile.far;
  for (int e = 0; e < tile.edges; ++e) {
    const Real* delta = rows.delta.row(target[static_cast<std::size_t>(e)]);
    each_component(heads, [&]<class R>(Index h) {
      const Index n = e * heads + h;
      const R from_values = load<R>(at.kept.data() + n) * load<R>(at.ds.data() + n);
      store(at.ds.data() + n, from_values - load<R>(at.alpha.data() + n) * load<R>(delta + h));
    });
  }
  if (!pass.kernel.is_signed) return;
  std::copy_n(at.ds.data(), count, at.df.data());
  for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
    at.alpha[n] *= at.f[n];
    at.kept[n] *= at.f[n];
    at.ds[n] *= at.f[n];
  }
}

/// Replaces t of a tile by ∂L/∂t.
const Real* pairing_gradients(const EdgePass& pass, const Tile& tile, Buffers& at) {
  const Real* df = pass.kernel.is_signed ? at.df.data() : at.ds.data();
  pass.kernel.slope(pass.terms.kernel.data(), df, at.t.data(), tile.edges * pass.terms.heads);
  return at.t.data();
}

/// dw of a tile. Sets ds of edges with w = 0 to 0 (see edge_weight.hpp).
void store_weight_gradients(const EdgePass& pass, const Tile& tile, View dw, Buffers& at) {
  const Index heads = pass.terms.heads;
  for (int e = 0; e < tile.edges; ++e) {
    const Edge slot = tile.slot[static_cast<std::size_t>(e)];
    const Real w = pass.terms.edge_weight.data[slot];
    Real* mine = at.ds.data() + e * heads;
    dw.data[slot] = edge_weight_gradient(w, std::accumulate(mine, mine + heads, Real(0)));
    if (w > 0) continue;
    std::fill_n(mine, heads, Real(0));
    if (pass.kernel.is_signed) std::fill_n(at.df.data() + e * heads, heads, Real(0));
  }
}

void store_bias_gradients(const EdgePass& pass, const Tile& tile, View dbias, const Real* ds) {
  const Index heads = pass.terms.heads;
  for (int e = 0; e < tile.edges; ++e) {
    const Edge slot = tile.slot[static_cast<std::size_t>(e)];
    const Real* mine = ds + e * heads;
    if (dbias.columns == heads)
      std::copy_n(mine, heads, dbias.row(slot));
    else
      dbias.data[slot] = std::accumulate(mine, mine + heads, Real(0));
  }
}

/// dbias of the near ends += ∂L/∂(query_bias_i + key_bias_j) = mask_ij ds_ij.
void add_node_bias_gradients(const EdgePass& pass, const Tile& tile, View dbias, Buffers& at) {
  const Index heads = pass.terms.heads;
  const Real* ds = at.ds.data();
  if (const Dropout& drop = pass.terms.magnitude_dropout; drop.active()) {
    std::copy_n(ds, tile.edges * heads, at.masked.data());
    drop_edges(pass, drop, tile, at.masked.data());
    ds = at.masked.data();
  }
  for (const Segment& row : tile)
    for (int e = row.first; e < row.last; ++e)
      for (Index h = 0; h < heads; ++h)
        dbias(row.row, h) += ds[e * heads + h];
}

/// drelative += ds, for a pass over rows.
void add_relative_gradients(const EdgePass& pass, const Tile& tile, const Real* ds, Real* drelative) {
  const Index heads = pass.terms.heads, rows = pass.terms.relative_bias.rows;
  for (int e = 0; e < tile.edges; ++e) {
    const auto at = static_cast<std::size_t>(e);
    Real* mine = drelative + relative_row(rows, tile.near[at], tile.far[at]) * heads;
    for (Index h = 0; h < heads; ++h)
      mine[h] += ds[e * heads + h];
  }
}

/// Calls visit(tile) for the rows first … last − 1 whose dy is not 0.
template <class Visit>
void for_each_living_tile(const EdgePass& pass, const TargetRows& rows, Index first, Index last, Visit&& visit) {
  for (Index begin = first; begin < last;) {
    while (begin < last && rows.alive[begin] == 0)
      ++begin;
    Index end = begin;
    while (end < last && rows.alive[end] != 0)
      ++end;
    for_each_tile(pass.list.edges, begin, end, TakesAll{}, visit);
    begin = end;
  }
}

/// ∂L/∂t of each edge and head, [edges, h] in the order of the edge operands: the pass over columns leaves it, so that
/// the pass over rows gathers k alone. A view without data: the pass over rows computes it again, to the same bits.
using PairGradients = View;

/// to = from, for the heads of one edge: a call of memmove would take longer.
void copy_heads(Index heads, const Real* from, Real* to) {
  each_component(heads, [&]<class R>(Index h) { store(to + h, load<R>(from + h)); });
}

/// The part of a tile.
const Real* taken(const EdgePass& pass, const Tile& tile, const PairGradients& left, Buffers& at) {
  const Index heads = pass.terms.heads;
  for (int e = 0; e < tile.edges; ++e)
    copy_heads(heads, left.row(pass.slot(tile, e)), at.t.data() + e * heads);
  return at.t.data();
}

void leave(const EdgePass& pass, const Tile& tile, const Real* dt, const PairGradients& left) {
  constexpr int ahead = 16;
  const Index heads = pass.terms.heads;
  for (int e = 0; e < tile.edges; ++e) {
    if (e + ahead < tile.edges) __builtin_prefetch(left.row(pass.slot(tile, e + ahead)), 1);  // to be written
    copy_heads(heads, dt + e * heads, left.row(pass.slot(tile, e)));
  }
}

/// dq, da, and the gradients of edges.
void pass_over_rows(const EdgePass& pass, const TargetRows& rows, const EdgeGradients& out, const PairGradients& left) {
  const EdgeTerms& terms = pass.terms;
  const Index blocks = pass.block_count();
  // the table of a relative bias can be large: few tasks, then
  constexpr Index most_tables = 64;
  const Index tasks = out.relative_bias.data != nullptr ? std::min(blocks, most_tables) : blocks;
  SharedGradient weight(out.kernel_weight, tasks), relative(out.relative_bias, tasks);
  parallel_blocks(tasks, [&](Index task) {
    Buffers at(terms.heads, pass.kernel, terms.magnitude_dropout.active());
    const Index first = pass.first_row(task * blocks / tasks), last = pass.first_row((task + 1) * blocks / tasks);
    for (const View& x : {out.q, out.query_bias})
      if (x.data != nullptr) std::fill_n(x.row(first), (last - first) * x.columns, Real(0));
    const auto computed = [&](const Tile& tile) {
      find_score_gradients(pass, tile, rows, at);
      if (out.edge_weight.data != nullptr) store_weight_gradients(pass, tile, out.edge_weight, at);
      if (out.edge_bias.data != nullptr) store_bias_gradients(pass, tile, out.edge_bias, at.ds.data());
      if (out.query_bias.data != nullptr) add_node_bias_gradients(pass, tile, out.query_bias, at);
      if (relative) add_relative_gradients(pass, tile, at.ds.data(), relative.part(task));
      return pairing_gradients(pass, tile, at);
    };
    for_each_living_tile(pass, rows, first, last, [&](const Tile& tile) {
      const Real* dt = left.data != nullptr ? taken(pass, tile, left, at) : computed(tile);
      for (const Segment& row : tile) {
        if (out.q.data != nullptr)
          pass.kernel.add_near(terms.kernel.data(), pass.ends, tile, row, dt, out.q.row(row.row));
        if (weight) pass.kernel.add_weight(terms.kernel.data(), pass.ends, tile, row, dt, weight.part(task));
      }
    });
  });
  weight.add_up();
  relative.add_up();
}

/// dk, dv and the gradient of the magnitude. Nothing is scattered: each source gathers from its targets.
void pass_over_columns(const EdgePass& pass, const TargetRows& rows, const EdgeGradients& out,
                       const PairGradients& left) {
  const EdgeTerms& terms = pass.terms;
  const Index heads = terms.heads;
  const auto alive = [&](Node i) { return rows.alive[i] != 0; };
  parallel_blocks(pass.block_count(), [&](Index b) {
    Buffers at(heads, pass.kernel, terms.magnitude_dropout.active());
    const Rows dy(rows.dy.data, rows.dy.columns);
    const Index first = pass.first_row(b), last = pass.first_row(b + 1);
    for (const View& x : {out.k, out.v, out.key_bias})  // k and v may be one: their gradients are added up
      if (x.data != nullptr) std::fill_n(x.row(first), (last - first) * x.columns, Real(0));
    for_each_tile(pass.list.edges, first, last, alive, [&](const Tile& tile) {
      find_score_gradients(pass, tile, rows, at);
      if (out.v.data != nullptr)
        for (const Segment& row : tile)
          add_weighted(tile, row, at.kept.data(), dy, heads, out.v.row(row.row));
      if (out.key_bias.data != nullptr) add_node_bias_gradients(pass, tile, out.key_bias, at);
      if (out.k.data == nullptr && left.data == nullptr) return;
      const Real* dt = pairing_gradients(pass, tile, at);
      if (left.data != nullptr) leave(pass, tile, dt, left);
      if (out.k.data == nullptr) return;
      for (const Segment& row : tile)
        pass.kernel.add_near(terms.kernel.data(), pass.ends, tile, row, dt, out.k.row(row.row));
    });
  });
}

/// May the pass over columns leave ∂L/∂t? That must be all that rows need of an edge; over segments nothing of the size
/// of the pairs is stored.
bool leaves_pair_gradients(const EdgeTerms& terms, const EdgeLists& edges, const EdgeGradients& wanted) {
  const bool is_enough = wanted.edge_bias.data == nullptr && wanted.edge_weight.data == nullptr &&
                         wanted.query_bias.data == nullptr && wanted.relative_bias.data == nullptr;
  return wanted.of_rows() && wanted.of_columns() && is_enough && edges.adjacency.edges.run == nullptr &&
         terms.kernel.loops().values == 1;
}

void rows_backward(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                   const EdgeGradients& wanted) {
  if (tiles::suits(terms, adjacency)) return tiles::attend_backward_rows(terms, adjacency, rows, wanted);
  for (const View& x : {wanted.edge_bias, wanted.edge_weight})
    if (x.data != nullptr) std::fill_n(x.data, x.size(), Real(0));
  EdgePass pass(terms, adjacency, true, rows.v);
  pass.zero_weight_is_one = wanted.edge_weight.data != nullptr;
  pass_over_rows(pass, rows, wanted, {});
}

void columns_backward(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                      const EdgeGradients& wanted) {
  if (tiles::suits(terms, transpose)) return tiles::attend_backward_columns(terms, transpose, rows, wanted);
  pass_over_columns(EdgePass(terms, transpose, false, rows.v), rows, wanted, {});
}

void backward(const EdgeTerms& terms, const EdgeLists& edges, ConstView v, ConstView y, const Kept& kept, ConstView dy,
              const EdgeGradients& wanted) {
  std::vector<Real> delta(static_cast<std::size_t>(y.rows * terms.heads));
  std::vector<unsigned char> alive(static_cast<std::size_t>(y.rows));
  const View deltas{delta.data(), y.rows, terms.heads};
  attend_deltas(terms, y, dy, {.delta = deltas, .alive = alive.data(), .guarded = kept.guarded});
  const TargetRows rows{v, kept.state, dy, deltas, alive.data()};
  if (leaves_pair_gradients(terms, edges, wanted)) {
    Tensor dt = Tensor::uninitialized(edges.adjacency.edges.edges(), terms.heads);
    pass_over_columns(EdgePass(terms, edges.transpose, false, v), rows, wanted, dt.view());
    return pass_over_rows(EdgePass(terms, edges.adjacency, true, v), rows, wanted, dt.view());
  }
  if (wanted.of_rows()) rows_backward(terms, edges.adjacency, rows, wanted);
  if (wanted.of_columns()) columns_backward(terms, edges.transpose, rows, wanted);
}

/// The same rows with other values.
TargetRows rows_with(TargetRows rows, ConstView v) {
  rows.v = v;
  return rows;
}

}  // namespace

void attend_backward_rows(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                          const EdgeGradients& wanted) {
  with_storage(terms, adjacency, rows.v, [&](const EdgeTerms& stored, ConstView v) {
    rows_backward(stored, adjacency, rows_with(rows, v), wanted);
  });
}

void attend_backward_columns(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                             const EdgeGradients& wanted) {
  with_storage(terms, transpose, rows.v, [&](const EdgeTerms& stored, ConstView v) {
    columns_backward(stored, transpose, rows_with(rows, v), wanted);
  });
}

void attend_backward(const EdgeTerms& terms, const EdgeLists& edges, ConstView v, ConstView y, const Kept& kept,
                     ConstView dy, const EdgeGradients& wanted) {
  with_storage(terms, edges.adjacency, v, [&](const EdgeTerms& stored, ConstView values) {
    backward(stored, edges, values, y, kept, dy, wanted);
  });
}

}  // namespace mercer::cpu
