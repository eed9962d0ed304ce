#include "mercer/data/transform.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"

using namespace mercer;

namespace {

/// 0 → 1 → 2 (one way), 3 alone with a loop, 4 – 5; the nodes differ in their features.
Dataset six_nodes() {
  Dataset data;
  data.name = "six";
  data.graph = from_edges(6, std::vector<NodePair>{{1, 0}, {2, 1}, {3, 3}, {4, 5}, {5, 4}});
  data.features = Tensor::from({{1, 1}, {2, -2}, {0, 0}, {3, 1}, {0, 8}, {5, 0}});
  data.labels = {0, 1, -1, 0, 1, 1};
  data.class_names = {"a", "b"};
  data.node_names = {"n0", "n1", "n2", "n3", "n4", "n5"};
  data.splits = {{{4, 0}, {1}, {5, 3}}, {{1, 0}, {}, {4}}};
  return data;
}

}  // namespace

TEST_CASE("the graph changes, the rest stays") {
  const Dataset data = six_nodes();
  CHECK(symmetrised(data).graph.edges() == 7);
  CHECK(with_loops(data).graph.edges() == 10);
  CHECK(without_loops(data).graph.edges() == 4);
  CHECK(with_loops(with_loops(data)).graph == with_loops(data).graph);
  CHECK(without_loops(data).splits[0].train == data.splits[0].train);
}

TEST_CASE("the largest component takes everything along under new numbers") {
  const Dataset part = largest_component(six_nodes());
  CHECK(part.node_names == std::vector<std::string>{"n0", "n1", "n2"});  // connected, though edges go one way
  CHECK(part.graph.edges() == 2);
  CHECK(part.labels == std::vector<std::int32_t>{0, 1, -1});
  CHECK(part.classes() == 2);
  CHECK(max_abs_difference(std::get<Tensor>(part.features), Tensor::from({{1, 1}, {2, -2}, {0, 0}})) == 0);
  CHECK(part.splits[0].train == std::vector<Node>{0});
  CHECK(part.splits[0].validation == std::vector<Node>{1});
  CHECK(part.splits[0].test.empty());
  CHECK(part.splits[1].train == std::vector<Node>{1, 0});
}

TEST_CASE("an induced part follows the order that is asked for") {
  Dataset data = six_nodes();
  data.features = SparseMatrix::from_dense(std::get<Tensor>(data.features));
  const std::vector<Node> nodes{5, 1, 4};
  const Dataset part = induced(data, nodes);
  CHECK(part.node_names == std::vector<std::string>{"n5", "n1", "n4"});
  CHECK(part.graph == from_edges(3, std::vector<NodePair>{{0, 2}, {2, 0}}));
  CHECK(max_abs_difference(std::get<SparseMatrix>(part.features).to_dense(), Tensor::from({{5, 0}, {2, -2}, {0, 8}})) ==
        0);
  CHECK(part.splits[0].train == std::vector<Node>{2});
  CHECK(part.splits[0].test == std::vector<Node>{0});
  CHECK_THROWS_AS(induced(data, std::vector<Node>{0, 6}), ValueError);
  CHECK_THROWS_AS(induced(data, std::vector<Node>{0, 0}), ValueError);
}

TEST_CASE("row normalisation divides by the sum of absolute values; zero rows stay") {
  const Tensor want = Tensor::from({{0.5, 0.5}, {0.5, -0.5}, {0, 0}, {0.75, 0.25}, {0, 1}, {1, 0}});
  Dataset data = six_nodes();
  CHECK(max_abs_difference(std::get<Tensor>(row_normalised(data).features), want) == 0);
  data.features = SparseMatrix::from_dense(std::get<Tensor>(data.features));
  CHECK(max_abs_difference(std::get<SparseMatrix>(row_normalised(data).features).to_dense(), want) == 0);
}

TEST_CASE("nothing at all can be transformed") {
  const Dataset none;
  CHECK(symmetrised(none).nodes() == 0);
  CHECK(with_loops(none).graph.edges() == 0);
  CHECK(row_normalised(none).feature_count() == 0);
}

TEST_CASE("the largest component of nothing is nothing") {
  CHECK(largest_component(Dataset{}).nodes() == 0);
  CHECK(largest_component(karate()).nodes() == 34);
}

