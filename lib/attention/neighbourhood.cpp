#include "mercer/attention/neighbourhood.hpp"

#include <string>

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

}  // namespace mercer
