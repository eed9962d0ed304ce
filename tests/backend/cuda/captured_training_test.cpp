#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "backend/cuda/lane_orders.hpp"
#include "backend/cuda/small_training.hpp"
#include "mercer/autograd/functions.hpp"
#include "support/random_tensor.hpp"
#include "support/same_training.hpp"

namespace mercer::test {
namespace {

/// The values that change from epoch to epoch: draws, rate, corrections of Adam, clipping, kept parameters.
TrainOptions options_of(Index epochs) {
  return {.epochs = epochs,
          .seed = 3,
          .optimizer = Adam{.learning_rate = 0.05, .weight_decay = 5e-3},
          .schedule = cosine_rate(8, 2),
          .clip_norm = 0.4,
          .stop = StopRule::validation_loss,
          .patience = 2};
}

/// Narrow, and of few frequencies: what a step launches does not depend on sizes.
ModelOptions narrow(const std::string& name) {
  ModelOptions model{.name = name, .options = {{"hidden", 4}}};
  if (options_of_model(name).find("frequencies") != nullptr) model.options.insert_or_assign("frequencies", 8);
  return model;
}

ModelOptions model_of(const char* name) {
  ModelOptions model = narrow(name);
  model.options.insert_or_assign("dropout", 0.4f);
  return model;
}

/// Compares a training with replay and without.
struct Both {
  TrainResult replayed, launched;

  Both(TrainOptions options, const std::function<TrainResult(const TrainOptions&)>& train_anew) {
    options.cuda_graph = false;
    launched = train_anew(options);
    options.cuda_graph = true;
    replayed = train_anew(options);
    release_unused_memory();
    check_same(replayed.state, launched.state);
    CHECK(replayed.ending == launched.ending);
    CHECK(replayed.note == launched.note);
    CHECK(replayed.kept_epoch == launched.kept_epoch);
    CHECK(same_bits(replayed.prediction, launched.prediction));
    CHECK(launched.uncaptured.empty());
  }
  Both(const SmallData& data, const ModelOptions& model, const TrainOptions& options)
      : Both(options, [&](const TrainOptions& o) { return trained(data, model, o, Device::cuda); }) {}
};

/// The gradient of `zero` overflows when `clock`, which grows by 1 each epoch, exceeds 3.5; the loss does not.
struct Overflow {
  Variable clock{Tensor(1, 1, Device::cuda), true}, zero{Tensor(1, 1, Device::cuda), true};

