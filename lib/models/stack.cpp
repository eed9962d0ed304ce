#include "mercer/models/stack.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/counted.hpp"
#include "base/timed.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/feed_forward.hpp"
#include "mercer/layers/initialise.hpp"
#include "mercer/layers/linear.hpp"
#include "models/column_norm.hpp"
#include "models/global_branch.hpp"
#include "models/mean_penalty.hpp"

namespace mercer {
namespace {

/// max(a, b), with the gradient of the larger one.
Variable larger(const Variable& a, const Variable& b) { return add(a, relu(subtract(b, a))); }

Variable joined(const std::vector<Variable>& outputs, Jumping jumping) {
  if (jumping == Jumping::none) return outputs.back();
  if (jumping == Jumping::concat) return concat(outputs);
  Variable all = outputs.front();
  for (std::size_t l = 1; l < outputs.size(); ++l)
    all = jumping == Jumping::sum ? add(all, outputs[l]) : larger(all, outputs[l]);
  return all;
}

/// One layer with what belongs to it.
struct Hidden {
  AnyLayer layer;
  ColumnNorm norm{};
  std::optional<Linear> own{};                // V and d
  std::optional<FeedForward> feed_forward{};  // in the residual form
  std::optional<Linear> gate{};               // U and c of the gated form
  Variable beta{};                            // [1, columns]  its β is the sigmoid of this
};

/// One walk through the stack.
struct Walk {
  const Neighbourhoods& neighbourhoods;
  Pass& pass;
  Index layer = 0;  // the one in work, which attends
  MeanPenalty penalty{};
  std::vector<Operands>* operands = nullptr;  // collected, where asked

  const Neighbourhood& here() const { return neighbourhoods.of_layer(layer); }
  Variable run(const AnyLayer& layer, const Input& x) {
    if (operands != nullptr) collect(layer, x);
    auto [y, more] = layer.call(here(), x, pass);
    penalty.add(more);
    return y;
  }
  /// With the draws of the call.
  void collect(const AnyLayer& layer, const Input& x) {
    Pass same = pass;
    if (layer.operands) operands->push_back(layer.operands(here(), x, same));
  }
};

/// The parts of a model.
struct Parts {
  StackOptions options;
  std::optional<Linear> pre{};
  std::vector<Hidden> hidden{};
  ColumnNorm norm{};  // before the classifier, in the residual form
  std::optional<AnyLayer> output{};
  std::optional<Linear> classifier{};
  std::optional<GlobalParts> global{};

