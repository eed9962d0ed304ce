#include "mercer/data/describe.hpp"

#include <doctest/doctest.h>

#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"

using namespace mercer;

TEST_CASE("a directed graph with a loop, an isolated node and a node without a label") {
  Dataset data;
  data.name = "five";
  data.format = "plain";
  data.graph = from_edges(5, std::vector<NodePair>{{1, 0}, {0, 1}, {2, 1}, {3, 3}});
  data.features = Tensor::from({{1, -1}, {2, 0}, {0, 0}, {0, 3}, {1, 1}});
  data.labels = {0, 0, 1, 1, -1};
  data.class_names = {"a", "b"};
  data.splits = {{{0, 2}, {1}, {3}}};
  const Description d = describe(data);
  CHECK(d.edge_slots == 4);
  CHECK(d.undirected_edges == 2);
  CHECK(d.self_loops == 1);
  CHECK_FALSE(d.symmetric);
  CHECK(d.isolated_nodes == 2);
  CHECK(d.components == 3);
  CHECK(d.largest_component == 3);
  CHECK(d.degree_min == 0);
  CHECK(d.degree_max == 2);
  CHECK(d.degree_mean == doctest::Approx(0.8));
  CHECK(d.edge_homophily == doctest::Approx(0.5));
  CHECK(d.features == 2);
  CHECK_FALSE(d.sparse);
  CHECK(d.nonzeros == 6);
  CHECK(d.filled == doctest::Approx(0.6));
  CHECK(d.feature_min == -1);
  CHECK(d.feature_max == 3);
  CHECK(d.nodes_without_features == 1);
  CHECK(d.class_sizes == std::vector<Index>{2, 2});
  CHECK(d.unlabelled == 1);
  CHECK(d.splits.at(0).train.of_class == std::vector<Index>{1, 1});
  CHECK(d.splits.at(0).test.nodes == 1);
}

TEST_CASE("sparse features are described as the dense ones are") {
  Dataset data;
  data.graph = from_edges(2, {});
  data.labels = {-1, -1};
  data.features = SparseMatrix(2, 2, {0, 1, 2}, {0, 1}, {3, 2});
  CHECK(describe(data).feature_min == 0);  // the zeros count
  CHECK(describe(data).feature_max == 3);
  data.features = SparseMatrix(2, 2, {0, 2, 4}, {0, 1, 0, 1}, {3, 2, 4, 5});
  CHECK(describe(data).feature_min == 2);
  CHECK(describe(data).filled == 1);
}

TEST_CASE("nothing, and a graph without edges, are described") {
  const Description none = describe(Dataset{});
  CHECK(none.nodes == 0);
  CHECK(none.components == 0);
  CHECK(none.filled == 0);

  Dataset lonely = karate();
  lonely.graph = from_edges(34, {});
  CHECK(describe(lonely).isolated_nodes == 34);
  CHECK(describe(lonely).degree_mean == 0);
  CHECK(describe(lonely).edge_homophily == 0);
}
