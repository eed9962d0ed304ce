#include "mercer/training/node_classification.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"
#include "support/same_training.hpp"
#include "support/two_clouds.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

TrainOptions options(Index epochs) {
  return {.epochs = epochs,
          .seed = 42,
          .optimizer = Adam{.learning_rate = 0.05, .weight_decay = 1e-3},
          .schedule = cosine_rate(40, 4)};
}

}  // namespace

TEST_CASE("forty points are learned: the loss falls and the test nodes are classified") {
  TwoClouds toy;
  Index reported = 0;
  TrainOptions o = options(60);
  o.on_epoch = [&](const EpochReport& r) { CHECK(r.epoch == reported++); };
  const TrainResult result = train(toy.task(), o);
  CHECK(reported == result.state.epochs);
  CHECK(result.state.history.back().train_loss < result.state.history.front().train_loss / 2);
  CHECK(result.test->score >= 0.8);
  CHECK(result.note.empty());
  CHECK(accuracy(result.prediction, toy.labels, toy.test) == result.test->score);
  const EpochReport& first = result.state.history.front();
  CHECK(first.learning_rate == doctest::Approx(0.05 / 4));
  CHECK(first.epoch_ms > 0);
  CHECK(first.evaluation_ms > 0);
}

TEST_CASE("without other ranks training is local, and an interrupt of one rank ends the training of all") {
  TwoClouds alone, shared, ended;
  const auto as_rank = [](TwoClouds& toy, std::function<void(View)> add_up) {
    NodeClassification nodes = toy.nodes();
    nodes.sharing = Sharing{.add_up = std::move(add_up), .add_up_gradients = [](const Parameters&) {}};
    return node_classification(std::move(nodes));
  };
  const TrainResult want = train(alone.task(), options(10));
  check_same(train(as_rank(shared, [](View) {}), options(10)).state, want.state);
  const TrainResult got = train(as_rank(ended,
                                        [](View x) {
                                          if (x.size() == 1) x.data[0] += 1;  // another rank's interrupt
                                        }),
                                options(10));
  CHECK(got.ending == Ending::interrupted);
  CHECK(got.state.epochs == 0);
}

TEST_CASE("the kept parameters are those of the kept epoch, not the last") {
  TwoClouds toy;
  TrainOptions o = options(30);
  o.stop = StopRule::validation_loss;
  o.optimizer = Sgd{.learning_rate = 30};  // far too large: the validation loss jumps up and down
  o.schedule = constant_rate();
  const TrainResult result = train(toy.task(), o);
  const auto& history = result.state.history;
  double best = std::numeric_limits<double>::infinity();
  Index best_epoch = -1;
  for (const EpochReport& r : history)
    if (r.validation->loss < best) {
      best = r.validation->loss;
      best_epoch = r.epoch;
    }
  CHECK(result.kept_epoch == best_epoch);
  CHECK(result.kept_epoch + 1 < result.state.epochs);
  CHECK(result.validation->loss == best);
  CHECK(max_abs_difference(toy.weight.value(), result.state.kept.at("weight")) == 0);
  CHECK(max_abs_difference(toy.weight.value(), result.state.parameters.at("weight")) > 0);
}

TEST_CASE("patience ends training; the loss rule and the metric are the caller's") {
  TwoClouds toy;
  TrainOptions o = options(100000);
  o.schedule = constant_rate();
  o.stop = StopRule::validation_loss;
  o.patience = 5;
  NodeClassification nodes = toy.nodes();
  nodes.metric = Metric::roc_auc;
  const TrainResult result = train(node_classification(nodes), o);
  CHECK(result.ending == Ending::early_stop);
  CHECK(result.state.epochs == result.kept_epoch + 6);
  CHECK(result.test->score == roc_auc(result.prediction, toy.labels, toy.test));
}

