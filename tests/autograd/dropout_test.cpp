#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The definition of the mask: element n is kept if bits n % 8 of draw n / 8 are not below the threshold.
bool is_kept(const Dropout& drop, Index n) {
  return sixteen_bits(drop.stream.draw(static_cast<std::uint32_t>(n / 8)), static_cast<int>(n % 8)) >= drop.threshold();
}

}  // namespace

TEST_CASE("dropout by definition, forward and backward with one mask") {
  const Dropout drop{0.6f, {11, 3, 7}};
  for (const Index n : sizes)
    for (const Index d : {Index{1}, Index{9}, Index{127}}) {
      const Variable x(random_tensor(n, d), true);
      const Tensor dy = random_tensor(n, d, 2);
      Variable y = dropout(x, drop);
      y.backward(dy);
      const Tensor& dx = n * d > 0 ? x.grad() : dy;
      for (Index k = 0; k < n * d; ++k) {
        const Real scale = is_kept(drop, k) ? drop.scale() : Real(0);
        CHECK(y.value().data()[k] == x.value().data()[k] * scale);
        CHECK(dx.data()[k] == dy.data()[k] * scale);
      }
    }
}

TEST_CASE("dropout of a long operand, over many blocks, keeps the expectation") {
  const Dropout drop{0.3f, {1, 2, 3}};
  const Tensor y = dropout(Variable(Tensor::filled(1000, 333, 1)), drop).value();
  double mean = 0;
  Index kept = 0, wrong = 0;
  for (Index n = 0; n < y.size(); ++n) {
    mean += double{y.data()[n]} / static_cast<double>(y.size());
    kept += y.data()[n] != 0 ? 1 : 0;
    wrong += (y.data()[n] != 0) != is_kept(drop, n) ? 1 : 0;
  }
  CHECK(wrong == 0);
  CHECK(static_cast<double>(kept) / static_cast<double>(y.size()) == doctest::Approx(0.7).epsilon(0.01));
  CHECK(mean == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("the gradient of dropout") {
  check_gradient([](const Variable& x) { return dropout(x, {0.5f, {4, 5, 6}}); }, random_tensor(9, 15));
}

TEST_CASE("another seed, step or call is another mask") {
  const Variable x(Tensor::filled(8, 33, 1));
  const Dropout drop{0.5f, {1, 1, 1}};
  const Tensor y = dropout(x, drop).value();
  CHECK(same_bits(y, dropout(x, drop).value()));
  for (const Stream& other :
       {Stream{2, 1, 1}, Stream{std::uint64_t{1} << 32 | 1, 1, 1}, Stream{1, 2, 1}, Stream{1, 1, 2}})
    CHECK_FALSE(same_bits(y, dropout(x, {0.5f, other}).value()));
}

TEST_CASE("p = 0 gives the operand itself, p = 1 zeros even of NaN") {
  const Variable x(Tensor::filled(3, 5, std::numeric_limits<Real>::quiet_NaN()));
  const Variable same = dropout(x, {0.0f, {}});
  CHECK(&same.value() == &x.value());
  CHECK(max_abs_difference(dropout(x, {1.0f, {}}).value(), Tensor(3, 5)) == 0);
  for (const float p : {-0.1f, 1.1f, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK_THROWS_AS(dropout(x, {p, {}}), ValueError);
    CHECK_THROWS_AS(dropout(Input(std::make_shared<const SparseMatrix>()), {p, {}}), ValueError);
  }
}

TEST_CASE("dropout of a sparse matrix keeps nonzero n when a dense one keeps element n") {
  for (const float p : {0.1f, 0.6f, 1.0f})
    for (const Index n : sizes)
      for (const Index f : {Index{0}, Index{1}, Index{33}, Index{700}}) {
        CAPTURE(p);
        CAPTURE(n);
        CAPTURE(f);
        const Dropout drop{p, {static_cast<std::uint64_t>(n), 2, 3}};
        const auto x = std::make_shared<const SparseMatrix>(random_sparse(n, f));
        const Input dropped = dropout(Input(x), drop);
        REQUIRE(dropped.is_sparse());
        std::vector<Edge> offset{0};
        std::vector<Node> column;
        std::vector<Real> value;
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
          for (auto e = static_cast<std::size_t>(x->offset()[i]); e < static_cast<std::size_t>(x->offset()[i + 1]);
               ++e) {
            if (!is_kept(drop, static_cast<Index>(e))) continue;
            column.push_back(x->column()[e]);
            value.push_back(x->value()[e] * drop.scale());
          }
          offset.push_back(static_cast<Edge>(column.size()));
        }
        const SparseMatrix& y = *dropped.sparse();
        CHECK(y.rows() == n);
        CHECK(y.columns() == f);
        CHECK(std::ranges::equal(y.offset(), offset));
        CHECK(std::ranges::equal(y.column(), column));
        CHECK(std::ranges::equal(y.value(), value));
      }
}

TEST_CASE("rows of a tensor have the dropout mask of the whole tensor, wherever they begin") {
  const Tensor whole = random_tensor(60, 13);
  const SparseMatrix sparse = random_sparse(60, 33);
  const Dropout drop{0.4f, {5, 2, 1}};
  const Tensor kept = dropout(Variable(whole), drop).value();
  const Tensor sparse_kept = dropout(Input(std::make_shared<const SparseMatrix>(sparse)), drop).sparse()->to_dense();
  for (const auto& [first, last] : {std::pair<Index, Index>{0, 60}, {1, 60}, {7, 20}, {8, 9}, {33, 60}, {60, 60}}) {
    Dropout there = drop;
    there.first_row = first;
    const Tensor x = Tensor::from(
        last - first, 13,
        whole.values().subspan(static_cast<std::size_t>(first) * 13, static_cast<std::size_t>(last - first) * 13));
    const Tensor y = dropout(Variable(x), there).value();
    CHECK(std::equal(y.values().begin(), y.values().end(), kept.row(first)));
    const auto rows = std::make_shared<const SparseMatrix>(sparse.rows(first, last));
    const Tensor z = dropout(Input(rows), there).sparse()->to_dense();
    CHECK(std::equal(z.values().begin(), z.values().end(), sparse_kept.row(first)));
  }
}

TEST_CASE("rows with numbers of their own have the dropout mask of these rows of the whole") {
  for (const Index columns : {0, 1, 3, 8, 13, 64, 200}) {
    CAPTURE(columns);
    const Tensor whole = random_tensor(60, columns);
    const auto numbers = std::make_shared<const std::vector<Node>>(std::vector<Node>{17, 3, 59, 0, 4, 5, 31});
    const std::shared_ptr<const Node> rows(numbers, numbers->data());
    const Dropout drop{0.4f, {5, 2, 1}};
    const Tensor kept = dropout(Variable(whole), drop).value();
    const Variable x(gather_rows(Variable(whole), *numbers).value(), true);
    Variable y = dropout(x, drop, rows);
    CHECK(same_bits(y.value(), gather_rows(Variable(kept), *numbers).value()));
    y.backward(x.value());  // dx = dy ∘ mask / (1 − p)
    CHECK(same_bits(x.grad(), y.value()));
  }
}

TEST_CASE("rows of a sparse matrix keep the numbers of their nonzeros, in any order and of any choice") {
  const SparseMatrix whole = random_sparse(300, 33);
  const Dropout drop{0.4f, {5, 2, 1}};
  const auto dropped = [&](const SparseMatrix& x) {
    return dropout(Input(std::make_shared<const SparseMatrix>(x)), drop).sparse()->to_dense();
  };
  const Tensor kept = dropped(whole);
  std::vector<Node> numbers;
  for (Node i = 0; i < 300; ++i)
    numbers.push_back(static_cast<Node>(i * 7 % 300));
  const SparseMatrix chosen = whole.rows(numbers);
  CHECK(same_bits(dropped(chosen), gather_rows(Variable(kept), numbers).value()));
  const Tensor some = dropped(chosen.rows(10, 20)), again = dropped(chosen.rows(std::vector<Node>{4, 4, 299}));
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(std::equal(kept.row(numbers[10 + i]), kept.row(numbers[10 + i]) + 33, some.row(static_cast<Index>(i))));
  for (const auto& [row, of] : {std::pair<Index, std::size_t>{0, 4}, {1, 4}, {2, 299}})
    CHECK(std::equal(again.row(row), again.row(row) + 33, kept.row(numbers[of])));
  CHECK(dropped(whole.rows(std::vector<Node>{})).rows() == 0);
  CHECK_THROWS_AS(whole.rows(std::vector<Node>{300}), ValueError);
  CHECK_THROWS_AS(whole.rows(std::vector<Node>{-1}), ValueError);
}

TEST_CASE("an inactive dropout shares the sparse matrix, and a dense input stays dense") {
  const auto x = std::make_shared<const SparseMatrix>(random_sparse(5, 5));
  CHECK(dropout(Input(x), {0.0f, {}}).sparse() == x);
  CHECK_FALSE(dropout(Input(Variable(Tensor(2, 2))), {0.5f, {}}).is_sparse());
}
