#include "models/global_branch.hpp"

#include <string>
#include <utility>
#include <variant>

#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/layers/frobenius_attention.hpp"
#include "mercer/layers/initialise.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/nystrom_layers.hpp"

namespace mercer {
namespace {

KernelAttentionOptions linear_by(GlobalAttention attention) {
  KernelAttentionOptions by{.projection_bias = true, .linear = true};
  if (attention == GlobalAttention::sigmoid) {
    by.similarity = SigmoidMapOptions{};
    by.queries_are_keys = true;
  }
  if (attention == GlobalAttention::elu) by.similarity = EluMapOptions{};
  if (attention == GlobalAttention::relu) by.similarity = ReluMapOptions{};
  if (attention == GlobalAttention::favor) {
    by.similarity = PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}};
    by.p = Real(2);
  }
  if (attention == GlobalAttention::rks)
    by.similarity = FourierMapOptions{.distribution = GaussianFrequencyOptions{}, .squared = false};
  return by;
}

/// Heads side by side, of which Frobenius attention averages as many of the whole width.
AnyLayer attention_layer(GlobalAttention attention, Index width, Index heads, Random& random) {
  AttentionLayerOptions sizes{.in = width, .width = width, .heads = heads, .join = Join::mean, .bias = false};
  if (attention == GlobalAttention::frobenius) return FrobeniusAttention(sizes, random);
  require(width % heads == 0, "stack",
          "global-heads: got " + std::to_string(heads) + " for a stack of width " + std::to_string(width) +
              ", want a divisor of that width (heads times hidden)");
  sizes.width = width / heads;
  sizes.join = Join::concat;
  if (attention == GlobalAttention::nystrom)
    return NystromAttention(sizes, {.convolution = 0, .projection_bias = true}, random);
  return KernelAttention(sizes, linear_by(attention), random);
}

}  // namespace

void GlobalOptions::declare(OptionList& list) {
  list.add("global", branch, global_branch_choices,
           "a branch of attention to all nodes: averaged with the stack (SGFormer), or gated after it (Polynormer)");
  list.add("global-attention", attention, global_attention_choices,
           "attention of the global branch, in linear time; frobenius when averaged, sigmoid when gated, by default");
  list.add("global-layers", layers, range::count, "attention layers of the global branch; 1 by default");
  list.add("global-heads", heads, range::count, "heads of the global branch; 1 by default");
  list.add("global-dropout", dropout, range::share, "dropout in the global branch; hidden-dropout by default");
  list.add("global-norm", norm, norm_choices, "norm of the global branch; layer by default");
  list.add("global-weight", weight, range::share, "share of the averaged global branch; 0.5 by default");
  list.add("local-epochs", local_epochs, range::count, "epochs before the gated global branch begins; 0 by default");
}

void GlobalOptions::check(const char* op) const {
  const auto want = [&](bool given, const char* option, bool fits, const char* form) {
    require(!given || fits, op,
            std::string(option) + ": no effect without a global branch" + form + "; leave it out, or set global");
  };
  const bool any = branch != GlobalBranch::none;
  want(attention.has_value(), "global-attention", any, "");
  want(layers.has_value(), "global-layers", any, "");
  want(heads.has_value(), "global-heads", any, "");
  want(dropout.has_value(), "global-dropout", any, "");
  want(norm.has_value(), "global-norm", any, "");
  want(weight.has_value(), "global-weight", branch == GlobalBranch::average, " that is averaged");
  want(local_epochs.has_value(), "local-epochs", branch == GlobalBranch::gated, " that is gated");
}

Neighbourhood all_nodes(const Neighbourhood& graph) {
  require(std::holds_alternative<Graph>(graph.topology()) && std::holds_alternative<Local>(graph.execution()), "stack",
          "global: got a part of a graph, a block, segments or a streamed graph, want a whole graph: every "
          "node attends to all nodes");
  return Segments({0, graph.rows()});
}

