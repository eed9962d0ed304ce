#include "mercer/models/build.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/lower_case.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/random.hpp"
#include "models/form.hpp"

namespace mercer {
namespace {

constexpr std::uint32_t first_values = 1;  // the call of the stream from which parameters are drawn

/// The model that PyTorch Geometric and DGL name so, in any case, with or without -conv; "none" for one of theirs that
/// is not offered, empty for another name.
std::string_view name_elsewhere(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> names[]{
      {"gat", "gat"},     {"gatv2", "gatv2"},    {"gcn", "gcn"},   {"graph", "gcn"},
      {"sage", "sage"},   {"graphsage", "sage"}, {"unimp", "dot"}, {"linear", "mlp"},
      {"softmax", "dot"}, {"gin", "none"},       {"gine", "none"}, {"graphtransformer", "dot"},
      {"cheb", "none"},   {"appnp", "none"},     {"sgc", "none"},  {"sg", "none"},
      {"pna", "none"},    {"supergat", "none"},  {"agnn", "none"}, {"rgcn", "none"},
      {"hgt", "none"}};
  std::string bare;
  for (const char c : lower_case(name))
    if (c != '-' && c != '_') bare += c;
  if (bare == "transformerconv") return "dot";
  if (bare == "gatconv") return "gat-pyg";
  const bool is_layer = bare.ends_with("conv");
  if (is_layer) bare.resize(bare.size() - 4);
  for (const auto& [other, here] : names)
    if (bare == other && (is_layer || (other != "graph" && other != "sg"))) return here;
  return {};
}

Builder builder(std::string_view name) {
  const auto found = std::ranges::find(builders(), name, &Builder::name);
  if (found != builders().end()) return *found;
  if (std::optional<Builder> transformer = transformer_builder(name)) return *std::move(transformer);
  std::vector<std::string> known = model_names();
  const std::string attention(attention_of_sequence_model(name));
  std::string why;
  if (std::ranges::find(known, attention) != known.end())
    why = attention + " reads edges of a graph, which sequences lack, or has no attention; ";
  const std::string_view meant = name_elsewhere(name);
  if (meant.empty() && name.starts_with("transformer"))
    known = sequence_model_names();
  else
    known.emplace_back("transformer");
  throw ValueError("[build_model] unknown model \"" + std::string(name) + "\": " + why +
                   (meant == "none" ? std::string("it is not offered; ") : "") +
                   suggest(meant == "none" ? ""
                           : meant.empty() ? name
                                           : meant,
                           known, "mercer models lists all"));
}

/// A form with its options, which are bound to it.
struct Filled {
  std::unique_ptr<Form> form;
  OptionList list;

  explicit Filled(const ModelOptions& given) : form(builder(given.name).form()) {
    form->declare(list);
    for (const auto& [option, value] : given.options)
      if (list.find(option) == nullptr)
        throw ValueError("[build_model] " + given.name + " has no option \"" + option +
                         "\": " + suggest(option, list.names(), "mercer models " + given.name + " lists its options"));
    list.assign(given.options, "build_model", given.name);
  }
};

/// Values without a gradient are buffers: saved, not optimised.
Model with_fixed_values_apart(Model model) {
  const auto fixed = std::stable_partition(model.parameters.begin(), model.parameters.end(),
                                           [](const Parameter& p) { return p.variable.wants_grad(); });
  model.buffers.insert(model.buffers.end(), fixed, model.parameters.end());
  model.parameters.erase(fixed, model.parameters.end());
  return model;
}

/// Builds the model; what followed from other options is then set in the form.
Model build(Filled& filled, Index features, Index classes, std::uint64_t seed) {
  require(features >= 0, "build_model", "features: got " + std::to_string(features) + ", want at least 0");
  require(classes >= 1, "build_model", "classes: got " + std::to_string(classes) + ", want at least 1");
  filled.form->settle(classes);
  Random random(seed, first_values);
  return with_fixed_values_apart(filled.form->build(features, classes, random));
}

}  // namespace

const OptionValue* ModelOptions::find(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? nullptr : &found->second;
}

std::optional<double> ModelOptions::number(std::string_view option) const {
  const OptionValue* value = find(option);
  if (value == nullptr) return std::nullopt;
  if (const Index* whole = std::get_if<Index>(&value->held())) return static_cast<double>(*whole);
  if (const double* number = std::get_if<double>(&value->held())) return *number;
  return std::nullopt;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Builder& builder : builders())
    names.push_back(builder.name);
  return names;
}

