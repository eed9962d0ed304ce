#include "mercer/attention/full_blocks.hpp"

#include <limits>
#include <string>
#include <utility>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// The rows of facts that belong to the edges of a block, and the rows of degrees of its sources.
EdgeFacts facts_in(const BlockOrigin& origin, const EdgeFacts& facts, const Variable& degrees) {
  const std::vector<Node> slots(origin.slots.begin(), origin.slots.end());
  EdgeFacts taken{.types = facts.types};
  if (facts.types > 0)
    for (const Node e : slots)
      taken.type.push_back(facts.type[static_cast<std::size_t>(e)]);
  if (facts.weight) {
    taken.weight = gather_rows(facts.weight, slots);
    taken.degree = gather_rows(degrees, origin.nodes);
  }
  if (facts.features) taken.features = gather_rows(facts.features, slots);
  return taken;
}

}  // namespace

std::vector<Neighbourhood> full_blocks(const Neighbourhood& graph, std::span<const Node> targets, Index layers) {
  require(graph.partitioned() == nullptr, "full_blocks", "neighbourhood: got a part of a graph, want the whole");
  require(std::holds_alternative<Graph>(graph.topology()), "full_blocks",
          "neighbourhood: got a block or segments, want a graph");
  require(graph.edges() <= std::numeric_limits<Node>::max(), "full_blocks",
          "edges: got " + std::to_string(graph.edges()) + ", want at most " +
              std::to_string(std::numeric_limits<Node>::max()));
  const EdgeFacts& facts = graph.facts();
  const Variable degrees = facts.weight ? weighted_degrees(graph) : Variable();
  std::vector<Neighbourhood> blocks;
  for (const Block& block : full_blocks(graph.graph(), targets, layers))
    blocks.emplace_back(Topology(block), graph.execution(), facts_in(block.origin(), facts, degrees));
  return blocks;
}

Variable weighted_degrees(const Neighbourhood& neighbourhood) {
  const Variable& w = neighbourhood.facts().weight;
  require(w.defined(), "weighted_degrees", "the neighbourhood has no edge weights");
  const Neighbourhood bare(neighbourhood.topology(), neighbourhood.execution());  // attend takes no other facts
  const Variable ones(Tensor::filled(neighbourhood.columns(), 1, 1).to(w.device()));
  return attend(bare, Constant{}, {}, {}, ones, {.normaliser = Normaliser::none, .edge_weight = w});
}

}  // namespace mercer
