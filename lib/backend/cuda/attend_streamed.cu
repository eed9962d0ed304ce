#include <deque>
#include <span>
#include <vector>

#include "backend/cuda/attend_passes.hpp"
#include "backend/cuda/runtime.hpp"
#include "backend/cuda/stream_slots.hpp"
#include "backend/dense_ops.hpp"
#include "graph/row_chunks.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::streamed {
namespace {

using cuda::Parcel;
using Over = StreamPlan::Over;

constexpr std::size_t bytes_of(Index values) { return static_cast<std::size_t>(values) * sizeof(Real); }

/// A pass over all pieces of one direction. Operands of the rows of a piece stand side by side; those of its columns
/// are gathered.
class Pass {
 public:
  Pass(const EdgeTerms& terms, Over over)
      : terms_(terms), over_(over), list_(over == Over::rows ? terms.graph->listens() : terms.graph->speaks()) {}

  /// What each piece brings or takes of its rows, its columns and its edges, in columns of a matrix.
  void count(std::initializer_list<Index> near, std::initializer_list<Index> far, std::initializer_list<Index> edge) {
    for (const Index columns : near)
      cost_.row += bytes_of(columns);
    for (const Index columns : far)
      cost_.column += bytes_of(columns);
    for (const Index columns : edge)
      cost_.edge += bytes_of(columns);
  }

  /// load(piece, parcel, list) lays out what the pass itself asks for, and says what is to be computed.
  template <class Load>
  void run(Load&& load) {
    count_edges();
    const StreamPlan::Pass& plan = terms_.graph->stream()->pass(list_, over_, cost_);
    std::vector<cuda::Loading> loadings;
    for (const GraphPiece& piece : plan.pieces)
      loadings.push_back([this, &piece, &load](Parcel& parcel) { return load(piece, parcel, put(piece, parcel)); });
    cuda::stream_pieces(loadings, plan.slot_bytes);
  }

  ConstView near(Parcel& parcel, const GraphPiece& piece, ConstView x) const {
    if (x.data == nullptr) return {};
    const Real* there = parcel.put(x.row(piece.first), static_cast<std::size_t>(piece.rows() * x.columns));
    return {there, piece.rows(), x.columns, Device::cuda};
  }

  ConstView far(Parcel& parcel, const GraphPiece& piece, ConstView x) const {
    if (x.data == nullptr) return {};
    const std::span<const Node> rows = piece.columns;
    return {parcel.gather(x.data, x.columns, rows), std::ssize(rows), x.columns, Device::cuda};
  }

  /// Of the edges: as they stand over rows, from their slots over columns.
  ConstView of_edges(Parcel& parcel, const GraphPiece& piece, ConstView x) const {
    if (x.data == nullptr) return {};
    const auto first = static_cast<std::size_t>(piece.first_slot),
               edges = static_cast<std::size_t>(piece.edges.edges());
    const Real* there = over_ == Over::rows
                            ? parcel.put(x.row(piece.first_slot), edges * static_cast<std::size_t>(x.columns))
                            : parcel.gather(x.data, x.columns, terms_.graph->slots().subspan(first, edges));
    return {there, piece.edges.edges(), x.columns, Device::cuda};
  }

  View room(Parcel& parcel, const GraphPiece& piece, View to) const {
    return rows_of(parcel, to, piece.first, piece.rows());
  }
  View room_of_edges(Parcel& parcel, const GraphPiece& piece, View to) const {
    return rows_of(parcel, to, piece.first_slot, piece.edges.edges());
  }

  /// The terms as the piece has them.
  EdgeTerms put_terms(Parcel& parcel, const GraphPiece& piece) const {
    const auto speakers = [&](ConstView x) {
      return over_ == Over::rows ? far(parcel, piece, x) : near(parcel, piece, x);
    };
    const auto listeners = [&](ConstView x) {
      return over_ == Over::rows ? near(parcel, piece, x) : far(parcel, piece, x);
    };
    EdgeTerms of = terms_;
    of.graph = nullptr;
    of.q = listeners(terms_.q);
    of.row_shift = listeners(terms_.row_shift);
    of.k = speakers(terms_.k);
    of.key_bias = speakers(terms_.key_bias);
    of.column_shift = speakers(terms_.column_shift);
    of.edge_bias = of_edges(parcel, piece, terms_.edge_bias);
    of.edge_weight = of_edges(parcel, piece, terms_.edge_weight);
    if (const ConstView a = terms_.kernel_weight; a.data != nullptr)
      of.kernel_weight = {parcel.put(a.data, static_cast<std::size_t>(a.columns)), 1, a.columns, Device::cuda};
    return of;
  }

