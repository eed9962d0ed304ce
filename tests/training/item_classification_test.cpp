#include "mercer/training/item_classification.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"
#include "support/same_training.hpp"

using namespace mercer;

namespace {

/// Items with one feature row each; a linear model whose dropout draws numbers.
struct LinearItems {
  Tensor x = test::random_tensor(11, 3);
  std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2, 0, 1, 2, -1, 1};
  std::vector<Node> train{8, 0, 1, 4, 5}, validation{2, 3}, test{6, 7};
  Variable weight{test::random_tensor(3, 3, 4), true};
  std::vector<std::size_t> sizes{};  // of the calls of predict

  ItemClassification items(Index batch = 2) {
    return {.parameters = {{"weight", weight}},
            .predict = [this](std::span<const Node> some, Pass& pass) -> Prediction {
              sizes.push_back(some.size());
              const Variable rows = gather_rows(Variable(x), {some.begin(), some.end()});
              return matmul(dropout(rows, pass.dropout(0.3f)), weight);
            },
            .labels = labels,
            .train = train,
            .validation = validation,
            .test = test,
            .batch = batch,
            .seed = 5,
            .evaluated_at_once = 4};
  }
};

}  // namespace

TEST_CASE("the loss of a batch is the mean cross entropy of its items") {
  LinearItems of;
  const Task task = item_classification(of.items());
  CHECK(task.batches.count() == 3);
  std::multiset<Node> all;
  for (Index number = 0; number < 3; ++number) {
    const Batch batch = task.batches(1, number);
    CHECK(batch.items.size() == (number < 2 ? 2 : 1));
    std::vector<Node> items;
    for (const Node n : batch.items)
      items.push_back(of.train[static_cast<std::size_t>(n)]);
    all.insert(items.begin(), items.end());
    Pass pass = Pass::inference();
    const Variable logits = matmul(Variable(of.x), of.weight);
    CHECK(static_cast<double>(task.loss(batch, pass).value()(0, 0)) ==
          doctest::Approx(static_cast<double>(cross_entropy(logits, of.labels, items).value()(0, 0))));
  }
  CHECK(all == std::multiset<Node>(of.train.begin(), of.train.end()));
}

TEST_CASE("predictions come in pieces; validation predicts its own items alone") {
  LinearItems of;
  const Task task = item_classification(of.items());
  Pass pass = Pass::inference();
  const Tensor all = task.predict(pass).value();
  CHECK(of.sizes == std::vector<std::size_t>{4, 4, 3});
  CHECK(max_abs_difference(all, matmul(Variable(of.x), of.weight).value()) < test::rounding);
  of.sizes.clear();
  const Tensor some = task.predict_validation(pass).value();
  CHECK(of.sizes == std::vector<std::size_t>{2});
  REQUIRE(some.rows() == 11);
  CHECK(some(2, 0) == doctest::Approx(all(2, 0)));
  CHECK(some(0, 0) == 0);
  CHECK(task.score(all, Subset::validation)->loss == task.score(some, Subset::validation)->loss);
  CHECK(task.score(all, Subset::test)->score == accuracy(all, of.labels, of.test));
}

TEST_CASE("training in batches resumes in the middle of an epoch to the same bits") {
  const auto run = [](Index stop_after, const std::optional<TrainState>& from) {
    LinearItems of;
    const Task task = item_classification(of.items());
    Index steps = 0;
    return train(task, {.epochs = 6,
                        .seed = 2,
                        .optimizer = AdamW{.learning_rate = 0.05, .beta2 = 0.98},
                        .step_schedule = inverse_root_rate(4),
                        .stop = StopRule::validation_loss,
                        .interrupted = [&steps, stop_after] { return steps++ == stop_after; },
                        .resume = from});
  };
  const TrainResult whole = run(-1, std::nullopt), first = run(7, std::nullopt);
  CHECK(whole.ending == Ending::all_epochs);
  CHECK(first.ending == Ending::interrupted);
  CHECK(first.state.epochs == 2);
  CHECK(first.state.batch == 1);
  const TrainResult second = run(-1, first.state);
  CHECK(test::same_bits(whole.prediction, second.prediction));
  CHECK(test::same_bits(whole.state.parameters.at("weight"), second.state.parameters.at("weight")));
  CHECK(whole.state.history.back().learning_rate == second.state.history.back().learning_rate);
}

TEST_CASE("the inverse square root rises to 1 and falls; steps count from the first epoch on") {
  const Schedule rate = inverse_root_rate(4);
  CHECK(rate(0) == 0.25);
  CHECK(rate(3) == 1);
  CHECK(rate(15) == 0.5);
  CHECK_THROWS_WITH_AS(inverse_root_rate(0), doctest::Contains("at least 1"), ValueError);
  LinearItems of;
  const Task task = item_classification(of.items());
  const TrainResult trained = train(task, {.epochs = 2,
                                           .optimizer = Sgd{.learning_rate = 1},
                                           .schedule = step_rate(1, 0.5),
                                           .step_schedule = [](Index step) { return static_cast<double>(step); },
                                           .stop = StopRule::fixed_epochs});
  CHECK(trained.state.history[0].learning_rate == 2);        // of step 2, the last one of epoch 0
  CHECK(trained.state.history[1].learning_rate == 0.5 * 5);  // of step 5
}

TEST_CASE("class weights count, and one of 0 is refused") {
  LinearItems of;
  ItemClassification weighed = of.items();
  weighed.class_weights = {1, 2, 3};
  const Task task = item_classification(weighed);
  Pass pass = Pass::inference();
  const Batch batch{.items = {0, 1, 2, 3, 4}};
  const Variable logits = matmul(Variable(of.x), of.weight);
  CHECK(static_cast<double>(task.loss(batch, pass).value()(0, 0)) ==
        doctest::Approx(static_cast<double>(
            cross_entropy(logits, of.labels, of.train, {.class_weights = {1, 2, 3}}).value()(0, 0))));
  weighed.class_weights = {1, 0, 3};
  CHECK_THROWS_WITH_AS(item_classification(weighed), doctest::Contains("got 0 for class 1"), ValueError);
}

TEST_CASE("items that can't be trained on are refused by name") {
  LinearItems of;
  const auto refused = [&](auto change, const char* why) {
    ItemClassification items = of.items();
    change(items);
    CHECK_THROWS_WITH_AS(item_classification(items), doctest::Contains(why), ValueError);
  };
  const std::vector<Node> beyond{11};
  refused([](ItemClassification& items) { items.train = {}; }, "no training items");
  refused([](ItemClassification& items) { items.predict = nullptr; }, "predict");
  refused([](ItemClassification& items) { items.batch = 0; }, "batch: got 0");
  refused([&](ItemClassification& items) { items.test = beyond; }, "item: got 11");
}
