#include "mercer/models/build.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/random.hpp"
#include "models/builders.hpp"

namespace mercer {
namespace {

constexpr std::uint32_t first_values = 1;  // the call of the stream from which parameters are drawn

const Builder& builder(std::string_view name) {
  const auto found = std::ranges::find(builders(), name, &Builder::name);
  if (found == builders().end())
    throw ValueError("[build_model] unknown model \"" + std::string(name) + "\": " + suggest(name, model_names()));
  return *found;
}

void check_known(const Builder& builder, const ModelOptions& options) {
  for_each_option(options, [&](const char* name, const auto& field, const char*) {
    if (!field || std::ranges::find(builder.options, name) != builder.options.end()) return;
    throw ValueError("[build_model] " + builder.name + " has no option \"" + name +
                     "\": " + suggest(name, builder.options));
  });
}

template <class T>
void check_range(const char* name, const std::optional<T>& got, T low, T high, const char* want) {
  if (got && !(*got >= low && *got <= high))
    throw ValueError(std::string("[build_model] ") + name + ": got " + std::to_string(*got) + ", want " + want);
}

void check_values(const ModelOptions& options) {
  constexpr Index most = Index{1} << 20;
  for_each_option(options, [&](const char* name, const auto& field, const char*) {
    using Field = std::remove_cvref_t<decltype(*field)>;
    if constexpr (std::is_same_v<Field, Index>) check_range(name, field, Index{1}, most, "1 to 1048576");
    const bool is_dropout = std::string_view(name).ends_with("dropout");
    if constexpr (std::is_same_v<Field, float>)
      if (is_dropout) check_range(name, field, 0.0f, 1.0f, "0 to 1");
  });
  constexpr Real tiny = std::numeric_limits<Real>::min(), huge = std::numeric_limits<Real>::max();
  check_range("p", options.p, Real(1), huge, "a finite number of at least 1");
  check_range("divisor", options.divisor, tiny, huge, "a finite number above 0");
  check_range("sigma", options.sigma, tiny, huge, "a finite number above 0");
  check_range("floor", options.floor, tiny, huge, "a finite number above 0");
  check_range("hops", options.hops, Index{1}, Index{4}, "1 to 4");
  check_range("walk-length", options.walk_length, Index{1}, Index{1000}, "1 to 1000");
  check_range("eta", options.eta, Real(0), huge, "a finite number of at least 0");
  check_range("prior", options.prior, tiny, huge, "a finite number above 0");
  check_range("shift", options.shift, Real(0), huge, "a finite number of at least 0");
  check_range("lambda-kl", options.lambda_kl, Real(0), huge, "a finite number of at least 0");
  check_range("lambda-copula", options.lambda_copula, Real(0), huge, "a finite number of at least 0");
  check_range("scale", options.scale, -huge, huge, "a finite number");
  check_range("negative-slope", options.negative_slope, -huge, huge, "a finite number");
}

/// Builds the model and notes its defaults in `options`.
Model build(ModelOptions& options, Index features, Index classes, std::uint64_t seed) {
  const Builder& chosen = builder(options.name);
  check_known(chosen, options);
  check_values(options);
  require(features >= 0, "build_model", "features: got " + std::to_string(features) + ", want at least 0");
  require(classes >= 1, "build_model", "classes: got " + std::to_string(classes) + ", want at least 1");
  Random random(seed, first_values);
  return chosen.build(options, features, classes, random);
}

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Builder& builder : builders())
    names.push_back(builder.name);
  return names;
}

std::string describe_model(std::string_view name) { return builder(name).description; }

std::vector<std::string> options_of_model(std::string_view name) { return builder(name).options; }

Neighbourhood neighbourhood_for(const ModelOptions& options, const Csr& graph, Device device) {
  const Builder& chosen = builder(options.name);
  check_known(chosen, options);
  check_values(options);
  if (chosen.neighbourhood == nullptr) return Graph(graph);
  Neighbourhood made = chosen.neighbourhood(options, graph);
  if (Variable weight = made.facts().weight) weight.move_to(device);
  return made;
}

Model build_model(const ModelOptions& options, Index features, Index classes, std::uint64_t seed) {
  ModelOptions complete = options;
  return build(complete, features, classes, seed);
}

ModelOptions completed(const ModelOptions& options, Index features, Index classes) {
  ModelOptions complete = options;
  build(complete, features, classes, 0);
  return complete;
}

Index parameter_count(const Model& model) {
  Index count = 0;
  for (const Parameter& parameter : model.parameters)
    if (parameter.variable.wants_grad()) count += parameter.variable.value().size();
  return count;
}

}  // namespace mercer
