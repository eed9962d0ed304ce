#include "mercer/training/multi_label.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Real unknown = std::numeric_limits<Real>::quiet_NaN();

struct LabelledLogits {
  Tensor x, y;
  std::vector<Node> rows;
};

/// Coarse logits, so that there are ties, and some unknown labels.
LabelledLogits labelled_logits(Index n, Index labels, std::uint64_t seed) {
  Random random(seed);
  LabelledLogits d{Tensor(n, labels), Tensor(n, labels), {}};
  for (Index i = 0; i < n; ++i) {
    for (Index c = 0; c < labels; ++c) {
      d.x(i, c) = static_cast<Real>(random.below(7)) - 3;
      const auto kind = random.below(5);
      d.y(i, c) = kind == 0 ? unknown : static_cast<Real>(kind % 2);
    }
    if (i % 3 != 0) d.rows.push_back(static_cast<Node>(i));
  }
  return d;
}

/// Calls visit(logit, target) for the known targets of label c.
template <class Visit>
void each_known(const LabelledLogits& d, Index c, Visit&& visit) {
  for (const Node i : d.rows)
    if (!std::isnan(d.y(i, c))) visit(d.x(i, c), d.y(i, c) == 1);
}

double f1(double tp, double fp, double fn) { return 2 * tp / (2 * tp + fp + fn); }

/// Precision and recall at every logit that occurs, from the highest down.
double average_precision_by_definition(const LabelledLogits& d, Index c) {
  double sum = 0, recall_before = 0, positives = 0;
  each_known(d, c, [&](Real, bool has) { positives += has; });
  for (int threshold = 3; threshold >= -3; --threshold) {
    double found = 0, right = 0;
    each_known(d, c, [&](Real logit, bool has) {
      if (logit < static_cast<Real>(threshold)) return;
      ++found;
      right += has;
    });
    if (found == 0) continue;
    sum += (right / positives - recall_before) * right / found;
    recall_before = right / positives;
  }
  return sum;
}

double roc_auc_by_definition(const LabelledLogits& d, Index c) {
  double won = 0, pairs = 0;
  each_known(d, c, [&](Real a, bool has_a) {
    each_known(d, c, [&](Real b, bool has_b) {
      if (!has_a || has_b) return;
      won += a > b ? 1 : a == b ? 0.5 : 0;
      ++pairs;
    });
  });
  return won / pairs;
}

}  // namespace

TEST_CASE("multi-label metrics agree with their definitions") {
  constexpr Index labels = 4;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const LabelledLogits d = labelled_logits(60, labels, seed);
    double tp = 0, fp = 0, fn = 0, right = 0, known = 0, macro = 0, precision = 0, area = 0;
    for (Index c = 0; c < labels; ++c) {
      double tp_c = 0, fp_c = 0, fn_c = 0;
      each_known(d, c, [&](Real logit, bool has) {
        const bool says = logit > 0;
        ++known;
        right += says == has;
        tp_c += says && has;
        fp_c += says && !has;
        fn_c += !says && has;
      });
      tp += tp_c, fp += fp_c, fn += fn_c;
      macro += f1(tp_c, fp_c, fn_c) / labels;
      precision += average_precision_by_definition(d, c) / labels;
      area += roc_auc_by_definition(d, c) / labels;
    }
    CHECK(label_accuracy(d.x, d.y, d.rows) == doctest::Approx(right / known));
    CHECK(micro_f1_of_labels(d.x, d.y, d.rows) == doctest::Approx(f1(tp, fp, fn)));
    CHECK(macro_f1_of_labels(d.x, d.y, d.rows) == doctest::Approx(macro));
    CHECK(average_precision_of_labels(d.x, d.y, d.rows) == doctest::Approx(precision));
    CHECK(roc_auc_of_labels(d.x, d.y, d.rows) == doctest::Approx(area));
  }
}

TEST_CASE("labels that never occur don't count") {
  const Tensor x = Tensor::from({{1, -1, 2}, {1, -1, 2}, {-1, -1, -1}});
  const Tensor y = Tensor::from({{1, 0, unknown}, {1, 0, 0}, {0, 0, 0}});
  const std::vector<Node> rows{0, 1, 2}, last{2};
  CHECK(macro_f1_of_labels(x, y, rows) == doctest::Approx((1.0 + 0.0) / 2));  // label 1 never occurs
  CHECK(micro_f1_of_labels(x, y, last) == 1);
  CHECK(macro_f1_of_labels(x, y, last) == 1);
  CHECK(roc_auc_of_labels(x, y, rows) == 1);  // of label 0: the others never occur
}

TEST_CASE("undefined multi-label metrics are refused") {
  const Tensor x(2, 2), y = Tensor::from({{0, 1}, {unknown, unknown}});
  const std::vector<Node> good{0}, none, nothing_known{1}, outside{2};
  for (const auto metric :
       {label_accuracy, micro_f1_of_labels, macro_f1_of_labels, roc_auc_of_labels, average_precision_of_labels}) {
    for (const auto* rows : {&none, &nothing_known, &outside})
      CHECK_THROWS_AS(metric(x, y, *rows), ValueError);
    CHECK_THROWS_AS(metric(x, Tensor(2, 3), good), ShapeError);
    CHECK_THROWS_AS(metric(x, Tensor::filled(2, 2, Real(0.5)), good), ValueError);
    CHECK_THROWS_AS(metric(Tensor::filled(2, 2, unknown), y, good), ValueError);
  }
  CHECK(message_of<ValueError>([&] { roc_auc_of_labels(x, y, good); }) ==
        "[roc_auc_of_labels] no label has both a row with it and a row without it");
}
