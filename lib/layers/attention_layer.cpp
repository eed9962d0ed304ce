#include "mercer/layers/attention_layer.hpp"

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

AttendOptions attend_options(const AttentionLayerOptions& layer, Pass& pass) {
  AttendOptions options{.heads = layer.heads, .storage = layer.storage};
  options.guarded = pass.guarded();
  options.dropout = pass.dropout(layer.attention_dropout);
  return options;
}

}  // namespace mercer
