#include "train/stream_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer::program {

namespace {

/// A node with a loop, with a plan that notes every pass over it.
Neighbourhood one_node(const ModelOptions& model) {
  return neighbourhood_for(model, Csr(1, 1, {0, 1}, {0})).streamed(std::numeric_limits<std::size_t>::max());
}

}  // namespace

StreamEstimate estimate(const Graph& graph, const ModelOptions& options, Index features, Index classes) {
  const Neighbourhood small = one_node(options);
  const Model model = build_model(options, features, classes, 0);
  Pass step = Pass::training(0, 0);
  sum(model.forward(small, Variable(Tensor(1, features)), step).y).backward();
  StreamEstimate needs;
  const auto add = [&](const Graph& of, const StreamPlan& like) {
    for (const StreamPlan::Pass& asked : like.passes()) {
      const CsrView g = asked.over == StreamPlan::Over::rows ? of.adjacency() : of.transpose();
      const StreamPlan::Pass& pass = of.stream()->pass(g, asked.over, asked.cost);
      needs.slot_bytes = std::max(needs.slot_bytes, pass.slot_bytes);
      needs.moved_bytes += asked.times * pass.moved_bytes;
      needs.passes += asked.times;
      needs.most_pieces = std::max(needs.most_pieces, pass.pieces.size());
    }
  };
  add(graph, *small.graph().stream());
  if (const auto reversed = small.graph().stream()->reversed(); !reversed->passes().empty())
    add(graph.reversed(), *reversed);
  return needs;
}

std::string in_words(const StreamEstimate& needs) {
  const auto size = [](std::size_t bytes) {
    constexpr std::size_t few = std::size_t{10} << 20;
    return bytes < few ? fmt::format("{} KiB", bytes >> 10) : fmt::format("{} MiB", bytes >> 20);
  };
  return fmt::format("2 slots of {}, {} passes of up to {} pieces, {} moved in a step of training",
                     size(needs.slot_bytes), needs.passes, needs.most_pieces, size(needs.moved_bytes));
}

}  // namespace mercer::program
