#include "mercer/training/item_targets.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;

namespace {

const std::vector<Node> items_to_train{0, 1, 2, 3, 4, 5}, items_to_choose{6, 7}, items_to_test{8, 9};

/// Ten items of three features; y = x W.
struct TargetItems {
  Tensor x = test::random_tensor(10, 3, 2);
  Variable weight{Tensor(3, 1), true};

  ItemTargets items(Tensor targets, TargetLoss loss = TargetLoss::squared, Metric metric = Metric::r2) {
    return {.parameters = {{"weight", weight}},
            .predict = [this](std::span<const Node> some, Pass&) -> Prediction {
              return matmul(gather_rows(Variable(x), {some.begin(), some.end()}), weight);
            },
            .targets = std::move(targets),
            .loss = loss,
            .train = items_to_train,
            .validation = items_to_choose,
            .test = items_to_test,
            .batch = 3,
            .seed = 4,
            .metric = metric};
  }
  Tensor targets() const { return matmul(Variable(x), Variable(Tensor::from({{2}, {-1}, {0.5}}))).value(); }
};

}  // namespace

TEST_CASE("the loss of a batch of targets is the mean squared error of its items") {
  TargetItems of;
  of.weight.mutable_value() = test::random_tensor(3, 1, 5);
  const Tensor y = of.targets();
  const Task task = item_targets(of.items(y));
  Pass pass = Pass::inference();
  const Batch batch = task.batches(2, 1);
  REQUIRE(batch.items.size() == 3);
  const Tensor fit = matmul(Variable(of.x), of.weight).value();
  double sum = 0;
  for (const Node n : batch.items) {
    const Node item = items_to_train[static_cast<std::size_t>(n)];
    sum += std::pow(static_cast<double>(fit(item, 0) - y(item, 0)), 2) / 3;
  }
  CHECK(static_cast<double>(task.loss(batch, pass).value()(0, 0)) == doctest::Approx(sum).epsilon(1e-5));
}

TEST_CASE("real targets of items are learned in batches and scored by r2; labels of 0 and 1 by the logistic loss") {
  TargetItems of;
  const TrainOptions options{
      .epochs = 200, .optimizer = Adam{.learning_rate = 0.05}, .stop = StopRule::validation_loss, .patience = 200};
  const TrainResult result = train(item_targets(of.items(of.targets())), options);
  REQUIRE(result.validation);
  CHECK(result.validation->score > 0.99);
  CHECK(static_cast<double>(of.weight.value()(0, 0)) == doctest::Approx(2).epsilon(0.02));
  TargetItems bits;
  Tensor y = bits.targets();
  for (Real& value : y.values())
    value = value > 0 ? Real(1) : Real(0);
  const TrainResult learned = train(item_targets(bits.items(y, TargetLoss::logistic, Metric::accuracy)), options);
  REQUIRE(learned.train);
  CHECK(learned.train->score == 1);
}

TEST_CASE("targets of items that can't be learned are refused by name") {
  TargetItems of;
  ItemTargets items = of.items(of.targets());
  items.metric = Metric::accuracy;
  CHECK_THROWS_WITH_AS(item_targets(items), doctest::Contains("accuracy is none of real numbers"), ValueError);
  items = of.items(Tensor(5, 1));
  CHECK_THROWS_WITH_AS(item_targets(items), doctest::Contains("item: got 5, want 0 to 4"), ValueError);
  items = of.items(of.targets());
  items.batch = 0;
  CHECK_THROWS_WITH_AS(item_targets(items), doctest::Contains("[item_targets] batch: got 0"), ValueError);
}
