#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/models/model.hpp"

namespace mercer {

/// A model by name, with values of its options: {.name = "rbf", .options = {{"p", 1.8}, {"residual", "linear"}}}.
/// Absent options take the model's defaults; other options than the model's are refused. A value may be text.
struct ModelOptions {
  std::string name = "gat";
  OptionValues options{};

  /// The value of that option, or null.
  const OptionValue* find(std::string_view option) const;
  /// The value of that option if it is a number.
  std::optional<double> number(std::string_view option) const;
  bool operator==(const ModelOptions&) const = default;
};

/// "gat", "gat-pyg", "gatv2", "rbf", the feature maps ("ikan-direct" … "maclaurin"), one for each kernel of the
/// catalogue, "primal", "gcn", "sage", "mlp", "kernel-machine".
std::vector<std::string> model_names();
/// "transformer", and "transformer-NAME" for each of those whose attention layer takes segments: models of sequences,
/// which all functions here know too.
std::vector<std::string> sequence_model_names();
/// Those of them whose attention no model of nodes has, "transformer" first.
std::vector<std::string> own_sequence_model_names();
bool is_sequence_model(std::string_view name);
/// "transformer-NAME", the model of sequences with the attention of that model, whether there is one or not; and the
/// NAME of it, empty for any other model.
std::string sequence_model_with(std::string_view attention);
std::string_view attention_of_sequence_model(std::string_view name);
/// One line about the model of that name. Throws ValueError as build_model does.
std::string describe_model(std::string_view name);

/// The options of a model with their defaults; a default that follows from other options is absent. Throws as
/// build_model does.
struct DeclaredOptions {
  std::vector<OptionDeclaration> list;
  OptionValues defaults;

  /// The option of that name, or null.
  const OptionDeclaration* find(std::string_view name) const;
  std::vector<std::string> names() const;
};
DeclaredOptions options_of_model(std::string_view name);
/// The options of all models, `transformer` among them, each once, with all of its meanings and without defaults.
DeclaredOptions options_of_all_models();

/// The model with first values drawn from `seed`. Throws ValueError for an unknown name (suggests the nearest), for
/// an option that the model doesn't have (likewise), and for a value that can't be.
Model build_model(const ModelOptions& options, Index features, Index classes, std::uint64_t seed);

/// The options with the model's defaults where nothing was given: what to store so that a later version builds the
/// same model. What follows from the width of the heads (sigma, scale, divisor) stays absent. Throws as build_model.
ModelOptions completed(const ModelOptions& options, Index features, Index classes);

/// What that model attends to: the graph itself, or what it makes of it once and for all (a wider graph, a weight of
/// each edge), for a model on that device; with the features of its edges [edges, edge-columns] for a model that
/// reads some. Throws as build_model, and ValueError for a graph that grows too wide and for a model of sequences.
Neighbourhood neighbourhood_for(const ModelOptions& options, const Csr& graph, Device device = Device::cpu,
                                const Tensor& edge_features = {});
/// Has the model the option edge-columns, the number of features of an edge that its scores read?
bool reads_edge_features(const ModelOptions& options);
/// The names of those that have it, as "gat, gat-pyg and gatv2".
std::string readers_of_edge_features(const char* last = " and ");

/// All that is learned, in numbers.
Index parameter_count(const Model& model);

}  // namespace mercer
