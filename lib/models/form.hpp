#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/shape.hpp"
#include "models/attention_stack.hpp"

namespace mercer {

/// All options of one named model, with its defaults, and how it is made of them.
class Form {
 public:
  virtual ~Form() = default;
  virtual void declare(OptionList& list) = 0;
  /// Sets what follows from other options where nothing was given; `classes` is the width of the last layer.
  virtual void settle(Index classes) { static_cast<void>(classes); }
  virtual Model build(Index features, Index classes, Random& random) const = 0;
  virtual Neighbourhood neighbourhood(const Csr& graph) const { return Graph(graph); }
};

/// A named model: what it is and its form, new for every use.
struct Builder {
  std::string name, description;
  std::function<std::unique_ptr<Form>()> form;
};

/// A builder whose forms are copies of this one.
template <class F>
Builder builder_of(std::string name, std::string description, F form) {
  return {std::move(name), std::move(description), [form = std::move(form)] { return std::make_unique<F>(form); }};
}

/// Which rows of a sequence a row reads: the earlier ones when asked, in any case, or never them alone: landmarks, both
/// directions, a density of the whole sequence, and degrees that count later rows need all.
enum class Causality { by_choice, always, never };

/// A form whose attention layer also stands alone, as in the blocks of a Transformer: `layer` has its options but the
/// sizes, which the shape gives.
struct AttendingForm : Form {
  Shape shape{};
  AttentionLayerOptions layer{.input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};

  /// False when the layer forms no weights of pairs on sequences, or only in order to drop some.
  virtual bool drops_attention() const { return true; }
  /// False when the layer reads facts of edges, which sequences don't have.
  virtual bool attends_to_sequences() const { return true; }
  virtual void declare_layer(OptionList& list) = 0;
  virtual Causality causality() const { return Causality::by_choice; }
  /// Options that only sequences have, beside those of the layer.
  virtual void declare_of_sequences(OptionList& list) { static_cast<void>(list); }
  virtual AnyLayer make_layer(const AttentionLayerOptions& sizes, Random& random) const = 0;
};

/// Layers of one kind.
template <class Layer, class Own>
struct AttentionForm : AttendingForm {
  Own own{};

  explicit AttentionForm(Own options = {}) : own(std::move(options)) {}

  void declare(OptionList& list) override {
    shape.declare(list);
    declare_layer(list);
  }
  void declare_layer(OptionList& list) override {
    layer.declare(list);
    own.declare(list);
  }
  AnyLayer make_layer(const AttentionLayerOptions& sizes, Random& random) const override {
    return Layer(sizes, own, random);
  }
  Model build(Index features, Index classes, Random& random) const override {
    return attention_stack<Layer>(shape, layer, own, features, classes, random);
  }
};

/// KernelAttention by one similarity.
template <SimilarityOptions S>
struct KernelForm : AttentionForm<KernelAttention, KernelAttentionOptions> {
  S similarity;

  explicit KernelForm(S by, KernelAttentionOptions options = {})
      : AttentionForm(std::move(options)), similarity(std::move(by)) {}

  void declare(OptionList& list) override {
    AttentionForm::declare(list);
    own.declare_output(list);
  }
  void declare_layer(OptionList& list) override {
    AttentionForm::declare_layer(list);
    if constexpr (requires { similarity.declare(list); }) similarity.declare(list);
    if (example().kernel.traits().is_signed) own.declare_guard(list);
  }
  void declare_of_sequences(OptionList& list) override { own.relative.declare(list); }
  Causality causality() const override {
    const bool reads_all = example().pools_nodes || own.normaliser == Normaliser::symmetric;
    return reads_all ? Causality::never : Causality::by_choice;
  }
  /// The similarity of some sizes.
  Similarity example() const {
    Random unused(0);
    return similarity({.heads = 1, .width = 4}, unused);
  }
  void settle(Index classes) override {
    if constexpr (requires { similarity.noise.settle(); }) similarity.noise.settle();
    Random unused(0);
    const bool linear = shape.stack.classifier == Classifier::linear;
    const HeadSizes last{linear ? shape.heads : shape.output_heads,
                         own.key_width.value_or(linear ? shape.hidden : classes)};
    if (!own.normaliser) own.normaliser = usual_normaliser(similarity(last, unused).kernel);
  }
  Model build(Index features, Index classes, Random& random) const override {
    return attention_stack<KernelAttention>(shape, layer, with_similarity(), features, classes, random);
  }
  bool drops_attention() const override { return !own.linear; }
  AnyLayer make_layer(const AttentionLayerOptions& sizes, Random& random) const override {
    return KernelAttention(sizes, with_similarity(), random);
  }
  KernelAttentionOptions with_similarity() const {
    KernelAttentionOptions options = own;
    options.similarity = similarity;
    return options;
  }
};

/// The list of all named models, in the order of `mercer models`; each of these appends a family.
void append_kernel_builders(std::vector<Builder>& all);    // kernels of the catalogue, and what learns on top of them
void append_spectral_builders(std::vector<Builder>& all);  // an inner product of features
Builder kernel_machine_builder();
const std::vector<Builder>& builders();
/// Attentions of sequences alone, whose forms are AttendingForms.
const std::vector<Builder>& sequence_attentions();

/// The builder of a model for sequences: "transformer", or "transformer-NAME" with the attention layer of that model;
/// nothing for another name.
std::optional<Builder> transformer_builder(std::string_view name);

}  // namespace mercer
