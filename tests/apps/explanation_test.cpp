#include "explain/explanation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/program.hpp"
#include "explain/ego_svg.hpp"
#include "explain/map_svg.hpp"
#include "explain/share_svg.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/segments.hpp"
#include "report/svg.hpp"

using namespace mercer::program;
using mercer::Factors;
using mercer::Graph;
using mercer::Index;
using mercer::Real;
using mercer::Tensor;
using mercer::test::has;

namespace {

/// Node 0 attends to 0, 1 and 2 with two heads; node 1 to none.
Graph three() {
  const std::vector<mercer::NodePair> edges{{0, 0}, {0, 1}, {0, 2}};
  return Graph(mercer::from_edges(3, edges));
}

Factors factors() {
  Factors of{.alpha = Tensor(3, 2),
             .similarity = Tensor::from({{0, 1}, {1, 1}, {2, 1}}),
             .log_magnitude = Tensor::from({{5, 0}, {5, 0}, {5, 3}})};
  for (Index h = 0; h < 2; ++h) {
    Real sum = 0;
    for (Index e = 0; e < 3; ++e)
      sum += of.alpha(e, h) = std::exp(of.similarity(e, h) + of.log_magnitude(e, h));
    for (Index e = 0; e < 3; ++e)
      of.alpha(e, h) /= sum;
  }
  return of;
}

EgoGraph ego(std::size_t neighbours) {
  EgoGraph graph{.title = "<b>",
                 .subtitle = "s",
                 .centre = {.label = "17", .kind = 0, .title = "17"},
                 .class_names = {"a&b", "2", "c"}};
  for (std::size_t n = 0; n < neighbours; ++n)
    graph.neighbours.push_back({.label = std::to_string(n),
                                .kind = static_cast<int>(n % 2),
                                .alpha = 0.5,
                                .says = "1.00 × 1.00",
                                .title = "n",
                                .itself = n == 0});
  return graph;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("a map of causal rows has 0 for later positions") {
  const mercer::Segments causal({0, 3}, true);
  const Tensor alpha = Tensor::from({{1}, {Real(0.25)}, {Real(0.75)}, {Real(0.5)}, {Real(0.25)}, {Real(0.25)}});
  const AttentionMap map = attention_map("one", causal.view().adjacency, alpha, 0);
  CHECK(map.cells == 3);
  CHECK(map.alpha == std::vector<double>{1, 0, 0, 0.25, 0.75, 0, 0.5, 0.25, 0.25});
}

TEST_CASE("α is c × similarity × magnitude with one c for the row") {
  const NodeExplanation of = explain_node(three(), factors(), 0, {});
  REQUIRE(of.neighbours.size() == 3);
  CHECK(of.heads == std::vector<Index>{0, 1});
  CHECK(of.neighbours[0].node == 2);  // the largest α first
  for (std::size_t h = 0; h < 2; ++h) {
    const auto c = [&](std::size_t n) {
      const Weight& w = of.neighbours[n].heads[h];
      return w.alpha / (w.similarity * w.magnitude);
    };
    CHECK(c(0) == doctest::Approx(c(1)));
    CHECK(c(0) == doctest::Approx(c(2)));
  }
  // head 0: ln κ is 0, 1, 2 and node 2's is one above the mean; head 1: ln m is 0, 0, 3
  const Neighbour& strongest = of.neighbours[0];
  CHECK(strongest.heads[0].similarity == doctest::Approx(std::exp(1)));
  CHECK(strongest.heads[0].magnitude == doctest::Approx(1));
  CHECK(strongest.heads[1].similarity == doctest::Approx(1));
  CHECK(strongest.heads[1].magnitude == doctest::Approx(std::exp(2)));
  CHECK(strongest.weight.similarity == doctest::Approx(std::exp(0.5)));
  CHECK(strongest.weight.magnitude == doctest::Approx(std::exp(1)));
  CHECK(strongest.weight.alpha == doctest::Approx((strongest.heads[0].alpha + strongest.heads[1].alpha) / 2));
  CHECK(alpha_from(of, 0) == doctest::Approx(1));
  CHECK(alpha_from(of, 1) == doctest::Approx(1 - strongest.weight.alpha));
}

TEST_CASE("a node that listens to all its neighbours alike is near uniform") {
  CHECK_FALSE(is_near_uniform(explain_node(three(), factors(), 0, {})));
  Factors of = factors();
  of.alpha = Tensor::from({{Real(0.32), Real(0.35)}, {Real(0.33), Real(0.32)}, {Real(0.35), Real(0.33)}});
  CHECK(is_near_uniform(explain_node(three(), of, 0, {})));
  CHECK_FALSE(is_near_uniform(explain_node(three(), of, 1, {})));  // it has no neighbours
}

TEST_CASE("one head alone, and a node that attends to none") {
  const NodeExplanation one = explain_node(three(), factors(), 0, Index{1});
  CHECK(one.heads == std::vector<Index>{1});
  CHECK(one.neighbours[0].heads.size() == 1);
  CHECK(one.neighbours[0].weight.alpha == one.neighbours[0].heads[0].alpha);
  CHECK(explain_node(three(), factors(), 1, {}).neighbours.empty());
}

TEST_CASE("a signed kernel keeps its sign, and a kernel of 0 is a similarity of 0") {
  const Factors of{.alpha = Tensor::from({{1}, {Real(-0.5)}, {0}}),
                   .similarity = Tensor::from({{2}, {-1}, {0}}),
                   .log_magnitude = Tensor(3, 1),
                   .is_signed = true};
  const NodeExplanation made = explain_node(three(), of, 0, {});
  CHECK(made.neighbours[0].weight.similarity == doctest::Approx(std::sqrt(2)));
  CHECK(made.neighbours[1].weight.similarity == doctest::Approx(-std::sqrt(0.5)));
  CHECK(made.neighbours[2].weight.similarity == 0);
}

TEST_CASE("the ego graph is drawn safely, with a disc for each node and a loop for itself") {
  EgoGraph graph = ego(5);
  graph.neighbours[1].beyond = {2, -1};
  graph.others = 30;
  graph.others_alpha = 0.25;
  const std::string svg = ego_svg(graph);
  CHECK(svg.starts_with("<svg xmlns"));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(count(svg, "<g><title>") == 5);  // the centre and the four others that are not itself
  CHECK(has(svg, "itself 0.500"));
  CHECK(has(svg, "30 others"));
  CHECK(has(svg, "&lt;b&gt;"));
  CHECK(has(svg, "a&amp;b"));
  CHECK(has(svg, "class 2"));
  CHECK(has(svg, "no class known"));
  CHECK(count(svg, "fill-opacity") == 2);
  CHECK_FALSE(has(svg, "nan"));
  CHECK_FALSE(has(svg, "href"));
}

TEST_CASE("the ego graph of none, one and many neighbours") {
  for (const auto n : std::initializer_list<std::size_t>{0, 1, 2, 24}) {
    const std::string svg = ego_svg(ego(n));
    CHECK_FALSE(has(svg, "nan"));
    CHECK_FALSE(has(svg, "inf"));
    CHECK(count(svg, "<g><title>") == std::max<std::size_t>(n, 1));
  }
  EgoGraph colourful = ego(24);
  for (int n = 0; n < 24; ++n)
    colourful.neighbours[static_cast<std::size_t>(n)].kind = n;
  colourful.class_names.assign(24, "x");
  CHECK(has(ego_svg(colourful), "another class, or none"));
}

TEST_CASE("bars of shares: values that are not finite are not drawn") {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = share_svg("t", {{"one", 0.25, 0.75, 1}, {"two", unknown, unknown, unknown}}, {"a note"});
  CHECK(has(svg, "25.0 %"));
  CHECK(has(svg, "a note"));
  CHECK(count(svg, "<rect") == 1 + 2 + 3);  // the paper, the legend, the bars
  CHECK_FALSE(has(svg, "nan"));
}

TEST_CASE("text is wrapped between words") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("incomprehensible", 4) == std::vector<std::string>{"incomprehensible"});
  CHECK(wrapped("", 4).empty());
}
