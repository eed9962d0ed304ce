#include "attention/part.hpp"

#include "backend/select.hpp"

namespace mercer::parts {
namespace {

unsigned char* bytes(Buffer& buffer) { return static_cast<unsigned char*>(buffer.data()); }

}  // namespace

ConstView Gathering::add(ConstView own) {
  if (own.columns == 0) return own;
  Tensor& all = kept_.emplace_back(Tensor::uninitialized(own.rows + halo_.ghosts(side_), own.columns, own.device));
  copy_bytes(all.data(), own.device, own.data, own.device, static_cast<std::size_t>(own.size()) * sizeof(Real));
  rows_.push_back({own.data, all.row(own.rows), own.columns});
  return all;
}

void Gathering::pull() {
  if (!rows_.empty()) halo_.pull(side_, rows_, kept_.front().device());
}

Sources::Sources(const EdgeTerms& own, ConstView own_v, const Halo& halo)
    : terms(own), sources_(halo, Halo::Side::sources) {
  terms.k = sources_.add(own.k);
  v = sources_.add(own_v);
  terms.key_bias = sources_.add(own.key_bias);
  terms.column_shift = sources_.add(own.column_shift);
  sources_.pull();
}

void attend_backward(const Own& own, const Sources& sources, ConstView own_v, ConstView y, const Kept& kept,
                     ConstView dy, const EdgeGradients& wanted, bool of_columns) {
  const Device device = dy.device;
  // pass 1: own rows; all their sources are present
  Tensor delta = Tensor::uninitialized(y.rows, own.terms.heads, device);
  Buffer alive(static_cast<std::size_t>(y.rows), device);
  EdgeGradients of_edges = wanted;
  const View dq = take_sloped(of_edges, kept);
  select(device, cpu::attend_deltas, cuda::attend_deltas)(own.terms, y, dy,
                                                          {delta, bytes(alive), dq, kept.slope, kept.guarded});
  if (of_edges.of_rows())
    select(device, cpu::attend_backward_rows, cuda::attend_backward_rows)(
        sources.terms, own.edges.adjacency, {sources.v, kept.state, dy, delta, bytes(alive)}, of_edges);
  if (!of_columns) return;
  // pass 2: own columns gather from all their targets
  Gathering targets(own.halo, Halo::Side::targets), edges(own.halo, Halo::Side::edges);
  EdgeTerms there = own.terms;
  there.q = targets.add(own.terms.q);
  there.query_bias = targets.add(own.terms.query_bias);
  const ConstView all_dy = targets.add(dy), all_state = targets.add(kept.state), all_delta = targets.add(delta);
  targets.pull();
  there.edge_bias = edges.add(own.terms.edge_bias);
  there.edge_weight = edges.add(own.terms.edge_weight);
  edges.pull();
  Buffer all_alive(static_cast<std::size_t>(all_dy.rows), device);
  select(device, cpu::attend_alive, cuda::attend_alive)(all_dy, bytes(all_alive));
  select(device, cpu::attend_backward_columns, cuda::attend_backward_columns)(
      there, own.edges.transpose, {own_v, all_state, all_dy, all_delta, bytes(all_alive)}, wanted);
}

}  // namespace mercer::parts