TEST_CASE("ten epochs, a file and ten more are twenty epochs, bit for bit") {
  const TempFolder scratch;
  for (const StopRule rule : {StopRule::gat_authors, StopRule::fixed_epochs}) {
    TrainOptions o = options(20);
    o.stop = rule;
    o.clip_norm = 0.5;
    TwoClouds straight;
    const TrainResult whole = train(straight.task(), o);

    TwoClouds before;
    o.epochs = 10;
    save_state(scratch / "resume", train(before.task(), o).state);
    TwoClouds after(7);  // other first values, which must not matter
    after.points = straight.points;
    after.x = Variable(after.points);
    o.epochs = 20;
    o.resume = load_state(scratch / "resume");
    const TrainResult rest = train(after.task(), o);
    check_same(whole.state, rest.state);
    CHECK(rest.kept_epoch == whole.kept_epoch);
    CHECK(max_abs_difference(straight.weight.value(), after.weight.value()) == 0);
    CHECK(rest.test->loss == whole.test->loss);
  }
}

TEST_CASE("the same bits at 1, 2 and 4 threads; other bits with another seed") {
  const auto run = [](int count, std::uint64_t seed) {
    set_threads(count);
    TwoClouds toy;
    TrainOptions o = options(15);
    o.seed = seed;
    const TrainState state = train(toy.task(), o).state;
    set_threads(0);
    return state;
  };
  const TrainState one = run(1, 42);
  check_same(one, run(2, 42));
  check_same(one, run(4, 42));
  CHECK(max_abs_difference(one.parameters.at("weight"), run(1, 43).parameters.at("weight")) > 0);
}

TEST_CASE("an interrupt ends training cleanly, and it resumes to the same bits") {
  TwoClouds straight, stopped;
  const TrainResult whole = train(straight.task(), options(12));
  TrainOptions o = options(12);
  Index done = 0;
  o.on_epoch = [&](const EpochReport&) { ++done; };
  o.interrupted = [&] { return done == 5; };
  const TrainResult part = train(stopped.task(), o);
  CHECK(part.ending == Ending::interrupted);
  CHECK(part.state.epochs == 5);
  CHECK(part.test.has_value());
  o.interrupted = nullptr;
  o.resume = part.state;
  const TrainResult rest = train(stopped.task(), o);
  CHECK(rest.ending == Ending::all_epochs);
  check_same(whole.state, rest.state);
}

TEST_CASE("states are saved during training, and a finished run does nothing more") {
  TwoClouds toy;
  TrainOptions o = options(10);
  std::vector<Index> saved;
  o.save_every = 4;
  o.on_save = [&](const TrainState& state) { saved.push_back(state.epochs); };
  const TrainResult result = train(toy.task(), o);
  CHECK(saved == std::vector<Index>{4, 8});
  o.resume = result.state;
  check_same(result.state, train(toy.task(), o).state);
}

TEST_CASE("a penalty is added to the loss") {
  TwoClouds plain, pulled;
  NodeClassification nodes = pulled.nodes();
  nodes.predict = [&](Pass& pass) {
    return Prediction{pulled.logits(pass), scale(sum(multiply(pulled.weight, pulled.weight)), 10)};
  };
  const Task task = node_classification(nodes);
  TrainOptions o = options(20);
  o.stop = StopRule::fixed_epochs;
  const TrainResult with = train(task, o), without = train(plain.task(), o);
  const auto length = [](const TwoClouds& toy) {
    return static_cast<double>(sum(multiply(toy.weight, toy.weight)).value()(0, 0));
  };
  CHECK(length(pulled) < length(plain));
  CHECK(with.state.history[0].train_loss > without.state.history[0].train_loss + 1);
}

