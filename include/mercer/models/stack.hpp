#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/layers/activation.hpp"
#include "mercer/layers/any_layer.hpp"
#include "mercer/models/global_branch.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/norm.hpp"

/// Layers one after another: every model of this room.
namespace mercer {

/// What a hidden layer is made of, see StackOptions.
enum class BlockForm { plain, residual, gated };
inline constexpr Choice<BlockForm> block_choices[]{
    {"plain", BlockForm::plain}, {"residual", BlockForm::residual}, {"gated", BlockForm::gated}};

/// x W + b before the first layer, then the activation or nothing.
enum class PreLinear { none, linear, active };
inline constexpr Choice<PreLinear> pre_linear_choices[]{
    {"none", PreLinear::none}, {"linear", PreLinear::linear}, {"active", PreLinear::active}};

/// What makes logits: one more layer of the same kind, or x W + b.
enum class Classifier { layer, linear };
inline constexpr Choice<Classifier> classifier_choices[]{{"layer", Classifier::layer}, {"linear", Classifier::linear}};

/// What the classifier reads: the last hidden layer, or all of them (Xu et al., Jumping Knowledge Networks, ICML 2018).
enum class Jumping { none, sum, max, concat };
inline constexpr Choice<Jumping> jumping_choices[]{
    {"none", Jumping::none}, {"sum", Jumping::sum}, {"max", Jumping::max}, {"concat", Jumping::concat}};

/// One declaration of every stack. With h the input of a hidden layer:
///   plain      h ← dropout(activation(norm(z))),   z = layer(h)
///   residual   h ← h + dropout(dropout(activation(z W + b)) U + c),   z = layer(norm(h))
///   gated      h ← (1 − β) ∘ norm(relu(h U + c) ∘ z) + β ∘ z,   z = dropout(activation(layer(h))),   0 < β < 1 learned
/// where `separate` makes z = [own | layer(…)], own = h V + d of the node itself, as wide as the layer's output. The
/// classifier reads h, after one more norm in the residual form. Sources: the plain form Luo, Shi, Wu, Classic GNNs are
/// Strong Baselines, NeurIPS 2024; the residual form and `separate` Platonov et al., A critical look at the evaluation
/// of GNNs under heterophily, ICLR 2023; the gated form Deng, Yue, Zhang, Polynormer, ICLR 2024. Defaults: GAT of two
/// layers.
struct StackOptions {
  Index layers = 2;  // an output layer included
  Norm norm = Norm::none;
  Activation activation = elu;
  float hidden_dropout = 0;
  BlockForm block = BlockForm::plain;
  std::optional<PreLinear> pre_linear{};  // absent: none; active in the residual form, which needs one
  Classifier classifier = Classifier::layer;
  Jumping jumping = Jumping::none;
  bool separate = false;
  float pre_dropout = 0;     // of the features, before the pre-linear layer
  bool decay_norms = false;  // weight decay takes γ and β of norms too, as in PyTorch
  GlobalOptions global{};

  void declare(OptionList& list);
  Index hidden_layers() const { return classifier == Classifier::linear ? layers : layers - 1; }
  /// Throws ValueError "[op] …" for a number of layers below 1 and for options without effect on this stack.
  void check(const char* op) const;
};

/// Columns of the features, of the output of a hidden layer's own, and classes.
struct StackSizes {
  Index features = 0;
  Index width = 0;
  Index classes = 0;
};

/// The layer for inputs of that width: a hidden one, or the output layer.
using MakeLayer = std::function<AnyLayer(Index in, bool output)>;

/// The model. Parameters are named "pre.weight", "layer1.weight", "norm1.weight", "own1.weight",
/// "feed_forward1.first.weight", "gate1.weight", "beta1", "norm.weight" (the last one), "classifier.weight",
/// "global.layer1.key.weight" and so on; running statistics of norms are buffers. Operands are those of layers on
/// edges. The penalty is the mean of the layers'. Throws as StackOptions::check, and as the layers do.
Model stack(const StackOptions& options, const StackSizes& sizes, const MakeLayer& make, Random& random);

/// h ← activation(layer(h)) for every layer, the last one without activation.
Model stack(std::vector<AnyLayer> layers, Activation activation);

}  // namespace mercer
