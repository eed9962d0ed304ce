#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/shape.hpp"

/// How builders read ModelOptions: what is given counts, and where nothing is, the default is noted as given.
namespace mercer {

using Names = std::vector<std::string>;

inline Names operator+(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Names of_attention() {
  return {"layers",        "hidden", "heads",    "output-heads", "dropout", "input-dropout", "attention-dropout",
          "value-dropout", "bias",   "residual", "norm",         "storage"};
}

template <class T>
using Choices = std::vector<std::pair<std::string, T>>;

template <class T>
T by_name(const char* option, const std::string& name, const Choices<T>& choices) {
  Names known;
  for (const auto& [choice, value] : choices) {
    if (choice == name) return value;
    known.push_back(choice);
  }
  throw ValueError(std::string("[build_model] ") + option + ": got \"" + name + "\"; " + suggest(name, known));
}

inline const Choices<Residual> residuals{
    {"none", Residual::none}, {"input", Residual::input}, {"linear", Residual::linear}};

inline const Choices<Norm> norms{{"none", Norm::none}, {"layer", Norm::layer}};

inline const Choices<Storage> storages{{"float", Storage::real}, {"bf16", Storage::bf16}};

inline const Choices<Series> functions{{"exp", Series::exponential},
                                       {"inv", Series::inverse},
                                       {"logi", Series::logarithm},
                                       {"trigh", Series::exponential},  // sinh z + cosh z
                                       {"sqrt", Series::root}};

inline const Choices<Normaliser> normalisers{{"softmax", Normaliser::softmax},
                                             {"row-sum", Normaliser::row_sum},
                                             {"degree", Normaliser::degree},
                                             {"symmetric", Normaliser::symmetric},
                                             {"none", Normaliser::none}};

/// What is given counts; where nothing is, the default is noted as given.
template <class T>
void take(T& to, std::optional<T>& given) {
  if (given) {
    to = *given;
  } else {
    given = to;
  }
}

/// The same for a choice that has a name.
template <class T>
void take(T& to, std::optional<std::string>& given, const char* option, const Choices<T>& choices) {
  if (given) {
    to = by_name(option, *given, choices);
    return;
  }
  for (const auto& [name, value] : choices)
    if (value == to && !given) given = name;  // of two names for one choice the first
}

inline Shape shape_of(ModelOptions& given) {
  Shape shape;
  take(shape.layers, given.layers);
  take(shape.hidden, given.hidden);
  take(shape.heads, given.heads);
  take(shape.output_heads, given.output_heads);
  take(shape.norm, given.norm, "norm", norms);
  return shape;
}

/// What all attention layers share.
template <class LayerOptions>
void take_common(LayerOptions& layer, ModelOptions& given) {
  for (float* dropout : {&layer.input_dropout, &layer.attention_dropout, &layer.value_dropout})
    if (given.dropout) *dropout = *given.dropout;
  take(layer.input_dropout, given.input_dropout);
  take(layer.attention_dropout, given.attention_dropout);
  take(layer.value_dropout, given.value_dropout);
  take(layer.bias, given.bias);
  take(layer.residual, given.residual, "residual", residuals);
  take(layer.storage, given.storage, "storage", storages);
}

/// What a KernelAttention has beside its kernel.
inline Names of_kernel_attention() {
  return of_attention() + Names{"p", "divisor", "magnitude-dropout", "normaliser", "tied", "projection-bias"};
}

inline void take_kernel(KernelAttentionOptions& layer, ModelOptions& given) {
  layer.p = given.p;
  require(layer.p || !(given.divisor || given.magnitude_dropout), "build_model",
          "divisor and magnitude-dropout belong to a magnitude: want p too");
  layer.divisor = given.divisor;
  take_common(layer, given);
  if (layer.p) take(layer.magnitude_dropout, given.magnitude_dropout);
  take(layer.tied, given.tied);
  take(layer.projection_bias, given.projection_bias);
  take(layer.normaliser, given.normaliser, "normaliser", normalisers);
}

}  // namespace mercer
