#include "mercer/training/batch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/trainer.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"
#include "support/same_training.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index points = 23, batch_size = 5;

/// A line through noisy points, y = 2x − 1, by least squares on batches. A buffer keeps a running mean of the inputs,
/// which `loss` subtracts.
struct Line {
  Tensor x = Tensor(points, 1), y = Tensor(points, 1);
  Variable slope{Tensor(1, 1), true}, intercept{Tensor(1, 1), true};
  Variable running_mean{Tensor(1, 1)};
  std::function<void(const Batch&)> on_batch{};

  Line() {
    for (Index i = 0; i < points; ++i) {
      x(i, 0) = static_cast<Real>(i) / Real(points) + Real(0.5);
      y(i, 0) = 2 * x(i, 0) - 1 + Real(0.01) * static_cast<Real>(i % 3);
    }
  }
  Variable fitted(const Variable& inputs) const {
    return add_bias(matmul(add_bias(inputs, scale(running_mean, -1)), slope), intercept);
  }
  Variable squared_error(const std::vector<Node>& rows) const {
    const Variable d = add(fitted(gather_rows(Variable(x), rows)), scale(gather_rows(Variable(y), rows), -1));
    return scale(sum(multiply(d, d)), Real(1) / static_cast<Real>(rows.size()));
  }
  Task task() {
    return {.parameters = {{"slope", slope}, {"intercept", intercept}},
            .loss =
                [this](const Batch& batch, Pass&) {
                  if (on_batch) on_batch(batch);
                  CHECK(batch.examples == std::ssize(batch.items));
                  Real& mean = running_mean.mutable_value()(0, 0);
                  for (const Node i : batch.items)
                    mean += Real(0.1) * (x(i, 0) - mean);
                  return squared_error(batch.items);
                },
            .predict = [this](Pass&) { return fitted(Variable(x)); },
            .score = [this](ConstView fit, Subset which) -> std::optional<Scores> {
              if (which == Subset::test) return std::nullopt;
              double loss = 0;
              for (Index i = 0; i < points; ++i)
                loss += std::pow(static_cast<double>(fit(i, 0) - y(i, 0)), 2) / double(points);
              return Scores{.loss = loss, .score = -loss};
            },
            .batches = BatchSource::shuffled(points, batch_size, 7),
            .buffers = {{"running_mean", running_mean}}};
  }
};

TrainOptions batch_options(Index epochs) {
  return {.epochs = epochs, .seed = 3, .optimizer = Adam{.learning_rate = 0.05}, .stop = StopRule::validation_loss};
}

}  // namespace

TEST_CASE("each epoch of shuffled batches holds every item once, in a reproducible order of its own") {
  const BatchSource source = BatchSource::shuffled(points, batch_size, 7);
  REQUIRE(source.count() == 5);
  CHECK_FALSE(source.is_whole());
  std::vector<std::vector<Node>> orders;
  for (const Index epoch : {0, 1, 0}) {
    std::vector<Node>& order = orders.emplace_back();
    for (Index b = 0; b < source.count(); ++b) {
      const Batch batch = source(epoch, b);
      CHECK(batch.epoch == epoch);
      CHECK(batch.number == b);
      CHECK(batch.examples == (b == 4 ? 3 : 5));
      CHECK(batch.all_examples == points);  // a divergence is divided by the examples of all batches
      order.insert(order.end(), batch.items.begin(), batch.items.end());
    }
  }
  CHECK(orders[0] == orders[2]);
  CHECK(orders[0] != orders[1]);
  CHECK(BatchSource::shuffled(points, batch_size, 8)(0, 0).items != source(0, 0).items);
  CHECK(source(1, 3).items == std::vector<Node>(orders[1].begin() + 15, orders[1].begin() + 20));
  std::ranges::sort(orders[1]);
  std::vector<Node> all(points);
  std::iota(all.begin(), all.end(), 0);
  CHECK(orders[1] == all);
}

TEST_CASE("an epoch is one whole batch unless it is divided; invalid sizes are refused") {
  CHECK(BatchSource().is_whole());
  CHECK(BatchSource().count() == 1);
  CHECK(BatchSource::whole(140)(9, 0).examples == 140);
  CHECK(BatchSource::whole(140)(9, 0).all_examples == 140);
  CHECK(BatchSource(2, [](Index, Index) { return std::vector<Node>{1, 2, 3}; })(0, 1).all_examples == 3);
  CHECK(BatchSource::shuffled(3, 100, 1)(0, 0).items.size() == 3);
  CHECK_THROWS_AS(BatchSource::shuffled(0, 5, 1), ValueError);
  CHECK_THROWS_AS(BatchSource::shuffled(5, 0, 1), ValueError);
  CHECK_THROWS_AS(BatchSource(0, [](Index, Index) { return std::vector<Node>(); }), ValueError);
  CHECK_THROWS_AS(BatchSource(2, nullptr), ValueError);
}

TEST_CASE("a user's loss on batches: a line is fitted, one step for each batch") {
  Line line;
  Index steps = 0;
  line.on_batch = [&](const Batch& batch) { CHECK(batch.epoch * 5 + batch.number == steps++); };
  const TrainResult result = train(line.task(), batch_options(120));
  CHECK(result.ending == Ending::all_epochs);
  CHECK(steps == 600);
  CHECK(result.state.optimizer.steps == 600);
  CHECK(line.slope.value()(0, 0) == doctest::Approx(2).epsilon(0.02));
  CHECK(result.validation->loss < 1e-3);
  CHECK(result.train.has_value());
  CHECK_FALSE(result.test.has_value());
  CHECK(result.prediction.rows() == points);
}

