#include <deque>
#include <vector>

#include "backend/cpu/rounded.hpp"
#include "backend/cuda/attend/attend_passes.hpp"
#include "backend/cuda/attend/kernel_passes.hpp"
#include "backend/cuda/attend/staged_piece.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::streamed {
namespace {

using Over = StreamPlan::Over;

constexpr std::size_t bytes_of(Index values) { return static_cast<std::size_t>(values) * sizeof(Real); }

/// A topology and the bytes of all slots together.
struct Through {
  const TopologyView& topology;
  std::size_t bytes;
};

/// A pass over all pieces of one direction.
class Pass {
 public:
  Pass(const EdgeTerms& terms, const Through& through, Over over) : terms_(terms), through_(through), over_(over) {}

  /// Counts the inputs and outputs of each piece besides the terms, as columns of matrices: for its rows, its columns
  /// and its edges.
  void count(std::initializer_list<Index> near, std::initializer_list<Index> far, std::initializer_list<Index> edge) {
    for (const Index columns : near)
      cost_.row += bytes_of(columns);
    for (const Index columns : far)
      cost_.column += bytes_of(columns);
    for (const Index columns : edge)
      cost_.edge += bytes_of(columns);
  }

  /// load(piece) puts inputs and outputs of a piece and returns the function that computes it.
  template <class Load>
  void run(Load&& load) {
    count_terms();
    const StreamPlan::Pass& plan = stream_plan(through_.topology, through_.bytes).pass(over_, cost_);
    std::vector<cuda::LoadPiece> loads;
    for (const GraphPiece& piece : plan.pieces)
      loads.push_back([&](cuda::StagingBuffer& buffer) {
        return load(cuda::StagedPiece(terms_, through_.topology, over_, piece, buffer));
      });
    cuda::stream_pieces(loads, plan.slot_bytes);
  }

 private:
  /// Counts the terms, the edge list, and for each chunk of a long row its partial results.
  void count_terms() {
    std::size_t& of_target = over_ == Over::rows ? cost_.row : cost_.column;
    std::size_t& of_source = over_ == Over::rows ? cost_.column : cost_.row;
    of_target += bytes_of(terms_.q.columns + terms_.query_bias.columns + terms_.row_shift.columns);
    of_source += bytes_of(terms_.k.columns + terms_.key_bias.columns + terms_.column_shift.columns);
    const std::size_t of_chunks = (cost_.row + cost_.column) / (RowChunk::most / 2) + 1;
    cost_.edge += bytes_of(terms_.edge_bias.columns + terms_.edge_weight.columns) + sizeof(Node) + of_chunks;
    const std::span<const Node> near = over_ == Over::rows ? through_.topology.targets : through_.topology.sources;
    cost_.row += sizeof(Edge) + (near.empty() ? 0 : sizeof(Node));
    cost_.column += sizeof(Node);
    constexpr std::size_t arrays = 32;  // at most, in one pass
    cost_.once = arrays * cuda::staging_alignment + sizeof(Edge) + 2 * bytes_of(terms_.kernel_weight.columns);
  }