  Index layers() const { return std::ssize(hidden) + (output ? 1 : 0); }
  bool attends() const {
    return std::ranges::any_of(hidden, [](const Hidden& h) { return static_cast<bool>(h.layer.operands); }) ||
           (output && output->operands);
  }
  Variable drop(const Variable& x, Walk& walk) const {
    if (options.hidden_dropout == 0) return x;  // takes no stream of the pass
    return walk.here().dropout(x, walk.pass.dropout(options.hidden_dropout));
  }
  Input input(const Input& x, Walk& walk) const {
    if (!pre) return x;
    const TimedPart part("pre-linear");
    const float share = options.pre_dropout;
    const Variable h = (*pre)(share > 0 ? walk.here().dropout(x, walk.pass.dropout(share)) : x);
    return drop(options.pre_linear == PreLinear::active ? options.activation(h) : h, walk);
  }
  Variable combined(const Hidden& of, const Input& x, Walk& walk) const {
    const Variable y = walk.run(of.layer, x);
    return of.own ? concat({(*of.own)(walk.here().targets(x)), y}) : y;
  }
  /// h ← (1 − β) ∘ norm(relu(h U + c) ∘ z) + β ∘ z
  Variable gated(const Hidden& of, const Input& x, Walk& walk) const {
    const Variable z = drop(options.activation(combined(of, x, walk)), walk);
    const Variable gate = relu((*of.gate)(walk.here().targets(x)));
    const Variable y = of.norm(walk.here(), multiply(gate, z), walk.pass);
    return add(y, scale_heads(subtract(z, y), sigmoid(of.beta)));
  }
  Variable step(const Hidden& of, const Input& x, Walk& walk) const {
    if (of.gate) return gated(of, x, walk);
    if (!of.feed_forward) return drop(options.activation(of.norm(walk.here(), combined(of, x, walk), walk.pass)), walk);
    const Variable z = combined(of, of.norm(walk.here(), x.dense(), walk.pass), walk);
    return add(walk.here().targets(x.dense()), (*of.feed_forward)(walk.here(), z, walk.pass));
  }
  /// What the classifier reads.
  Input last_input(const Input& x, Walk& walk) const {
    if (!global) return local_input(x, walk);
    const Neighbourhood nodes = all_nodes(walk.here());  // refused at once, in the warm-up too
    const Input local = local_input(x, walk);
    if (!global->is_on(walk.pass)) return local;
    const TimedPart part("global branch");
    if (global->averages()) return global->averaged(nodes, x, local.dense(), walk.pass, walk.penalty);
    return global->gated(nodes, local.dense(), walk.pass, walk.penalty);
  }
  Variable logits(const Input& last, Walk& walk) const {
    const TimedPart part(output ? "layer" : "classifier", output ? layers() : 0);
    if (output) return walk.run(*output, last);
    const bool own = global && !global->averages() && global->is_on(walk.pass);
    return own ? global->logits(last.dense()) : (*classifier)(last);
  }
  /// The same of layers on edges alone.
  Input local_input(const Input& x, Walk& walk) const {
    walk.neighbourhoods.expect_layers("stack", layers());
    Input h = input(x, walk);
    std::vector<Variable> outputs;
    for (const Hidden& each : hidden) {
      for (Variable& earlier : outputs)
        earlier = walk.here().targets(earlier);
      const TimedPart part("layer", walk.layer + 1);
      h = outputs.emplace_back(step(each, h, walk));
      if (options.jumping == Jumping::none) outputs.clear();
      if (walk.layer + 1 < layers()) ++walk.layer;
    }
    if (!outputs.empty()) h = joined(outputs, options.jumping);
    return norm ? norm(walk.here(), h.dense(), walk.pass) : h;
  }
};

Model model_of(std::shared_ptr<const Parts> parts) {
  Model model;
  if (parts->pre) append(model.parameters, parts->pre->parameters("pre."));
  std::string number;
  const auto take_norm = [&](const ColumnNorm& norm) {
    append(model.parameters, norm.parameters("norm" + number + "."));
    append(model.buffers, norm.buffers("norm" + number + "."));
  };
  for (std::size_t l = 0; l < parts->hidden.size(); ++l) {
    const Hidden& of = parts->hidden[l];
    number = std::to_string(l + 1);
    append(model.parameters, of.layer.parameters("layer" + number + "."));
    take_norm(of.norm);
    if (of.own) append(model.parameters, of.own->parameters("own" + number + "."));
    if (of.feed_forward) append(model.parameters, of.feed_forward->parameters("feed_forward" + number + "."));
    if (of.gate) append(model.parameters, of.gate->parameters("gate" + number + "."));
    append(model.parameters, named("", {{"beta" + number, of.beta}}));
  }
  number.clear();
  take_norm(parts->norm);
  if (parts->output)
    append(model.parameters, parts->output->parameters("layer" + std::to_string(parts->hidden.size() + 1) + "."));
  if (parts->classifier) append(model.parameters, parts->classifier->parameters("classifier."));
  if (parts->global) {
    append(model.parameters, parts->global->parameters());
    append(model.buffers, parts->global->buffers());
  }
  if (parts->options.decay_norms)
    for (Parameter& p : model.parameters)
      if (p.name.starts_with("norm") || p.name.starts_with("global.norm")) p.decays = true;

  model.operands = [parts](const Neighbourhoods& neighbourhoods, const Input& x, Pass& pass) {
    std::vector<Operands> all;
    if (!parts->attends()) return all;
    Walk walk{.neighbourhoods = neighbourhoods, .pass = pass, .operands = &all};
    const Input last = parts->last_input(x, walk);
    if (parts->output) walk.collect(*parts->output, last);
    return all;
  };
  if (!parts->hidden.empty())
    model.hidden = [parts](const Neighbourhoods& neighbourhoods, const Input& x, Pass& pass) {
      Walk walk{.neighbourhoods = neighbourhoods, .pass = pass};
      return parts->last_input(x, walk).dense();
    };
  model.forward = [parts](const Neighbourhoods& neighbourhoods, const Input& x, Pass& pass) {
    Walk walk{.neighbourhoods = neighbourhoods, .pass = pass};
    const Input last = parts->last_input(x, walk);
    const Variable y = parts->logits(last, walk);
    if (parts->global) parts->global->count(pass);
    return Output{y, walk.penalty.value()};
  };
  return model;
}

}  // namespace

void StackOptions::declare(OptionList& list) {
  list.add("layers", layers, range::count, "layers, the output layer included");
  list.add("norm", norm, norm_choices,
           "of hidden layers, before their activation; of nodes (layer) or of columns (batch)");
  list.add("activation", activation, activation_choices, "after each hidden layer");
  list.add("hidden-dropout", hidden_dropout, range::share, "dropout after the activation");
  list.add("block", block, block_choices,
           "what a hidden layer is: plain (layer, norm, activation), residual (norm, layer, feed-forward, added to "
           "its input), or gated (times a linear function of its input, norm)");
  list.add("pre-linear", pre_linear, pre_linear_choices,
           "a linear layer before the first one, alone or with the activation");
  list.add("classifier", classifier, classifier_choices, "what makes logits: the last layer, or a linear one after it");
  list.add("jumping", jumping, jumping_choices, "the classifier reads all hidden layers, joined in this way");
  list.add("separate", separate, "hidden layers keep the node's own values beside those of its neighbours");
  list.add("pre-dropout", pre_dropout, range::share, "dropout on the features before the linear layer of pre-linear");
  list.add("decay-norms", decay_norms,
           "weight decay takes gains and shifts of norms as well, as PyTorch's optimisers do");
  global.declare(list);
}

void StackOptions::check(const char* op) const {
  require(layers >= 1, op, "layers: got " + std::to_string(layers) + ", want at least 1");
  const bool is_linear = classifier == Classifier::linear;
  const auto want_hidden = [&](bool given, const char* option, Index count) {
    require(!given || hidden_layers() >= count, op,
            std::string(option) + ": no effect on " + counted(hidden_layers(), "hidden layer") + ", want at least " +
                std::to_string(count) + ": take layers " + std::to_string(count + (is_linear ? 0 : 1)) +
                (is_linear || count > hidden_layers() + 1 ? "" : ", or classifier linear"));
  };
  want_hidden(norm != Norm::none, "norm", 1);
  want_hidden(block != BlockForm::plain, "block", 1);
  want_hidden(separate, "separate", 1);
  want_hidden(hidden_dropout > 0 && pre_linear.value_or(PreLinear::none) == PreLinear::none, "hidden-dropout", 1);
  want_hidden(jumping != Jumping::none, "jumping", 2);
  require(block != BlockForm::residual || pre_linear != PreLinear::none, op,
          "pre-linear: got none, but a residual block adds to its input, which must be as wide as its output");
  require(pre_dropout == 0 || block == BlockForm::residual || pre_linear.value_or(PreLinear::none) != PreLinear::none,
          op, "pre-dropout: no effect without a linear layer before the first one: leave it out, or set pre-linear");
  require(!decay_norms || norm != Norm::none || global.has_norm(), op,
          "decay-norms: no effect on a stack without a norm: set it to false, or choose a norm");
  global.check(op);
  require(global.branch == GlobalBranch::none || (classifier == Classifier::linear && hidden_layers() > 0), op,
          "global: the branch joins hidden layers before a linear classifier, want classifier linear");
}

Model stack(const StackOptions& given, const StackSizes& sizes, const MakeLayer& make, Random& random) {
  given.check("stack");
  const auto parts = std::make_shared<Parts>(Parts{.options = given});
  StackOptions& options = parts->options;
  const bool residual = options.block == BlockForm::residual;
  if (!options.pre_linear) options.pre_linear = residual ? PreLinear::active : PreLinear::none;
  Index in = sizes.features;
  if (options.pre_linear != PreLinear::none) {
    parts->pre.emplace(LinearOptions{.in = in, .out = sizes.width}, random);
    in = sizes.width;
  }
  const Index joined = options.separate ? 2 * sizes.width : sizes.width, out = residual ? sizes.width : joined;
  for (Index l = 0; l < options.hidden_layers(); ++l) {
    Hidden& of = parts->hidden.emplace_back(Hidden{.layer = make(in, false)});
    of.norm = ColumnNorm(options.norm, residual ? in : joined);
    if (options.separate) of.own.emplace(LinearOptions{.in = in, .out = sizes.width}, random);
    if (residual)
      of.feed_forward.emplace(FeedForwardOptions{.in = joined,
                                                 .hidden = sizes.width,
                                                 .out = sizes.width,
                                                 .activation = options.activation,
                                                 .dropout = options.hidden_dropout},
                              random);
    if (options.block == BlockForm::gated) {
      of.gate.emplace(LinearOptions{.in = in, .out = joined}, random);
      of.beta = glorot_uniform(1, joined, {options.hidden_layers(), joined}, random);
    }
    in = out;
  }
  if (options.jumping == Jumping::concat) in *= options.hidden_layers();
  if (residual) parts->norm = ColumnNorm(options.norm, in);
  if (options.classifier == Classifier::linear)
    parts->classifier.emplace(LinearOptions{.in = in, .out = sizes.classes}, random);
  else
    parts->output = make(in, true);
  if (options.global.branch != GlobalBranch::none)
    parts->global.emplace(options.global,
                          GlobalSizes{.features = sizes.features,
                                      .width = in,
                                      .classes = sizes.classes,
                                      .activation = options.activation,
                                      .dropout = options.hidden_dropout},
                          random);
  return model_of(parts);
}

Model stack(std::vector<AnyLayer> layers, Activation activation) {
  require(!layers.empty(), "stack", "layers: got none, want at least 1");
  const auto parts = std::make_shared<Parts>(Parts{.options = {.activation = activation}});
  for (std::size_t l = 0; l + 1 < layers.size(); ++l)
    parts->hidden.push_back({.layer = std::move(layers[l])});
  parts->output = std::move(layers.back());
  return model_of(parts);
}

}  // namespace mercer
