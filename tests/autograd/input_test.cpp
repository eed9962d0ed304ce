#include <doctest/doctest.h>

#include <memory>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"

using namespace mercer;

namespace {

const Tensor features = Tensor::from({{0, 2}, {1, 0}, {0, 0}});

/// The argument of a layer.
Tensor doubled(const Input& x) { return matmul(x, Variable(Tensor::from({{2, 0}, {0, 2}}))).value(); }

}  // namespace

TEST_CASE("an input is made from a tensor, features or a variable") {
  const Tensor want = Tensor::from({{0, 4}, {2, 0}, {0, 0}});
  const SparseMatrix sparse = SparseMatrix::from_dense(features);
  CHECK(max_abs_difference(doubled(features), want) == 0);
  CHECK(max_abs_difference(doubled(Variable(features)), want) == 0);
  CHECK(max_abs_difference(doubled(sparse), want) == 0);
  CHECK(max_abs_difference(doubled(std::make_shared<const SparseMatrix>(sparse)), want) == 0);
  CHECK(max_abs_difference(doubled(Features(features)), want) == 0);
  CHECK(max_abs_difference(doubled(Features(sparse)), want) == 0);
  CHECK_FALSE(Input(features).is_sparse());
  CHECK_FALSE(Input(Features(features)).is_sparse());
  CHECK(Input(sparse).is_sparse());
}

TEST_CASE("an input of a data set is its features") {
  const Dataset club = karate();
  const Input x(club);
  CHECK(x.is_sparse());
  CHECK(x.rows() == club.nodes());
  CHECK(x.columns() == club.feature_count());
  Dataset dense = club;
  dense.features = std::get<SparseMatrix>(club.features).to_dense();
  CHECK_FALSE(Input(dense).is_sparse());
  CHECK(max_abs_difference(Input(dense).dense().value(), x.sparse()->to_dense()) == 0);
}

TEST_CASE("an input without a matrix is refused where it is made") {
  const std::shared_ptr<const SparseMatrix> none;
  CHECK_THROWS_WITH_AS(Input{none}, "[Input] got a null pointer, want features", ValueError);
}
