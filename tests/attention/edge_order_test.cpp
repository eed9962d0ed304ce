#include "mercer/attention/edge_order.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

//                              0  1  2  3  4     edge 3 is edge 1 again
const std::vector<Node> source{2, 0, 1, 0, 1};
const std::vector<Node> target{1, 1, 0, 1, 1};

}  // namespace

TEST_CASE("edge facts go to their slots and back; facts of merged edges are summed") {
  const GivenEdges edges = edge_list(3, source, target);
  const Tensor given = Tensor::from({{1, 10}, {2, 20}, {3, 30}, {4, 40}, {5, 50}});
  const Tensor slots = to_slots(edges, given);
  CHECK(max_abs_difference(slots, Tensor::from({{3, 30}, {6, 60}, {5, 50}, {1, 10}})) == 0);
  CHECK(max_abs_difference(to_edges(edges, slots), Tensor::from({{1, 10}, {6, 60}, {3, 30}, {6, 60}, {5, 50}})) == 0);
  const GivenEdges kept = edge_list(3, source, target, Duplicates::keep);
  CHECK(max_abs_difference(to_edges(kept, to_slots(kept, given)), given) == 0);
  CHECK_THROWS_AS(to_slots(edges, Tensor(4, 1)), ShapeError);
  CHECK_THROWS_AS(to_edges(edges, Tensor(5, 1)), ShapeError);
}

TEST_CASE("loops that were added have a value of their own, or rows") {
  const GivenEdges edges = with_loops(edge_list(2, std::vector<Node>{1}, std::vector<Node>{0}));
  CHECK(max_abs_difference(to_slots(edges, Tensor::from({{3}}), Real(1)), Tensor::from({{1}, {3}, {1}})) == 0);
  const Tensor all = Tensor::from({{3}, {5}, {7}});
  CHECK(max_abs_difference(to_slots(edges, all), Tensor::from({{5}, {3}, {7}})) == 0);
  CHECK(max_abs_difference(to_edges(edges, to_slots(edges, all)), all) == 0);
  CHECK_THROWS_AS(to_slots(edges, Tensor::from({{3}})), ShapeError);
  CHECK_THROWS_AS(to_slots(edges, all, Real(1)), ShapeError);
}

TEST_CASE("attention in the order of the given edges agrees with the definition") {
  const Tensor x = Tensor::from({{0, 1}, {Real(0.5), -1}, {2, Real(0.3)}});
  const Tensor weight = Tensor::from({{1}, {2}, {3}, {Real(0.5)}, {4}});
  const Gaussian kappa{.sigma = 1};
  for (const Duplicates choice : {Duplicates::merge, Duplicates::keep}) {
    const GivenEdges edges = edge_list(3, source, target, choice);
    const Graph graph(edges.adjacency);
    const Tensor alpha = to_edges(edges, attention_weights(graph, kappa, Variable(x), Variable(x),
                                                           {.edge_weight = Variable(to_slots(edges, weight))}));
    const auto kernel = [&](std::size_t e) {
      const Node i = target[e], j = source[e];
      return std::exp(-(std::pow(x(i, 0) - x(j, 0), 2) + std::pow(x(i, 1) - x(j, 1), 2)) / 2);
    };
    for (std::size_t e = 0; e < source.size(); ++e) {
      double sum = 0, mine = 0;  // over the target's edges, and over those of this pair
      for (std::size_t other = 0; other < source.size(); ++other) {
        const double s = static_cast<double>(kernel(other)) * static_cast<double>(weight(static_cast<Index>(other), 0));
        if (target[other] == target[e]) sum += s;
        const bool shares = choice == Duplicates::merge && target[other] == target[e] && source[other] == source[e];
        if (other == e || shares) mine += s;
      }
      CHECK(alpha(static_cast<Index>(e), 0) == doctest::Approx(mine / sum).epsilon(1e-5));
    }
  }
}