  Task task() const {
    return {.parameters = {{"clock", clock}, {"zero", zero}}, .loss = [this](const Batch&, Pass&) {
              const Variable late = relu(shift(clock, Real(-3.5))), huge = scale(scale(zero, Real(1e30)), Real(1e30));
              return add(multiply(late, huge), scale(clock, -1));
            }};
  }
};

}  // namespace

TEST_SUITE("epochs that are replayed = epochs that are launched" * doctest::skip(!device_present())) {
  TEST_CASE("of every kind of model") {
    const SmallData data(2);
    for (const char* name : {"gat", "gatv2", "rbf", "ikan-direct", "gcn", "mlp"}) {
      CAPTURE(name);
      const Both runs(data, model_of(name), options_of(4));
      CHECK(runs.replayed.uncaptured == "");
    }
  }

  TEST_CASE("of more parameters than one launch steps") {
    const ModelOptions deep{.name = "mlp", .options = {{"hidden", 4}, {"layers", 20}}};
    TrainOptions options = options_of(4);
    options.clip_norm = 1e-3;
    const Both runs(SmallData(2), deep, options);
    CHECK(runs.replayed.uncaptured == "");
    CHECK(runs.replayed.state.parameters.size() > 32);
    CHECK(runs.replayed.state.history.back().gradient_norm > options.clip_norm);
  }

  TEST_CASE("of every model there is, but for those that read the device on the way") {
    const SmallData data(2);
    std::vector<std::string> launched;
    for (const std::string& name : model_names()) {
      if (name == "kernel-machine") continue;
      const TrainResult result = trained(data, narrow(name), options_of(2), Device::cuda);
      if (result.uncaptured.empty()) continue;
      CHECK(result.uncaptured ==
            "[copy] CUDA graph: the host waits for what the device computes, in the middle of a step");
      launched.push_back(name);
    }
    CHECK(launched == std::vector<std::string>{"fastfood-rks", "fastfood-prf", "maclaurin"});
    release_unused_memory();
  }

  TEST_CASE("with every optimizer, clipped or not, stopped early or not at all") {
    const SmallData data(2);
    Index clipped = 0, stopped = 0;
    for (const UpdateRule& rule : std::vector<UpdateRule>{Sgd{.learning_rate = 2}, Sgd{.momentum = 0.9}, AdamW{}})
      for (const double norm : {0.0, 0.4}) {
        TrainOptions options = options_of(8);
        options.optimizer = rule;
        options.clip_norm = norm;
        const Both runs(data, model_of("mlp"), options);
        CHECK(runs.replayed.uncaptured == "");
        clipped += norm > 0 && runs.replayed.state.history.back().gradient_norm > norm;
        stopped += runs.replayed.ending == Ending::early_stop;
      }
    CHECK(clipped > 0);
    CHECK(stopped > 0);
  }

  TEST_CASE("resumed from a state") {
    const SmallData data(2);
    TrainOptions options = options_of(7);
    const TrainResult whole = trained(data, model_of("gat"), options, Device::cuda);
    for (const Index epochs : {1, 3}) {
      options.epochs = epochs;
      options.resume.reset();
      options.resume = trained(data, model_of("gat"), options, Device::cuda).state;
      options.epochs = 7;
      check_same(trained(data, model_of("gat"), options, Device::cuda).state, whole.state);
    }
  }

  TEST_CASE("and diverge in the same epoch, by loss or validation, with the same note") {
    SmallData data(2);
    TrainOptions options = options_of(9);
    options.clip_norm = 0;
    options.optimizer = Sgd{.learning_rate = 0.1};
    options.schedule = [](Index epoch) { return epoch < 4 ? 1 : 1e38; };
    const Both by_validation(data, model_of("mlp"), options);
    CHECK(by_validation.replayed.note ==
          "diverged in epoch 4: the validation loss is not finite; all parameters are finite");
    data.validation.clear();
    const Both by_loss(data, model_of("mlp"), options);
    CHECK(by_loss.replayed.note == "diverged in epoch 5: the training loss is not finite; all parameters are finite");
  }

  TEST_CASE("and diverge in the same epoch by a gradient") {
    const TrainOptions options{.epochs = 9, .optimizer = Sgd{.learning_rate = 1}};
    const Both runs(options, [](const TrainOptions& o) { return train(Overflow().task(), o); });
    CHECK(runs.replayed.state.epochs == 4);
    CHECK(runs.replayed.note ==
          "diverged in epoch 4: the gradient is not finite; the first value that isn't finite: gradient of parameter "
          "zero");
    CHECK(runs.replayed.state.parameters.at("clock")(0, 0) == 4);
  }

  TEST_CASE("and count the row sums that were guarded") {
    const SmallData data(2);
    ModelOptions model = model_of("inner-product");
    model.options.insert_or_assign("normaliser", "row-sum");
    model.options.insert_or_assign("input-dropout", 0.9f);  // κ is 0 for a node whose inputs are all dropped
    Index guarded[2] = {0, 0};
    int run = 0;
    const Both runs(options_of(5), [&](const TrainOptions& o) {
      return train(node_classification(SmallModel(data, model, Device::cuda).nodes(data, &guarded[run++])), o);
    });
    CHECK(runs.replayed.uncaptured == "");
    CHECK(guarded[0] > 0);
    CHECK(guarded[1] == guarded[0]);
  }

  TEST_CASE("also when parameters move to other memory during the training") {
    const SmallData data(2);
    const Both runs(options_of(7), [&](TrainOptions o) {
      const SmallModel model(data, model_of("gat"), Device::cuda);
      std::vector<Tensor> before;  // keeps the old memory and its values
      o.on_epoch = [&](const EpochReport& report) {
        if (report.epoch != 3) return;
        for (const Parameter& p : model.model.parameters) {
          Variable x = p.variable;
          before.push_back(std::exchange(x.mutable_value(), Tensor(x.value())));
        }
      };
      return train(node_classification(model.nodes(data)), o);
    });
    CHECK(runs.replayed.uncaptured == "");
  }

  TEST_CASE("of models that draw their noise anew in each step") {
    const SmallData data(2);
    for (const char* name : {"favor", "mikan", "generative-rks"}) {
      CAPTURE(name);
      const Both redrawn(data, model_of(name), options_of(4));
      CHECK(redrawn.replayed.uncaptured == "");
      ModelOptions model = model_of(name);
      model.options.insert_or_assign("noise", "frozen");
      const TrainResult frozen = trained(data, model, options_of(4), Device::cuda);
      CHECK(frozen.state.history.back().train_loss != redrawn.replayed.state.history.back().train_loss);
    }
  }

  TEST_CASE("also when predict waits for the logits") {
    const SmallData data(2);
    const Both runs(options_of(4), [&](const TrainOptions& o) {
      const SmallModel model(data, model_of("mlp"), Device::cuda);
      NodeClassification nodes = model.nodes(data);
      nodes.predict = [predict = nodes.predict](Pass& pass) {
        Prediction made = predict(pass);
        if (!pass.is_training()) made.logits = Variable(made.logits.value().to(Device::cpu));
        return made;
      };
      return train(node_classification(std::move(nodes)), o);
    });
    CHECK(runs.replayed.uncaptured ==
          "[copy] CUDA graph: the host waits for what the device computes, in the middle of a step");
  }

  TEST_CASE("also when a mask is drawn on the host and copied") {
    const Tensor x = Tensor::filled(4, 3, 1);
    const std::vector<std::int32_t> labels{0, 1, 0, 1};
    const std::vector<Node> nodes{0, 1, 2, 3};
    const Both runs(options_of(4), [&](const TrainOptions& o) {
      const Variable weight(Tensor::filled(3, 2, Real(0.5)).to(Device::cuda), true);
      const auto predict = [&](Pass& pass) -> Prediction {
        const Variable dropped = dropout(Variable(x), pass.dropout(0.5f));
        return matmul(Variable(dropped.value().to(Device::cuda)), weight);
      };
      return train(node_classification({{{"weight", weight}}, predict, labels, nodes, nodes}), o);
    });
    CHECK(runs.replayed.uncaptured == "[dropout] CUDA graph: this is drawn on the host, anew in each step");
  }
}

}  // namespace mercer::test