 private:
  static View rows_of(Parcel& parcel, View to, Index first, Index rows) {
    if (to.data == nullptr) return {};
    Real* there = parcel.room(to.row(first), static_cast<std::size_t>(rows * to.columns));
    return {there, rows, to.columns, Device::cuda};
  }

  /// What every piece brings: its edges, the terms, and a share of a chunk's results for each chunk of a long row.
  void count_edges() {
    const ConstView listener[] = {terms_.q, terms_.row_shift},
                    speaker[] = {terms_.k, terms_.key_bias, terms_.column_shift};
    std::size_t& of_listener = over_ == Over::rows ? cost_.row : cost_.column;
    std::size_t& of_speaker = over_ == Over::rows ? cost_.column : cost_.row;
    for (const ConstView& x : listener)
      of_listener += bytes_of(x.columns);
    for (const ConstView& x : speaker)
      of_speaker += bytes_of(x.columns);
    const std::size_t of_chunks = (cost_.row + cost_.column) / (RowChunk::most / 2) + 1;
    cost_.edge += bytes_of(terms_.edge_bias.columns + terms_.edge_weight.columns) + sizeof(Node) + of_chunks;
    cost_.row += sizeof(Edge);
    cost_.column += sizeof(Node);
    constexpr std::size_t arrays = 24;  // as many as a pass lays out
    cost_.once = arrays * cuda::parcel_alignment + sizeof(Edge) + 2 * bytes_of(terms_.kernel_weight.columns);
  }

  /// The piece's edges on the device.
  cuda::EdgeList put(const GraphPiece& piece, Parcel& parcel) const {
    const CsrView g = piece.edges;
    const RowChunks cut(g);
    cuda::EdgeList list{.first = piece.first};
    list.edges.edges = {g.rows, g.columns, parcel.put(g.offset, static_cast<std::size_t>(g.rows) + 1),
                        parcel.put(g.neighbour, static_cast<std::size_t>(g.edges()))};
    list.edges.chunks = parcel.put(cut.chunks.data(), cut.chunks.size());
    list.edges.long_rows = parcel.put(cut.long_rows.data(), cut.long_rows.size());
    list.edges.chunk_count = std::ssize(cut.chunks);
    list.edges.long_row_count = std::ssize(cut.long_rows);
    if (terms_.dropout.active()) list.number = parcel.put(piece.columns.data(), piece.columns.size());
    return list;
  }

  const EdgeTerms& terms_;
  Over over_;
  CsrView list_;
  PieceCost cost_;
};

}  // namespace

Index attend_forward(const EdgeTerms& terms, ConstView v, View y, View state) {
  Pass pass(terms, Over::rows);
  pass.count({y.columns, state.columns}, {v.columns}, {});
  std::deque<unsigned long long> guarded;  // of each piece
  pass.run([&](const GraphPiece& piece, Parcel& parcel, const cuda::EdgeList& listens) {
    const EdgeTerms here = pass.put_terms(parcel, piece);
    const ConstView values = pass.far(parcel, piece, v);
    const View result = pass.room(parcel, piece, y), kept = pass.room(parcel, piece, state);
    unsigned long long* count = parcel.room(&guarded.emplace_back(0), 1);
    return [=] {
      zero_bytes(count, Device::cuda, sizeof *count);
      cuda::attend_over_rows(here, listens, values, result, kept, count);
    };
  });
  Index sum = 0;
  for (const unsigned long long count : guarded)
    sum += static_cast<Index>(count);
  return terms.row_sum && is_signed(terms.kernel) ? sum : 0;
}