TEST_CASE("a loss that is not finite stops training and is located") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  TwoClouds toy;
  NodeClassification nodes = toy.nodes();
  TrainOptions o = options(20);
  SUBCASE("later: the kept parameters stay") {
    Index calls = 0;
    nodes.predict = [&](Pass& pass) {
      const Variable y = toy.logits(pass);
      return Prediction{pass.is_training() && ++calls == 4 ? add(y, Variable(Tensor::filled(40, 2, nan))) : y};
    };
    const TrainResult result = train(node_classification(nodes), o);
    CHECK(result.ending == Ending::diverged);
    CHECK(result.note == "diverged in epoch 3: the training loss is not finite; all parameters are finite");
    CHECK(result.state.epochs == 3);
    CHECK(max_abs_difference(toy.weight.value(), result.state.kept.at("weight")) == 0);
    CHECK(result.test.has_value());
  }
  SUBCASE("in a parameter: it is named, and the last usable ones stay") {
    o.on_epoch = [&](const EpochReport& r) {
      if (r.epoch == 2) toy.bias.mutable_value()(0, 1) = nan;
    };
    const TrainResult result = train(node_classification(nodes), o);
    CHECK(result.note.find("epoch 3") != std::string::npos);
    CHECK(result.note.find("parameter bias") != std::string::npos);
    CHECK(all_finite(toy.bias.value()));
    CHECK(result.kept_epoch >= 0);
  }
  SUBCASE("by a step that is too large, without a rule: the start stays") {
    const Tensor start = toy.weight.value();
    o.stop = StopRule::fixed_epochs;
    o.optimizer = Sgd{.learning_rate = static_cast<double>(std::numeric_limits<Real>::max()), .weight_decay = 1000};
    o.schedule = constant_rate();
    const TrainResult result = train(node_classification(nodes), o);
    CHECK(result.ending == Ending::diverged);
    CHECK(result.note.find("parameter weight") != std::string::npos);
    CHECK(result.kept_epoch == -1);
    CHECK(max_abs_difference(toy.weight.value(), start) == 0);
  }
  SUBCASE("in a gradient: the step isn't taken") {
    nodes.predict = [&](Pass& pass) {
      const Variable y = toy.logits(pass);
      return Prediction{y, Variable::record(Tensor(1, 1), {toy.weight}, [&](std::span<Variable> in, const Tensor&) {
                          in[0].add_grad(Tensor::filled(6, 2, nan));
                        })};
    };
    const Tensor start = toy.weight.value();
    const TrainResult result = train(node_classification(nodes), o);
    CHECK(result.note ==
          "diverged in epoch 0: the gradient is not finite; the first value that isn't finite: gradient of parameter "
          "weight");
    CHECK(result.kept_epoch == -1);
    CHECK(max_abs_difference(toy.weight.value(), start) == 0);
  }
}

TEST_CASE("without validation nodes all epochs run, the last parameters stay, and the note says so") {
  TwoClouds toy;
  toy.validation.clear();
  TrainOptions o = options(9);
  o.patience = 1;
  const TrainResult result = train(toy.task(), o);
  CHECK(result.ending == Ending::all_epochs);
  CHECK(result.kept_epoch == 8);
  CHECK(result.note.find("no validation") != std::string::npos);
  CHECK_FALSE(result.validation.has_value());
  CHECK_FALSE(result.state.history[0].validation.has_value());
  CHECK(max_abs_difference(toy.weight.value(), result.state.parameters.at("weight")) == 0);
}

TEST_CASE("no epochs, no test nodes: defined") {
  TwoClouds toy;
  toy.test.clear();
  const Tensor start = toy.weight.value();
  const TrainResult result = train(toy.task(), options(0));
  CHECK(result.kept_epoch == -1);
  CHECK(max_abs_difference(toy.weight.value(), start) == 0);
  CHECK(result.train.has_value());
  CHECK_FALSE(result.test.has_value());
}

