#include "mercer/experiment/stream_estimate.hpp"

#include <limits>

#include "mercer/autograd/functions.hpp"

namespace mercer {

namespace {

/// A graph of two nodes with loops: one would have no variance for a norm over nodes.
Neighbourhood two_nodes(const ModelOptions& model) {
  const auto edge_columns = static_cast<Index>(model.number("edge-columns").value_or(0));
  return neighbourhood_for(model, Csr(2, 2, {0, 1, 2}, {0, 1}), Device::cpu, Tensor(2, edge_columns))
      .streamed(std::numeric_limits<std::size_t>::max());
}

}  // namespace

StreamUse estimate(const Neighbourhood& neighbourhood, const ModelOptions& options, Index features, Index classes) {
  const Neighbourhood small = two_nodes(options);
  const Model model = build_model(options, features, classes, 0);
  Pass step = Pass::training(0, 0);
  sum(model.forward(small, Variable(Tensor(2, features)), step).y).backward();
  return stream_use(neighbourhood, small);
}

std::string in_words(const StreamUse& needs) {
  const auto size = [](std::size_t bytes) {
    constexpr std::size_t few = std::size_t{10} << 20;
    return bytes < few ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes >> 20) + " MiB";
  };
  return "2 slots of " + size(needs.slot_bytes) + ", " + std::to_string(needs.passes) + " passes of up to " +
         std::to_string(needs.most_pieces) + " pieces, " + size(needs.moved_bytes) + " moved in a step of training";
}

}  // namespace mercer
