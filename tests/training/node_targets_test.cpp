#include "mercer/training/node_targets.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

const std::vector<Node> train_rows{0, 1, 2}, validation_rows{3, 4};

/// y = x W on five nodes.
struct LinearTask {
  Tensor x = Tensor::from({{1, 0}, {0, 1}, {1, 1}, {2, 1}, {-1, 1}});
  Variable weight{Tensor(2, 2), true};

  NodeTargets nodes(Tensor targets, TargetLoss loss, Metric metric) {
    return {.parameters = {{"weight", weight}},
            .predict = [this](Pass&) { return Prediction(matmul(Variable(x), weight)); },
            .targets = std::move(targets),
            .loss = loss,
            .train = train_rows,
            .validation = validation_rows,
            .metric = metric};
  }
};

}  // namespace

TEST_CASE("real targets are learned by the squared loss, and scored by r2") {
  LinearTask task;
  const Tensor y = Tensor::from({{1, 4}, {2, -1}, {3, 3}, {4, 7}, {1, -5}});  // W = [[1, 4], [2, −1]]
  const TrainResult result = train(node_targets(task.nodes(y, TargetLoss::squared, Metric::r2)),
                                   {.epochs = 400, .optimizer = Adam{.learning_rate = 0.1}});
  REQUIRE(result.validation);
  CHECK(result.validation->score == doctest::Approx(1).epsilon(1e-3));
  CHECK(result.validation->loss < 1e-3);
  CHECK(static_cast<double>(task.weight.value()(0, 1)) == doctest::Approx(4).epsilon(1e-2));
}

TEST_CASE("several labels are learned by the logistic loss, and scored by F1") {
  LinearTask task;
  const Tensor y = Tensor::from({{1, 0}, {0, 1}, {1, 1}, {1, 1}, {0, 1}});
  const TrainResult result = train(node_targets(task.nodes(y, TargetLoss::logistic, Metric::micro_f1)),
                                   {.epochs = 200, .optimizer = Adam{.learning_rate = 0.1}});
  REQUIRE(result.validation);
  CHECK(result.validation->score == 1);
}

TEST_CASE("the logistic loss of scores is −t log σ(x) − (1 − t) log(1 − σ(x))") {
  const Tensor x = Tensor::from({{0.5, -2}, {100, -100}}), y = Tensor::from({{1, 0}, {1, 0}});
  const double first = (std::log1p(std::exp(-0.5)) + std::log1p(std::exp(-2.0))) / 2;
  CHECK(mean_loss(TargetLoss::logistic, x, y, std::vector<Node>{0}) == doctest::Approx(first));
  CHECK(mean_loss(TargetLoss::logistic, x, y, std::vector<Node>{1}) == doctest::Approx(0));
  CHECK(mean_loss(TargetLoss::squared, x, y, std::vector<Node>{0}) == doctest::Approx((0.25 + 4) / 2));
}

TEST_CASE("a metric of another task is refused, and targets that the loss can't have") {
  LinearTask task;
  const Tensor y = Tensor::from({{1, 0}, {0, 1}, {1, 1}, {1, 1}, {0, 0}});
  const auto refused = [&](Tensor targets, TargetLoss loss, Metric metric, const char* why) {
    CHECK_THROWS_WITH_AS(node_targets(task.nodes(std::move(targets), loss, metric)), doctest::Contains(why),
                         ValueError);
  };
  refused(y, TargetLoss::squared, Metric::accuracy, "[metric] accuracy is none of real numbers, which have r2");
  refused(y, TargetLoss::logistic, Metric::r2, "[metric] r2 is none of several labels");
  refused(Tensor::filled(5, 2, 3), TargetLoss::logistic, Metric::micro_f1, "3");
  NodeTargets outside = task.nodes(y, TargetLoss::logistic, Metric::micro_f1);
  const std::vector<Node> beyond{0, 5};
  outside.test = beyond;
  CHECK_THROWS_WITH_AS(node_targets(outside),
                       "[node_targets] test: got node 5, want nodes below 5, the number of nodes", ValueError);
  NodeTargets few = task.nodes(y, TargetLoss::logistic, Metric::micro_f1);
  few.predict = [](Pass&) { return Prediction(Variable(Tensor(3, 2), true)); };
  CHECK_THROWS_WITH_AS(train(node_targets(few), {.epochs = 1}),
                       doctest::Contains("[node_targets] rows of the prediction (one a node): got 3, want 5"),
                       ShapeError);
  NodeTargets none = task.nodes(y, TargetLoss::logistic, Metric::micro_f1);
  none.train = {};
  CHECK_THROWS_AS(node_targets(std::move(none)), ValueError);
}
