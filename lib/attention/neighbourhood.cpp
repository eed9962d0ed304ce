#include "mercer/attention/neighbourhood.hpp"

#include <span>
#include <string>
#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

const std::shared_ptr<const EdgeFacts>& Neighbourhood::no_facts() {
  static const auto none = std::make_shared<const EdgeFacts>();
  return none;
}

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

Variable Neighbourhood::mean(const Variable& x) const {
  const Variable own = mean_of_rows(x);
  if (graph_.halo() == nullptr) return own;
  expect("Neighbourhood", {{"rows of x", x.rows(), graph_.rows()}});
  const Variable share = scale(own, static_cast<Real>(x.rows()) / static_cast<Real>(graph_.nodes()));
  const auto over_parts = [graph = graph_](Tensor sum) {
    graph.halo()->add_up(sum.data(), sum.size(), sum.device());
    return sum;
  };
  return Variable::record(over_parts(share.value()), {share}, [over_parts](std::span<Variable> in, Tensor& dy) {
    // every part's loss attends to the sum
    in[0].add_grad(over_parts(std::move(dy)));
  });
}

Neighbourhood Neighbourhood::part(Graph own) const {
  const CsrView whole = graph_.adjacency();
  require(graph_.halo() == nullptr, "Neighbourhood", "part: want one of a whole graph");
  require(own.first() + own.rows() <= whole.rows, "Neighbourhood",
          "part: its last row is " + std::to_string(own.first() + own.rows()) + ", there are " +
              std::to_string(whole.rows));
  const auto first = static_cast<std::size_t>(whole.offset[own.first()]);
  const auto edges = static_cast<std::size_t>(own.edges());
  EdgeFacts facts{.types = facts_->types};
  if (facts.types > 0) {
    const auto types = std::span(facts_->type).subspan(first, edges);
    facts.type.assign(types.begin(), types.end());
  }
  if (facts_->weight)
    facts.weight = Variable(Tensor::from(own.edges(), 1, facts_->weight.value().values().subspan(first, edges)));
  return {std::move(own), std::move(facts)};
}

}  // namespace mercer