TEST_CASE("columns are chosen, ordered and added, of dense and sparse features alike") {
  Dataset data = six_nodes();
  data.feature_names = {"a", "b"};
  const std::vector<Index> columns{1, -1, 0};
  const Dataset dense = with_columns(data, columns);
  data.features = SparseMatrix::from_dense(std::get<Tensor>(data.features));
  const Tensor sparse = std::get<SparseMatrix>(with_columns(data, columns).features).to_dense();
  const Tensor& x = std::get<Tensor>(dense.features);
  REQUIRE(sparse.columns() == 3);
  for (Index i = 0; i < 6; ++i)
    for (Index c = 0; c < 3; ++c)
      CHECK(x(i, c) == sparse(i, c));
  CHECK(x(1, 0) == -2);
  CHECK(x(1, 1) == 0);
  CHECK(x(1, 2) == 2);
  CHECK(dense.feature_names == std::vector<std::string>{"b", "", "a"});
  CHECK(with_columns(data, {}).feature_count() == 0);
  CHECK_THROWS_AS(with_columns(data, std::vector<Index>{2}), ValueError);
  CHECK_THROWS_AS(with_columns(data, std::vector<Index>{-2}), ValueError);
  CHECK_THROWS_AS(with_columns(data, std::vector<Index>{0, 0}), ValueError);
}

TEST_CASE("standardised columns have mean 0 and deviation 1; sparse ones keep their zeros") {
  Dataset data;
  data.features = Tensor::from({{1e6, 5, 0}, {3e6, 5, 0}, {5e6, 5, 3}, {7e6, 5, 1}});
  const ColumnScales dense = column_scales(data.features);
  CHECK(dense.mean[0] == 4e6);
  CHECK(dense.scale[1] == 1);  // constant
  const Dataset standard = standardised(data, dense);
  const ColumnScales again = column_scales(standard.features);
  for (const std::size_t c : {std::size_t{0}, std::size_t{2}}) {
    CHECK(static_cast<double>(again.mean[c]) == doctest::Approx(0).epsilon(1e-6));
    CHECK(static_cast<double>(again.scale[c]) == doctest::Approx(1).epsilon(1e-5));
  }
  CHECK(std::get<Tensor>(standard.features)(2, 1) == 0);

  data.features = SparseMatrix::from_dense(std::get<Tensor>(data.features));
  const ColumnScales sparse = column_scales(data.features);
  CHECK(sparse.mean[2] == 0);
  CHECK(static_cast<double>(sparse.scale[2]) == doctest::Approx(static_cast<double>(dense.scale[2])));
  const Tensor scaled = std::get<SparseMatrix>(standardised(data, sparse).features).to_dense();
  CHECK(scaled(0, 2) == 0);
  CHECK(scaled(2, 2) == 3 * sparse.scale[2]);

  data.features = Tensor::from({{Real(1e30)}, {Real(3e30)}});
  CHECK(std::get<Tensor>(standardised(data, column_scales(data.features)).features)(0, 0) ==
        doctest::Approx(-1).epsilon(1e-5));
  CHECK_THROWS_AS(standardised(data, sparse), ShapeError);
  // alike but for rounding
  CHECK(column_scales(Features(Tensor::filled(7, 1, Real(0.1)))).scale[0] == 1);
}

TEST_CASE("weights of edges follow their edges") {
  Dataset data = six_nodes();  // slots: 1←0, 2←1, 3←3, 4←5, 5←4
  data.edge_weights = {2, 3, 5, 7, 11};
  CHECK(symmetrised(data).edge_weights == std::vector<Real>{2, 2, 3, 3, 5, 7, 11});  // an added edge has its opposite's
  CHECK(without_loops(data).edge_weights == std::vector<Real>{2, 3, 7, 11});
  CHECK(with_loops(data).edge_weights == std::vector<Real>{1, 2, 1, 3, 1, 5, 1, 7, 11, 1});
  const std::vector<Node> nodes{5, 1, 4};
  CHECK(induced(data, nodes).edge_weights == std::vector<Real>{11, 7});
}

TEST_CASE("counts of edges follow their edges, and repeat them") {
  Dataset data = six_nodes();  // slots: 1←0, 2←1, 3←3, 4←5, 5←4
  CHECK(with_repeats(data).graph == data.graph);
  data.edge_counts = {2, 1, 3, 1, 1};
  CHECK(symmetrised(data).edge_counts == std::vector<std::int32_t>{2, 2, 1, 1, 3, 1, 1});
  CHECK(without_loops(data).edge_counts == std::vector<std::int32_t>{2, 1, 1, 1});
  CHECK(induced(data, std::vector<Node>{1, 0}).edge_counts == std::vector<std::int32_t>{2});
  data.edge_weights = {2, 3, 6, 7, 11};
  const Dataset repeated = with_repeats(data);
  CHECK(std::ranges::equal(repeated.graph.neighbours(1), std::vector<Node>{0, 0}));
  CHECK(std::ranges::equal(repeated.graph.neighbours(3), std::vector<Node>{3, 3, 3}));
  CHECK(repeated.edge_weights == std::vector<Real>{1, 1, 3, 2, 2, 2, 7, 11});  // the same sum
  CHECK(repeated.edge_counts.empty());
}
