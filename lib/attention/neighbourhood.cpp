#include "mercer/attention/neighbourhood.hpp"

#include <span>
#include <string>
#include <utility>

#include "backend/dense_ops.hpp"
#include "backend/select.hpp"
#include "mercer/autograd/functions.hpp"
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

Variable Neighbourhood::mean(const Variable& x) const {
  if (graph_.halo() == nullptr) return mean_of_rows(x);
  expect("Neighbourhood", {{"rows of x", x.rows(), graph_.rows()}});
  const auto total = [graph = graph_](Tensor sum) {
    graph.halo()->add_up(sum.data(), sum.size(), sum.device());
    select(sum.device(), cpu::scale, cuda::scale)(sum, Real(1) / static_cast<Real>(graph.nodes()), sum);
    return sum;
  };
  Tensor own(1, x.columns(), x.device());
  select(x.device(), cpu::sum_of_rows, cuda::sum_of_rows)(x.value(), own);
  return Variable::record(total(std::move(own)), {x}, [total](std::span<Variable> in, Tensor& dy) {
    // dx_i = Σ over parts of dy / n: every part's loss listens to the mean
    const Tensor share = total(std::move(dy));
    Tensor dx = Tensor::like(in[0].value());
    select(dx.device(), cpu::add_row, cuda::add_row)(dx, share, dx);
    in[0].add_grad(std::move(dx));
  });
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
  if (facts.types > 0) {
    const auto types = std::span(facts_->type).subspan(first, edges);
    facts.type.assign(types.begin(), types.end());
  }
  if (facts_->weight)
    facts.weight = Variable(Tensor::from(own.edges(), 1, facts_->weight.value().values().subspan(first, edges)));
  return {std::move(own), std::move(facts)};
}

}  // namespace mercer
