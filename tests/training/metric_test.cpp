#include "mercer/training/metric.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"

using namespace mercer;

namespace {

struct Drawn {
  Tensor logits;
  std::vector<std::int32_t> labels;
  std::vector<Node> rows;
};

/// Logits with few different values, so that ties are common.
Drawn draw(Index nodes, Index classes, std::uint64_t seed) {
  Random random(seed);
  Drawn d{Tensor(nodes, classes), {}, {}};
  for (Real& x : d.logits.values())
    x = static_cast<Real>(random.below(4)) - Real(1.5);
  for (Index i = 0; i < nodes; ++i) {
    d.labels.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(classes))));
    if (random.below(3) > 0) d.rows.push_back(static_cast<Node>(i));
  }
  return d;
}

/// tp, fp and fn counted class by class, as the definition says.
double macro_f1_by_definition(const Drawn& d) {
  double sum = 0;
  int present = 0;
  for (std::int32_t c = 0; c < d.logits.columns(); ++c) {
    double tp = 0, fp = 0, fn = 0;
    for (const Node i : d.rows) {
      const bool is = d.labels[static_cast<std::size_t>(i)] == c, said = predicted_class(d.logits, i) == c;
      tp += is && said;
      fp += !is && said;
      fn += is && !said;
    }
    if (tp + fp + fn == 0) continue;
    ++present;
    if (tp > 0) sum += 2 / ((tp + fp) / tp + (tp + fn) / tp);  // harmonic mean of precision and recall
  }
  return sum / present;
}

/// The area under the ROC curve from all pairs of a positive and a negative.
double roc_auc_by_definition(const Drawn& d) {
  double won = 0, pairs = 0;
  for (const Node i : d.rows)
    for (const Node j : d.rows) {
      if (d.labels[static_cast<std::size_t>(i)] != 1 || d.labels[static_cast<std::size_t>(j)] != 0) continue;
      const Real a = d.logits(i, 1) - d.logits(i, 0), b = d.logits(j, 1) - d.logits(j, 0);
      won += a > b ? 1 : a == b ? 0.5 : 0;
      ++pairs;
    }
  return won / pairs;
}

/// Precision and recall of class 1 at every score, from the highest down.
double average_precision_by_definition(const Drawn& d) {
  std::set<Real, std::greater<>> thresholds;
  double positives = 0, recall_before = 0, sum = 0;
  const auto score = [&](Node i) { return d.logits(i, 1) - d.logits(i, 0); };
  const auto is_one = [&](Node i) { return d.labels[static_cast<std::size_t>(i)] == 1; };
  for (const Node i : d.rows) {
    thresholds.insert(score(i));
    positives += is_one(i);
  }
  for (const Real threshold : thresholds) {
    double found = 0, right = 0;
    for (const Node i : d.rows) {
      found += score(i) >= threshold;
      right += score(i) >= threshold && is_one(i);
    }
    sum += (right / positives - recall_before) * right / found;
    recall_before = right / positives;
  }
  return sum;
}

}  // namespace

TEST_CASE("ties go to the lowest class, and NaN never wins") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Tensor x = Tensor::from({{1, 2, 2}, {0, 0, 0}, {nan, -5, nan}, {nan, nan, nan}, {3, nan, 4}});
  const std::vector<std::int32_t> want{1, 0, 1, 0, 2};
  for (Index i = 0; i < x.rows(); ++i)
    CHECK(predicted_class(x, i) == want[static_cast<std::size_t>(i)]);
}

TEST_CASE("accuracy and loss look at the given rows only") {
  const Tensor x = Tensor::from({{2, 0}, {0, 2}, {0, 2}, {1000, -1000}});
  const std::vector<std::int32_t> labels{0, 0, 1, 0};
  CHECK(accuracy(x, labels, std::vector<Node>{0, 1, 2}) == doctest::Approx(2.0 / 3));
  CHECK(accuracy(x, labels, std::vector<Node>{1}) == 0);
  CHECK(mean_cross_entropy(x, labels, std::vector<Node>{0, 1}) == doctest::Approx(std::log1p(std::exp(-2.0)) + 1));
  CHECK(mean_cross_entropy(x, labels, std::vector<Node>{3}) == 0);  // no overflow
  CHECK(confusion(x, labels, std::vector<Node>{0, 1, 2, 3}) == std::vector<std::int64_t>{2, 1, 0, 1});
}

