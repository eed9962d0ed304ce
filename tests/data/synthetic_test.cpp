#include "mercer/data/synthetic.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "mercer/base/check.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

using namespace mercer;

namespace {

/// The accuracy on test nodes of the nearest class mean of the training nodes: a bound for what words alone allow, or,
/// when words are averaged over two steps of neighbours, for a method that uses neighbours.
double nearest_mean_accuracy(const Dataset& data, const Tensor& x) {
  Tensor mean(data.classes(), x.columns());
  const Split& split = data.splits.front();
  for (const Node i : split.train)
    for (Index c = 0; c < x.columns(); ++c)
      mean(data.labels[static_cast<std::size_t>(i)], c) += x(i, c);
  const auto likeness = [&](Node i, Index k) {
    double dot = 0, square = 0;
    for (Index c = 0; c < x.columns(); ++c) {
      dot += x(i, c) * mean(k, c);
      square += mean(k, c) * mean(k, c);
    }
    return dot / std::sqrt(square);
  };
  Index right = 0;
  for (const Node i : split.test) {
    Index best = 0;
    for (Index k = 1; k < data.classes(); ++k)
      if (likeness(i, k) > likeness(i, best)) best = k;
    right += best == data.labels[static_cast<std::size_t>(i)] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(split.test.size());
}

Tensor averaged_over_neighbours(CsrView g, const Tensor& x) {
  Tensor y(x.rows(), x.columns());
  for_each_edge(g, [&](Node i, Node j, Edge) {
    for (Index c = 0; c < x.columns(); ++c)
      y(i, c) += x(j, c) / static_cast<Real>(g.degree(i));
  });
  return y;
}

std::uint64_t fnv1a(std::uint64_t hash, std::int64_t word) {
  for (int byte = 0; byte < 8; ++byte)
    hash = (hash ^ ((word >> (8 * byte)) & 0xFF)) * 0x100000001b3;
  return hash;
}

std::uint64_t checksum(const Dataset& data) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge) { hash = fnv1a(fnv1a(hash, i), j); });
  for (const Node word : std::get<SparseMatrix>(data.features).column())
    hash = fnv1a(hash, word);
  for (const auto label : data.labels)
    hash = fnv1a(hash, label);
  return hash;
}

}  // namespace

TEST_CASE("the default has Cora's published size") {
  const Dataset data = planted_citations();
  const Description d = describe(data);
  CHECK(d.nodes == 2708);
  CHECK(d.undirected_edges == 5278);
  CHECK(d.symmetric);
  CHECK(d.self_loops == 0);
  CHECK(d.isolated_nodes == 0);
  CHECK(d.features == 1433);
  CHECK(d.nonzeros == 49216);
  CHECK(d.nodes_without_features == 0);
  CHECK(d.class_sizes == std::vector<Index>{351, 217, 418, 818, 426, 298, 180});
  CHECK(d.edge_homophily == doctest::Approx(0.81).epsilon(0.0002));
  CHECK(d.degree_max > 140);
  CHECK(d.degree_max < 200);
  const auto degree = degrees(data.graph);
  const auto leaves = std::ranges::count(degree, 1),
             hubs = std::ranges::count_if(degree, [](Edge k) { return k > 20; });
  CHECK(leaves > 300);  // Cora: 485
  CHECK(leaves < 600);
  CHECK(hubs > 10);  // Cora: 25
  CHECK(hubs < 50);
  CHECK(d.splits.at(0).train.of_class == std::vector<Index>(7, 20));
  CHECK(d.splits.at(0).validation.nodes == 500);
  CHECK(d.splits.at(0).test.nodes == 1000);
}

TEST_CASE("averages over neighbours classify clearly better than words alone") {
  const Dataset data = planted_citations();
  const Csr g = with_loops(data.graph);
  const Tensor words = std::get<SparseMatrix>(row_normalised(data).features).to_dense();
  const double alone = nearest_mean_accuracy(data, words);
  const double averaged = nearest_mean_accuracy(data, averaged_over_neighbours(g, averaged_over_neighbours(g, words)));
  CAPTURE(alone);
  CAPTURE(averaged);
  CHECK(alone > 0.45);
  CHECK(alone < 0.65);
  CHECK(averaged > alone + 0.15);
}