TEST_CASE("invalid tasks are refused before the first step") {
  TwoClouds toy;
  const TrainOptions o = options(5);
  const auto refused = [&](auto&& change) {
    NodeClassification bad = toy.nodes();
    change(bad);
    return message_of<ValueError>([&] { train(node_classification(bad), o); });
  };
  CHECK(refused([](NodeClassification& bad) { bad.train = {}; }) == "[node_classification] no training nodes");
  CHECK(refused([](NodeClassification& bad) { bad.predict = nullptr; }) ==
        "[node_classification] there is no function `predict`");
  CHECK(refused([](NodeClassification& bad) { bad.parameters.push_back(bad.parameters[0]); }) ==
        "[train] two parameters are named weight");
  TrainOptions backwards = o;
  backwards.save_every = -3;
  CHECK(message_of<ValueError>([&] { train(node_classification(toy.nodes()), backwards); }) ==
        "[train] steps between saves: got -3, want at least 0");
  const std::vector<Node> outside{40}, one_class{30, 32};
  CHECK(refused([&](NodeClassification& bad) { bad.test = outside; }) ==
        "[node_classification] test: got node 40, want nodes below 40, the number of nodes");
  CHECK(refused([&](NodeClassification& bad) { bad.train = outside; }).starts_with("[node_classification] train: got"));
  NodeClassification weighed = toy.nodes();
  weighed.class_weights = {1};
  CHECK(message_of<ShapeError>([&] {
          train(node_classification(weighed), o);
        }).starts_with("[node_classification] class_weights (one a class): got 1, want 2"));
  NodeClassification few = toy.nodes();
  few.predict = [](Pass&) { return Prediction(Variable(Tensor(3, 2), true)); };
  CHECK(message_of<ShapeError>([&] {
          train(node_classification(few), o);
        }).starts_with("[node_classification] rows of the prediction (one a node): got 3, want 40"));
  CHECK(refused([&](NodeClassification& bad) {
          bad.test = one_class;
          bad.metric = Metric::roc_auc;
        }) == "[roc_auc] all rows are of one class, want both");

  const Task good = toy.task();
  const auto odd = [&](auto&& change) {
    Task task = good;
    TrainOptions options = o;
    change(task, options);
    return message_of<std::invalid_argument>([&] { train(task, options); });
  };
  CHECK(odd([](Task& task, TrainOptions&) { task.loss = nullptr; }) == "[train] the task has no loss");
  CHECK(odd([](Task& task, TrainOptions&) { task.predict = nullptr; }).find("no prediction") != std::string::npos);
  CHECK(odd([&](Task& task, TrainOptions&) {
          task.loss = [&](const Batch&, Pass& pass) { return toy.logits(pass); };
        }).find("[train] rows of the loss: got 40, want 1") != std::string::npos);
  CHECK(odd([&](Task& task, TrainOptions&) {
          task.buffers = {{"mean", Variable(Tensor(1, 1), true)}};
        }).find("buffer mean wants a gradient") != std::string::npos);
  CHECK(odd([](Task&, TrainOptions& options) { options.epochs = -1; }).find("epochs") != std::string::npos);
  CHECK_FALSE(odd([](Task&, TrainOptions& options) { options.patience = 0; }).empty());
  CHECK_FALSE(odd([](Task&, TrainOptions& options) { options.clip_norm = -1; }).empty());
}

TEST_CASE("a state of another run is refused, and the parameters stay as they are") {
  TwoClouds toy;
  TrainOptions o = options(5);
  const TrainState state = train(toy.task(), o).state;
  const Tensor before = toy.weight.value();
  const auto refused = [&](auto&& change) {
    TrainOptions other = o;
    other.resume = state;
    change(other);
    CHECK_THROWS_AS(train(toy.task(), other), ValueError);
    CHECK(max_abs_difference(toy.weight.value(), before) == 0);
  };
  refused([](TrainOptions& other) { other.seed = 1; });
  refused([](TrainOptions& other) { other.optimizer = AdamW{}; });
  refused([](TrainOptions& other) { other.stop = StopRule::fixed_epochs; });
  refused([](TrainOptions& other) { other.resume->parameters.erase("bias"); });
  refused([](TrainOptions& other) { other.resume->kept["bias"] = Tensor(2, 1); });
  refused([](TrainOptions& other) { other.resume->optimizer.second.clear(); });
  refused([](TrainOptions& other) { other.resume->history.pop_back(); });
  refused([](TrainOptions& other) { other.resume->batch = 1; });  // of 1: the epoch has no second batch
  refused([](TrainOptions& other) { other.resume->buffers["mean"] = Tensor(1, 1); });
}