GlobalParts::GlobalParts(const GlobalOptions& options, const GlobalSizes& sizes, Random& random)
    : options_(options),
      activation_(sizes.activation),
      dropout_(options.dropout.value_or(sizes.dropout)),
      norm_(options.norm.value_or(Norm::layer), sizes.width) {
  const Index width = sizes.width, count = options.layers.value_or(1);
  const auto linear = [&](Index in, Index out) { return Linear({.in = in, .out = out}, random); };
  if (averages()) first_ = linear(sizes.features, width);
  const GlobalAttention attention =
      options.attention.value_or(averages() ? GlobalAttention::frobenius : GlobalAttention::sigmoid);
  for (Index l = 0; l < count; ++l) {
    Layer& layer = layers_.emplace_back(Layer{attention_layer(attention, width, options.heads.value_or(1), random),
                                              ColumnNorm(options.norm.value_or(Norm::layer), width)});
    if (averages()) continue;
    layer.gate = linear(width, width);
    layer.beta = glorot_uniform(1, width, {count, width}, random);
  }
  if (averages()) return;
  last_ = linear(width, width);
  classifier_ = linear(width, sizes.classes);
  if (options.local_epochs) passes_ = Variable(Tensor(1, 1));
}

Real GlobalParts::passes_done() const { return passes_.value().to(Device::cpu)(0, 0); }

bool GlobalParts::is_on(const Pass& pass) const {
  if (!passes_) return true;
  return passes_done() + Real(pass.is_training() ? 1 : 0) > static_cast<Real>(*options_.local_epochs);
}

void GlobalParts::count(const Pass& pass) const {
  if (!passes_ || !pass.is_training()) return;
  Variable passes = passes_;  // copies share the value
  if (const Real done = passes_done(); done <= static_cast<Real>(*options_.local_epochs))
    passes.mutable_value() = Tensor::filled(1, 1, done + 1).to(passes.device());
}

Variable GlobalParts::drop(const Neighbourhood& nodes, const Variable& z, Pass& pass) const {
  return dropout_ == 0 ? z : nodes.dropout(z, pass.dropout(dropout_));
}

Variable GlobalParts::attended(const Layer& layer, const Neighbourhood& nodes, const Variable& z, Pass& pass,
                               MeanPenalty& penalty) const {
  auto [y, more] = layer.attention.call(nodes, z, pass);
  penalty.add(more);
  return y;
}

Variable GlobalParts::averaged(const Neighbourhood& nodes, const Input& x, const Variable& h, Pass& pass,
                               MeanPenalty& penalty) const {
  constexpr Real half = Real(0.5);
  Variable z = drop(nodes, activation_(norm_(nodes, (*first_)(x), pass)), pass);
  for (const Layer& layer : layers_)
    z = drop(nodes, layer.norm(nodes, scale(add(attended(layer, nodes, z, pass, penalty), z), half), pass), pass);
  const Real weight = options_.weight.value_or(half);
  return add(scale(h, 1 - weight), scale(z, weight));
}

Variable GlobalParts::gated(const Neighbourhood& nodes, const Variable& h, Pass& pass, MeanPenalty& penalty) const {
  Variable z = norm_(nodes, h, pass);
  for (const Layer& layer : layers_) {
    const Variable gate = add_bias((*layer.gate)(z), sigmoid(layer.beta));
    const Variable y = layer.norm(nodes, attended(layer, nodes, z, pass, penalty), pass);
    z = drop(nodes, relu((*last_)(multiply(y, gate))), pass);
  }
  return z;
}

Parameters GlobalParts::parameters() const {
  Parameters all;
  if (first_) append(all, first_->parameters("global.first."));
  append(all, norm_.parameters("global.norm."));
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const std::string number = std::to_string(l + 1) + ".";
    append(all, layers_[l].attention.parameters("global.layer" + number));
    append(all, layers_[l].norm.parameters("global.norm" + number));
    if (!layers_[l].gate) continue;
    append(all, layers_[l].gate->parameters("global.gate" + number));
    append(all, named("global.", {{"beta" + std::to_string(l + 1), layers_[l].beta}}));
  }
  if (last_) append(all, last_->parameters("global.last."));
  if (classifier_) append(all, classifier_->parameters("global.classifier."));
  return all;
}

Parameters GlobalParts::buffers() const {
  Parameters all = norm_.buffers("global.norm.");
  for (std::size_t l = 0; l < layers_.size(); ++l)
    append(all, layers_[l].norm.buffers("global.norm" + std::to_string(l + 1) + "."));
  append(all, named("global.", {{"passes", passes_}}));
  return all;
}

}  // namespace mercer