TEST_CASE("the same seed gives the same bits, another one does not") {
  CHECK(checksum(planted_citations()) == 12758741850142633448u);  // on every machine
  CHECK(checksum(planted_citations({.seed = 1})) == checksum(planted_citations({.seed = 1})));
  CHECK(checksum(planted_citations({.seed = 1})) != checksum(planted_citations()));
}

TEST_CASE("other sizes are met exactly, small and crowded ones too") {
  PlantedOptions small{.class_sizes = {5, 4}, .edges = 20, .homophily = 0.5, .words = 6, .words_in_all = 54};
  small.train_of_each_class = 1;
  small.validation = 2;
  small.test = 3;
  const Description d = describe(planted_citations(small));
  CHECK(d.undirected_edges == 20);
  CHECK(d.edge_homophily == doctest::Approx(0.5));
  CHECK(d.filled == 1);

  small.edges = 0;
  CHECK(describe(planted_citations(small)).isolated_nodes == 9);
  small = {.class_sizes = {3}, .edges = 2, .homophily = 1, .words = 2, .words_in_all = 3};
  small.train_of_each_class = small.validation = small.test = 1;
  CHECK(describe(planted_citations(small)).undirected_edges == 2);
}

TEST_CASE("sizes that can't be met are refused") {
  CHECK_THROWS_AS(planted_citations({.class_sizes = {}}), ValueError);
  CHECK_THROWS_AS(planted_citations({.class_sizes = {30, 0}}), ValueError);
  CHECK_THROWS_AS(planted_citations({.class_sizes = {30, 30}, .edges = 1771}), ValueError);
  CHECK_THROWS_AS(planted_citations({.class_sizes = {2, 30}, .edges = 450, .homophily = 1}), ValueError);
  CHECK_THROWS_AS(planted_citations({.homophily = 1.1}), ValueError);
  CHECK_THROWS_AS(planted_citations({.class_sizes = {3000}}), ValueError);
  CHECK_THROWS_AS(planted_citations({.words_in_all = 2707}), ValueError);
  CHECK_THROWS_AS(planted_citations({.test = 3000}), ValueError);
}

TEST_CASE("the karate club is Zachary's") {
  const Dataset data = karate();
  const Description d = describe(data);
  CHECK(d.nodes == 34);
  CHECK(d.undirected_edges == 78);
  CHECK(d.symmetric);
  CHECK(d.components == 1);
  CHECK(d.class_sizes == std::vector<Index>{17, 17});
  CHECK(degrees(data.graph) == std::vector<Edge>{16, 9, 10, 6, 3, 4, 4, 4, 5, 2, 3, 1, 2, 5, 2, 2,  2,
                                                 2,  2, 3,  2, 2, 2, 5, 3, 3, 2, 4, 3, 4, 4, 6, 12, 17});
  Edge triangles = 0;
  const Csr& g = data.graph;
  for_each_edge(g, [&](Node i, Node j, Edge) {
    for (const Node k : g.neighbours(j))
      triangles += i < j && j < k && std::ranges::binary_search(g.neighbours(i), k) ? 1 : 0;
  });
  CHECK(triangles == 45);
  CHECK(d.edge_homophily == doctest::Approx(67.0 / 78));
}

TEST_CASE("the karate split trains on the leader of each side only") {
  const Description d = describe(karate());
  CHECK(karate().splits.at(0).train == std::vector<Node>{0, 33});
  CHECK(d.splits.at(0).train.of_class == std::vector<Index>{1, 1});
  CHECK(d.splits.at(0).validation.nodes == 8);
  CHECK(d.splits.at(0).test.nodes == 24);
  for (const auto* part : {&d.splits[0].validation, &d.splits[0].test})
    for (const Index size : part->of_class)
      CHECK(size >= 3);
}
