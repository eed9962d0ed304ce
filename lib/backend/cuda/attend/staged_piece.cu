#include "backend/cuda/attend/staged_piece.hpp"

#include <vector>

#include "backend/row_chunks.hpp"

namespace mercer::cuda {

ConstView StagedPiece::near(ConstView x) {
  if (x.data == nullptr) return {};
  return {buffer_.put(x.row(piece_.first), count(piece_.rows() * x.columns)), piece_.rows(), x.columns, Device::cuda};
}

ConstView StagedPiece::far(ConstView x) {
  if (x.data == nullptr) return {};
  return {buffer_.gather(x.data, x.columns, listed()), std::ssize(listed()), x.columns, Device::cuda};
}

/// Values in the order of the piece's edges: a block over rows, gathered by slot over columns.
ConstView StagedPiece::of_edges(ConstView x) {
  if (x.data == nullptr) return {};
  const Edge edges = piece_.edges.edges();
  const Real* there =
      over_rows_ ? buffer_.put(x.row(piece_.first_slot), count(edges * x.columns))
                 : buffer_.gather(x.data, x.columns, topology_.slots.subspan(count(piece_.first_slot), count(edges)));
  return {there, edges, x.columns, Device::cuda};
}

View StagedPiece::output(View to, Index first, Index rows) {
  if (to.data == nullptr) return {};
  return {buffer_.output(to.row(first), count(rows * to.columns)), rows, to.columns, Device::cuda};
}

EdgeTerms StagedPiece::terms() {
  const auto targets = [&](ConstView x) { return over_rows_ ? near(x) : far(x); };
  const auto sources = [&](ConstView x) { return over_rows_ ? far(x) : near(x); };
  EdgeTerms of = whole_;
  of.q = targets(whole_.q);
  of.query_bias = targets(whole_.query_bias);
  of.row_shift = targets(whole_.row_shift);
  of.k = sources(whole_.k);
  of.key_bias = sources(whole_.key_bias);
  of.column_shift = sources(whole_.column_shift);
  of.edge_bias = of_edges(whole_.edge_bias);
  of.edge_weight = of_edges(whole_.edge_weight);
  if (const ConstView a = whole_.kernel_weight; a.data != nullptr)
    of.kernel_weight = {buffer_.put(a.data, count(a.columns)), 1, a.columns, Device::cuda};
  return of;
}

EdgeList StagedPiece::edges() {
  const CsrView g = piece_.edges;
  const RowChunks cut(g);
  EdgeList list{.first = piece_.first};
  list.edges =
      CsrView{g.rows, g.columns, buffer_.put(g.offset, count(g.rows) + 1), buffer_.put(g.neighbour, count(g.edges()))};
  list.chunks = buffer_.put(cut.chunks.data(), cut.chunks.size());
  list.long_rows = buffer_.put(cut.long_rows.data(), cut.long_rows.size());
  list.chunk_count = std::ssize(cut.chunks);
  list.long_row_count = std::ssize(cut.long_rows);
  if (whole_.dropout.active() || whole_.magnitude_dropout.active()) put_node_numbers(list);
  return list;
}

void StagedPiece::put_node_numbers(EdgeList& list) {
  const std::span<const Node> near = over_rows_ ? topology_.targets : topology_.sources,
                              far = over_rows_ ? topology_.sources : topology_.targets;
  if (!near.empty()) list.near = buffer_.put(near.data() + piece_.first, count(piece_.rows()));
  list.far = far.empty() ? buffer_.put(listed().data(), listed().size()) : buffer_.gather(far.data(), 1, listed());
}

}  // namespace mercer::cuda