  const EdgeTerms& terms_;
  const Through& through_;
  Over over_;
  PieceCost cost_;
};

/// Computes delta and alive of every row, and the gradients that a row sums over its own edges.
void pass_over_rows(const EdgeTerms& terms, const Through& through, ConstView v, ConstView y, const Kept& kept_rows,
                    ConstView dy, View delta, std::vector<unsigned char>& alive, const EdgeGradients& wanted) {
  const ConstView state = kept_rows.state, guards = kept_rows.guarded;
  const Index of_weight = wanted.kernel_weight.columns;
  const bool of_edges = wanted.edge_bias.data != nullptr || wanted.edge_weight.data != nullptr;
  std::vector<Tensor> shares;  // each piece's part of the gradient of kernel_weight
  Pass pass(terms, through, Over::rows);
  pass.count({y.columns, state.columns, guards.columns, dy.columns, delta.columns, 1, wanted.q.columns,
              wanted.query_bias.columns, of_weight},
             {v.columns}, {wanted.edge_bias.columns, wanted.edge_weight.columns, of_edges ? terms.heads : 0});
  pass.run([&](cuda::StagedPiece piece) {
    const EdgeTerms here = piece.terms();
    const EdgeList adjacency = piece.edges();
    const ConstView values = piece.far(v), outputs = piece.near(y), kept = piece.near(state), slopes = piece.near(dy);
    const ConstView guarded = piece.near(guards);
    const View deltas = piece.output(delta);
    unsigned char* lives = piece.output(alive.data());
    EdgeGradients out;
    out.q = piece.output(wanted.q);
    out.query_bias = piece.output(wanted.query_bias);
    out.edge_bias = piece.edge_output(wanted.edge_bias);
    out.edge_weight = piece.edge_output(wanted.edge_weight);
    if (of_weight > 0) out.kernel_weight = piece.whole_output(shares.emplace_back(1, of_weight));
    return [=] {
      cuda::attend_deltas(here, outputs, slopes, {.delta = deltas, .alive = lives, .guarded = guarded});
      if (out.of_rows()) cuda::attend_backward_rows(here, adjacency, {values, kept, slopes, deltas, lives}, out);
    };
  });
  if (of_weight == 0) return;
  zero_bytes(wanted.kernel_weight.data, Device::cpu, bytes_of(of_weight));
  for (const Tensor& share : shares)
    cpu::add_to(share, wanted.kernel_weight);
}

/// Computes the gradients that a source gathers from its targets.
void pass_over_columns(const EdgeTerms& terms, const Through& through, ConstView v, ConstView state, ConstView dy,
                       ConstView delta, const std::vector<unsigned char>& alive, const EdgeGradients& wanted) {
  Pass pass(terms, through, Over::columns);
  pass.count({v.columns, wanted.k.columns, wanted.v.columns, wanted.key_bias.columns},
             {state.columns, dy.columns, delta.columns, 1}, {});
  pass.run([&](cuda::StagedPiece piece) {
    const EdgeTerms here = piece.terms();
    const EdgeList transpose = piece.edges();
    const ConstView values = piece.near(v), kept = piece.far(state), slopes = piece.far(dy), deltas = piece.far(delta);
    const unsigned char* lives = piece.far(alive.data());
    EdgeGradients out;
    out.k = piece.output(wanted.k);
    out.v = piece.output(wanted.v);
    out.key_bias = piece.output(wanted.key_bias);
    return [=] { cuda::attend_backward_columns(here, transpose, {values, kept, slopes, deltas, lives}, out); };
  });
}

}  // namespace

Index attend_forward(const EdgeTerms& terms, const TopologyView& topology, std::size_t bytes, ConstView v, View y,
                     const Kept& kept) {
  if (terms.storage != Storage::real) {
    const cpu::Rounded x(terms, v);
    return attend_forward(x.terms, topology, bytes, x.v, y, kept);
  }
  cuda::own_passes(terms.kernel);  // throws before anything runs when the kernel has no passes
  const Through through{topology, bytes};
  Pass pass(terms, through, Over::rows);
  pass.count({y.columns, kept.state.columns, kept.guarded.columns}, {v.columns}, {});
  std::deque<unsigned long long> guarded;  // of each piece
  pass.run([&](cuda::StagedPiece piece) {
    const EdgeTerms here = piece.terms();
    const EdgeList adjacency = piece.edges();
    const ConstView values = piece.far(v);
    const View result = piece.output(y), state = piece.output(kept.state), guards = piece.output(kept.guarded);
    unsigned long long* count = piece.whole_output(guarded.emplace_back(0));
    return [=] {
      zero_bytes(count, Device::cuda, sizeof *count);
      cuda::attend_over_rows(here, adjacency, values, result, {.state = state, .guarded = guards}, count);
    };
  });
  Index sum = 0;
  for (const unsigned long long count : guarded)
    sum += static_cast<Index>(count);
  return terms.row_sum && terms.kernel.traits().is_signed ? sum : 0;
}

void attend_backward(const EdgeTerms& terms, const TopologyView& topology, std::size_t bytes, ConstView v, ConstView y,
                     const Kept& kept, ConstView dy, const EdgeGradients& wanted) {
  if (terms.storage != Storage::real) {
    const cpu::Rounded x(terms, v);
    return attend_backward(x.terms, topology, bytes, x.v, y, kept, dy, wanted);
  }
  const Through through{topology, bytes};
  Tensor delta = Tensor::uninitialized(y.rows, terms.heads);
  std::vector<unsigned char> alive(static_cast<std::size_t>(y.rows));
  pass_over_rows(terms, through, v, y, kept, dy, delta, alive, wanted);
  if (wanted.of_columns()) pass_over_columns(terms, through, v, kept.state, dy, delta, alive, wanted);
}

}  // namespace mercer::streamed