TEST_CASE("the loss of an epoch is the mean over its batches, the norm the largest") {
  Line line;
  TrainOptions o = batch_options(1);
  o.optimizer = Sgd{.learning_rate = 1e-30};  // every batch has the same parameters
  std::vector<double> losses, norms;
  line.on_batch = [&](const Batch&) {};
  Task task = line.task();
  task.loss = [&](const Batch& batch, Pass&) {
    const Variable loss = line.squared_error(batch.items);
    losses.push_back(static_cast<double>(loss.value()(0, 0)));
    Line twin;
    twin.squared_error(batch.items).backward();
    norms.push_back(gradient_norm({{"slope", twin.slope}, {"intercept", twin.intercept}}));
    return loss;
  };
  const EpochReport report = train(task, o).state.history.at(0);
  REQUIRE(losses.size() == 5);
  CHECK(report.train_loss == doctest::Approx(std::accumulate(losses.begin(), losses.end(), 0.0) / 5));
  CHECK(report.gradient_norm == *std::ranges::max_element(norms));
}

TEST_CASE("training stopped between two batches resumes from a file to the same bits, buffers included") {
  const TempFolder scratch;
  for (const StopRule rule : {StopRule::validation_loss, StopRule::fixed_epochs}) {
    TrainOptions o = batch_options(6);
    o.stop = rule;
    Line straight, before, after;
    const TrainResult whole = train(straight.task(), o);
    Index steps = 0;
    before.on_batch = [&](const Batch&) { ++steps; };
    TrainOptions stopping = o;
    stopping.interrupted = [&] { return steps == 13; };
    const TrainResult part = train(before.task(), stopping);
    CHECK(part.ending == Ending::interrupted);
    CHECK(part.state.epochs == 2);
    CHECK(part.state.batch == 3);
    save_state(scratch / "state", part.state);
    o.resume = load_state(scratch / "state");
    CHECK(o.resume->batch == 3);
    CHECK(o.resume->under_way.train_loss == part.state.under_way.train_loss);
    const TrainResult rest = train(after.task(), o);
    check_same(whole.state, rest.state);
    CHECK(max_abs_difference(straight.running_mean.value(), after.running_mean.value()) == 0);
    CHECK(max_abs_difference(straight.slope.value(), after.slope.value()) == 0);
  }
}

TEST_CASE("buffers are kept and restored with the parameters of the best epoch, and never optimised") {
  Line line;
  Task task = line.task();
  Index asked = 0;  // first called before the first epoch
  task.score = [&](ConstView, Subset which) -> std::optional<Scores> {
    if (which != Subset::validation) return std::nullopt;
    const Index epoch = asked++ - 1;
    return Scores{.loss = epoch == 3 ? 0.5 : 1, .score = 0};
  };
  TrainOptions o = batch_options(8);
  std::vector<Real> means;
  o.on_epoch = [&](const EpochReport&) { means.push_back(line.running_mean.value()(0, 0)); };
  const TrainResult result = train(task, o);
  CHECK(result.kept_epoch == 3);
  REQUIRE(means.size() == 8);
  CHECK(means[3] != means[7]);
  CHECK(line.running_mean.value()(0, 0) == means[3]);
  CHECK(result.state.buffers.at("running_mean")(0, 0) == means[7]);
  CHECK(result.state.kept.at("running_mean")(0, 0) == means[3]);
  CHECK_FALSE(result.state.parameters.contains("running_mean"));
}

TEST_CASE("parameters and a loss are a task: all epochs run, states are saved between batches") {
  Line line;
  const Task task{.parameters = {{"slope", line.slope}, {"intercept", line.intercept}},
                  .loss = [&](const Batch& batch, Pass&) { return line.squared_error(batch.items); },
                  .batches = BatchSource::shuffled(points, batch_size, 1)};
  TrainOptions o = batch_options(3);
  o.stop = StopRule::gat_authors;
  o.save_every = 4;
  std::vector<Index> saved;
  o.on_save = [&](const TrainState& state) { saved.push_back(state.epochs * 5 + state.batch); };
  const TrainResult result = train(task, o);
  CHECK(result.ending == Ending::all_epochs);
  CHECK(result.note.find("no validation") != std::string::npos);
  CHECK(saved == std::vector<Index>{4, 8, 12});
  CHECK(result.prediction.empty());
  CHECK_FALSE(result.train.has_value());
  CHECK(result.kept_epoch == 2);
}

TEST_CASE("a loss that is not finite names the batch, and a state of other batches is refused") {
  Line line;
  TrainOptions o = batch_options(3);
  Task task = line.task();
  task.loss = [&](const Batch& batch, Pass&) {
    const Variable loss = line.squared_error(batch.items);
    const Variable nan(Tensor::filled(1, 1, std::numeric_limits<Real>::quiet_NaN()));
    return batch.epoch == 1 && batch.number == 2 ? add(loss, nan) : loss;
  };
  const TrainResult result = train(task, o);
  CHECK(result.note.find("diverged in epoch 1, batch 2: the training loss is not finite") != std::string::npos);
  CHECK(result.state.batch == 2);
  o.resume = result.state;
  task.batches = BatchSource::shuffled(points, 20, 7);
  CHECK(message_of<ValueError>([&] { train(task, o); }) ==
        "[train] the state to resume from has done 2 batches of an epoch, which has 2");
}