TEST_CASE("macro-F1, ROC AUC and average precision agree with their definitions, ties included") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Drawn many = draw(60, 5, seed), two = draw(60, 2, seed);
    CHECK(macro_f1(many.logits, many.labels, many.rows) == doctest::Approx(macro_f1_by_definition(many)));
    CHECK(roc_auc(two.logits, two.labels, two.rows) == doctest::Approx(roc_auc_by_definition(two)));
    CHECK(average_precision(two.logits, two.labels, two.rows) == doctest::Approx(average_precision_by_definition(two)));
  }
}

TEST_CASE("macro-F1 leaves out classes that never occur, and counts 0 for a class without a correct prediction") {
  const Tensor x = Tensor::from({{1, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}});
  const std::vector<std::int32_t> labels{0, 2, 1};
  // class 0: 2·1/(2 + 0 + 1), class 1: 1, class 2: 0, class 3: absent
  CHECK(macro_f1(x, labels, std::vector<Node>{0, 1, 2}) == doctest::Approx((2.0 / 3 + 1 + 0) / 3));
}

TEST_CASE("a perfect and a useless ranking") {
  const Tensor x = Tensor::from({{0, 1}, {0, 2}, {5, 8}, {0, 0}});
  const std::vector<Node> rows{0, 1, 2, 3};
  CHECK(roc_auc(x, std::vector<std::int32_t>{0, 1, 1, 0}, rows) == 1);
  CHECK(roc_auc(x, std::vector<std::int32_t>{1, 0, 0, 1}, rows) == 0);
  CHECK(roc_auc(Tensor(4, 2), std::vector<std::int32_t>{0, 1, 1, 0}, rows) == 0.5);
}

TEST_CASE("undefined metrics are refused") {
  const Tensor x(3, 2);
  const std::vector<std::int32_t> labels{0, 1, -1};
  const std::vector<Node> good{0, 1}, none, unlabelled{2}, outside{3}, negative{-1}, one_class{0};
  for (const Metric metric : {Metric::accuracy, Metric::macro_f1, Metric::roc_auc})
    for (const auto* rows : {&none, &unlabelled, &outside, &negative})
      CHECK_THROWS_AS(evaluate(metric, x, labels, *rows), ValueError);
  CHECK_THROWS_AS(mean_cross_entropy(x, labels, none), ValueError);
  CHECK_THROWS_AS(accuracy(x, std::vector<std::int32_t>{0, 2, 0}, good), ValueError);
  CHECK_THROWS_AS(accuracy(x, std::vector<std::int32_t>{0, 1}, good), ShapeError);
  CHECK_THROWS_AS(roc_auc(x, labels, one_class), ValueError);
  CHECK_THROWS_AS(average_precision(x, labels, one_class), ValueError);
  CHECK_THROWS_AS(average_precision(Tensor(3, 3), labels, good), ValueError);
  CHECK_THROWS_WITH_AS(roc_auc(Tensor(3, 3), labels, good),
                       doctest::Contains("got 3 classes, and it is of 2: want accuracy or macro-f1"), ValueError);
  CHECK_THROWS_AS(roc_auc(Tensor::filled(3, 2, std::numeric_limits<Real>::quiet_NaN()), labels, good), ValueError);
}

TEST_CASE("metrics by name") {
  CHECK(std::string(name_of(Metric::macro_f1, metric_choices)) == "macro-f1");
  const Drawn d = draw(30, 2, 3);
  CHECK(evaluate(Metric::roc_auc, d.logits, d.labels, d.rows) == roc_auc(d.logits, d.labels, d.rows));
  CHECK(evaluate(Metric::macro_f1, d.logits, d.labels, d.rows) == macro_f1(d.logits, d.labels, d.rows));
}
