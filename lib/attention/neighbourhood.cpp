#include "mercer/attention/neighbourhood.hpp"

#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

Neighbourhood::Neighbourhood(Graph graph, EdgeFacts facts) : graph_(std::move(graph)) {
  if (facts.types > 0) expect("Neighbourhood", {{"edge types", std::ssize(facts.type), graph_.edges()}});
  for (const Node type : facts.type)
    require(type >= 0 && type < facts.types, "Neighbourhood",
            "edge type: got " + std::to_string(type) + ", want 0 to " + std::to_string(facts.types - 1));
  if (facts.weight)
    expect("Neighbourhood", {{"rows of edge weights", facts.weight.rows(), graph_.edges()},
                             {"columns of edge weights", facts.weight.columns(), 1}});
  facts_ = std::make_shared<const EdgeFacts>(std::move(facts));
}

Neighbourhood Neighbourhood::part(Graph own) const {
  const CsrView whole = graph_.listens();
  require(!speakers_ && graph_.halo() == nullptr, "Neighbourhood", "part: want one of a whole graph");
  require(own.first() + own.rows() <= whole.rows, "Neighbourhood",
          "part: its last row is " + std::to_string(own.first() + own.rows()) + ", there are " +
              std::to_string(whole.rows));
  const auto first = static_cast<std::size_t>(whole.offset[own.first()]);
  const auto edges = static_cast<std::size_t>(own.edges());
  EdgeFacts facts{.types = facts_->types};
  if (facts.types > 0) facts.type.assign(facts_->type.begin() + first, facts_->type.begin() + first + edges);
  if (facts_->weight)
    facts.weight = Variable(Tensor::from(own.edges(), 1, facts_->weight.value().values().subspan(first, edges)));
  return {std::move(own), std::move(facts)};
}

}  // namespace mercer
