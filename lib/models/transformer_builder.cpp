#include <algorithm>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/models/sequence_transformer.hpp"
#include "models/form.hpp"

/// Transformers: the attention layer of any model, in the blocks of an encoder.
namespace mercer {
namespace {

constexpr std::string_view transformer = "transformer", transformer_of = "transformer-", usual_attention = "dot";

struct TransformerForm : Form {
  TransformerOptions options{};
  std::string name;
  std::unique_ptr<AttendingForm> attention;

  TransformerForm(std::string called, std::unique_ptr<AttendingForm> by)
      : name(std::move(called)), attention(std::move(by)) {
    attention->layer = {.bias = false, .attention_dropout = attention->drops_attention() ? 0.1f : 0};
  }

  void declare(OptionList& list) override {
    options.declare(list);
    attention->declare_layer(list);
    attention->declare_of_sequences(list);
  }
  void settle(Index classes) override {
    attention->shape.hidden = options.hidden;
    attention->shape.heads = options.heads;
    attention->shape.stack.classifier = Classifier::linear;
    attention->settle(classes);
  }
  Model build(Index features, Index classes, Random& random) const override {
    require(attention->layer.residual == Residual::none, "transformer",
            "residual: got " + std::string(name_of(attention->layer.residual, residual_choices)) +
                ", want none: a block adds its input by itself");
    check_causality();
    const auto make = [&](Index in) {
      AttentionLayerOptions sizes = attention->layer;
      sizes.in = in;
      sizes.width = options.hidden;
      sizes.heads = options.heads;
      return attention->make_layer(sizes, random);
    };
    return sequence_transformer(options, make, features, classes, random);
  }
  void check_causality() const {
    const Causality causality = attention->causality();
    require(!options.causal || causality != Causality::never, "transformer",
            "causal: got true, but " + name +
                " has no causal form: each row reads later ones, by landmarks, in both directions, by the mean of the "
                "sequence or by the degrees of the symmetric normaliser");
    require(!options.causal || causality != Causality::always, "transformer",
            "causal: no effect on " + name + ", whose rows read earlier ones in any case: leave it out");
    require(causality != Causality::always || options.pooling != Pooling::cls, "transformer",
            "pooling: got cls, want another one for " + name + ": the first row would read itself alone");
  }
  Neighbourhood neighbourhood(const Csr&) const override {
    throw ValueError("[neighbourhood_for] a Transformer attends over sequences, want segments instead of a graph");
  }
};

/// A new form of that model's attention; null when it has none that sequences can have.
std::unique_ptr<AttendingForm> attention_of(std::string_view name) {
  const Builder* found = nullptr;
  for (const std::vector<Builder>* list : {&builders(), &sequence_attentions()})
    for (const Builder& builder : *list)
      if (builder.name == name) found = &builder;
  if (found == nullptr) return nullptr;
  std::unique_ptr<Form> form = found->form();
  auto* attending = dynamic_cast<AttendingForm*>(form.get());
  if (attending == nullptr || !attending->attends_to_sequences()) return nullptr;
  static_cast<void>(form.release());
  return std::unique_ptr<AttendingForm>(attending);
}

}  // namespace

std::optional<Builder> transformer_builder(std::string_view name) {
  if (name != transformer && attention_of_sequence_model(name).empty()) return std::nullopt;
  const std::string attention(name == transformer ? usual_attention : attention_of_sequence_model(name));
  if (attention_of(attention) == nullptr) return std::nullopt;
  std::string description = "a Transformer of sequences, with the attention of " + attention;
  for (const Builder& alone : sequence_attentions())
    if (alone.name == attention) description = "a Transformer of sequences: " + alone.description;
  return Builder{std::string(name), std::move(description), [attention, name = std::string(name)] {
                   return std::make_unique<TransformerForm>(name, attention_of(attention));
                 }};
}

std::string sequence_model_with(std::string_view attention) {
  return std::string(transformer_of) + std::string(attention);
}

std::string_view attention_of_sequence_model(std::string_view name) {
  return name.starts_with(transformer_of) ? name.substr(transformer_of.size()) : std::string_view();
}

bool is_sequence_model(std::string_view name) { return transformer_builder(name).has_value(); }

std::vector<std::string> sequence_model_names() {
  std::vector<std::string> names = own_sequence_model_names();
  for (const Builder& builder : builders())
    if (std::string name = sequence_model_with(builder.name);
        is_sequence_model(name) && std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  return names;
}

std::vector<std::string> own_sequence_model_names() {
  std::vector<std::string> names{std::string(transformer)};
  for (const Builder& builder : sequence_attentions())
    names.push_back(sequence_model_with(builder.name));
  return names;
}

}  // namespace mercer