std::string describe_model(std::string_view name) { return builder(name).description; }

const OptionDeclaration* DeclaredOptions::find(std::string_view name) const {
  const auto found = std::ranges::find(list, name, &OptionDeclaration::name);
  return found == list.end() ? nullptr : &*found;
}

std::vector<std::string> DeclaredOptions::names() const {
  std::vector<std::string> names;
  for (const OptionDeclaration& option : list)
    names.push_back(option.name);
  return names;
}

DeclaredOptions options_of_model(std::string_view name) {
  const Filled filled({.name = std::string(name)});
  return {{filled.list.options().begin(), filled.list.options().end()}, filled.list.values()};
}

namespace {

/// Adds to a help what another help says beyond it; both are sentences with "; " between.
void add_meanings(std::string& help, const std::string& other) {
  constexpr std::string_view between = "; ";
  if (other.starts_with(help)) {
    help = other;
    return;
  }
  for (std::size_t first = 0; first < other.size();) {
    const std::size_t end = std::min(other.find(between, first), other.size());
    const std::string meaning = other.substr(first, end - first);
    if (help.find(meaning) == std::string::npos) help += std::string(between) + meaning;
    first = end + between.size();
  }
}

}  // namespace

DeclaredOptions options_of_all_models() {
  DeclaredOptions all;
  std::vector<std::string> names = model_names();
  for (std::string& of_sequences : own_sequence_model_names())
    names.push_back(std::move(of_sequences));
  for (const std::string& name : names)
    for (OptionDeclaration& option : options_of_model(name).list) {
      const auto same = std::ranges::find(all.list, option.name, &OptionDeclaration::name);
      if (same == all.list.end()) {
        all.list.push_back(std::move(option));
        continue;
      }
      if (option.range.low < same->range.low || option.range.high > same->range.high) same->range = option.range;
      add_meanings(same->help, option.help);
      for (std::string& choice : option.choices)
        if (std::ranges::find(same->choices, choice) == same->choices.end()) same->choices.push_back(std::move(choice));
    }
  return all;
}

Neighbourhood neighbourhood_for(const ModelOptions& options, const Csr& graph, Device device,
                                const Tensor& edge_features) {
  Neighbourhood made = Filled(options).form->neighbourhood(graph);
  if (Variable weight = made.facts().weight) weight.move_to(device);
  if (edge_features.columns() == 0) return made;
  EdgeFacts facts = made.facts();
  facts.features = Variable(edge_features.to(device));
  return {made.topology(), made.execution(), std::move(facts)};
}

bool reads_edge_features(const ModelOptions& options) {
  return options_of_model(options.name).find("edge-columns") != nullptr;
}

std::string readers_of_edge_features(const char* last) {
  std::vector<std::string> readers;
  for (const std::string& name : model_names())
    if (reads_edge_features({.name = name})) readers.push_back(name);
  std::string text;
  for (std::size_t n = 0; n < readers.size(); ++n)
    text += (n == 0 ? "" : n + 1 == readers.size() ? last : ", ") + readers[n];
  return text;
}

Model build_model(const ModelOptions& options, Index features, Index classes, std::uint64_t seed) {
  Filled filled(options);
  return build(filled, features, classes, seed);
}

ModelOptions completed(const ModelOptions& options, Index features, Index classes) {
  Filled filled(options);
  build(filled, features, classes, 0);
  return {options.name, filled.list.values()};
}

Index parameter_count(const Model& model) {
  Index count = 0;
  for (const Parameter& parameter : model.parameters)
    if (parameter.variable.wants_grad()) count += parameter.variable.value().size();
  return count;
}

}  // namespace mercer