namespace {

/// delta and alive of every row, and the gradients that a row finds among its own edges.
void pass_over_rows(const EdgeTerms& terms, ConstView v, ConstView y, ConstView state, ConstView dy, View delta,
                    std::vector<unsigned char>& alive, const EdgeGradients& wanted) {
  const Index of_weight = wanted.kernel_weight.columns;
  const bool of_edges = wanted.edge_bias.data != nullptr || wanted.edge_weight.data != nullptr;
  std::vector<Tensor> shares;  // of the gradient of kernel_weight, one for each piece
  Pass pass(terms, Over::rows);
  pass.count({y.columns, state.columns, dy.columns, delta.columns, 1, wanted.q.columns, of_weight}, {v.columns},
             {wanted.edge_bias.columns, wanted.edge_weight.columns, of_edges ? terms.heads : 0});
  pass.run([&](const GraphPiece& piece, Parcel& parcel, const cuda::EdgeList& listens) {
    const EdgeTerms here = pass.put_terms(parcel, piece);
    const ConstView outputs = pass.near(parcel, piece, y);
    const ConstView values = pass.far(parcel, piece, v), kept = pass.near(parcel, piece, state),
                    slopes = pass.near(parcel, piece, dy);
    const View deltas = pass.room(parcel, piece, delta);
    unsigned char* lives = parcel.room(alive.data() + piece.first, static_cast<std::size_t>(piece.rows()));
    EdgeGradients out;
    out.q = pass.room(parcel, piece, wanted.q);
    out.edge_bias = pass.room_of_edges(parcel, piece, wanted.edge_bias);
    out.edge_weight = pass.room_of_edges(parcel, piece, wanted.edge_weight);
    if (of_weight > 0) {
      Real* share = shares.emplace_back(1, of_weight).data();
      out.kernel_weight = {parcel.room(share, static_cast<std::size_t>(of_weight)), 1, of_weight, Device::cuda};
    }
    return [=] {
      cuda::find_deltas_of(here, outputs, kept, slopes, deltas, lives);
      if (cuda::wants_rows(out))
        cuda::differentiate_over_rows(here, listens, {values, kept, slopes, deltas, lives}, out);
    };
  });
  if (of_weight == 0) return;
  zero_bytes(wanted.kernel_weight.data, Device::cpu, bytes_of(of_weight));
  for (const Tensor& share : shares)
    cpu::add_to(share, wanted.kernel_weight);
}

/// The gradients that a column gathers from those who listen to it.
void pass_over_columns(const EdgeTerms& terms, ConstView v, ConstView state, ConstView dy, ConstView delta,
                       const std::vector<unsigned char>& alive, const EdgeGradients& wanted) {
  Pass pass(terms, Over::columns);
  pass.count({v.columns, wanted.k.columns, wanted.v.columns, wanted.key_bias.columns},
             {state.columns, dy.columns, delta.columns, 1}, {});
  pass.run([&](const GraphPiece& piece, Parcel& parcel, const cuda::EdgeList& speaks) {
    const EdgeTerms here = pass.put_terms(parcel, piece);
    const ConstView values = pass.near(parcel, piece, v), kept = pass.far(parcel, piece, state),
                    slopes = pass.far(parcel, piece, dy), deltas = pass.far(parcel, piece, delta);
    const std::span<const Node> listeners = piece.columns;
    const unsigned char* lives = parcel.gather(alive.data(), 1, listeners);
    EdgeGradients out;
    out.k = pass.room(parcel, piece, wanted.k);
    out.v = pass.room(parcel, piece, wanted.v);
    out.key_bias = pass.room(parcel, piece, wanted.key_bias);
    return [=] { cuda::differentiate_over_columns(here, speaks, {values, kept, slopes, deltas, lives}, out); };
  });
}

}  // namespace

void attend_backward(const EdgeTerms& terms, ConstView v, ConstView y, ConstView state, ConstView dy,
                     const EdgeGradients& wanted) {
  Tensor delta = Tensor::uninitialized(y.rows, terms.heads);
  std::vector<unsigned char> alive(static_cast<std::size_t>(y.rows));
  pass_over_rows(terms, v, y, state, dy, delta, alive, wanted);
  if (cuda::wants_columns(wanted)) pass_over_columns(terms, v, state, dy, delta, alive, wanted);
}

}  // namespace mercer::streamed
