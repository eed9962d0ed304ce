#include "mercer/layers/attention_layer.hpp"

#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

void AttentionLayerOptions::declare(OptionList& list) {
  list.add_shorthand("dropout", range::share,
                     "dropout on inputs, attention and values that the model has, where not given apart",
                     [this](double p) {
                       for (float* dropout : {&input_dropout, &attention_dropout, &value_dropout})
                         if (*dropout > 0) *dropout = static_cast<float>(p);
                     });
  list.add("input-dropout", input_dropout, range::share, "dropout on the input of every layer");
  list.add("attention-dropout", attention_dropout, range::share, "dropout on the attention weights");
  list.add("value-dropout", value_dropout, range::share, "dropout on the transformed values");
  list.add("bias", bias, "a bias in the output of every layer");
  list.add("residual", residual, residual_choices, "added to hidden layers");
  list.add("storage", storage, storage_choices, "of queries, keys and values while edges gather them");
}

const AttentionLayerOptions& checked(const char* layer, const AttentionLayerOptions& sizes) {
  require(sizes.in >= 0, layer, "in: got " + std::to_string(sizes.in) + ", want at least 0");
  expect_at_least_one(layer, "width", sizes.width);
  expect_at_least_one(layer, "heads", sizes.heads);
  for (const auto& [name, p] :
       {std::pair("input_dropout", sizes.input_dropout), std::pair("attention_dropout", sizes.attention_dropout),
        std::pair("value_dropout", sizes.value_dropout)})
    require(p >= 0 && p <= 1, layer, std::string(name) + ": got " + std::to_string(p) + ", want 0 … 1");
  return sizes;
}

AttendOptions attend_options(const AttentionLayerOptions& layer, Pass& pass) {
  AttendOptions options{.heads = layer.heads, .storage = layer.storage};
  options.guarded = pass.guarded();
  options.dropout = pass.dropout(layer.attention_dropout);
  return options;
}

}  // namespace mercer
