#pragma once

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/pass.hpp"
#include "mercer/base/option_list.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

inline constexpr Choice<Residual> residual_choices[]{
    {"none", Residual::none}, {"input", Residual::input}, {"linear", Residual::linear}};
inline constexpr Choice<Storage> storage_choices[]{{"float", Storage::real}, {"bf16", Storage::bf16}};
inline constexpr Choice<Normaliser> normaliser_choices[]{{"softmax", Normaliser::softmax},
                                                         {"row-sum", Normaliser::row_sum},
                                                         {"degree", Normaliser::degree},
                                                         {"symmetric", Normaliser::symmetric},
                                                         {"none", Normaliser::none}};

/// The options of every attention layer. A model sets the sizes and the join; the others are declared.
struct AttentionLayerOptions {
  Index in = 0;     // columns of x
  Index width = 0;  // d of one head
  Index heads = 1;
  Join join = Join::concat;
  bool bias = true;  // b, after the heads are joined
  Residual residual = Residual::none;
  float input_dropout = 0;          // on x
  float attention_dropout = 0;      // on α
  float value_dropout = 0;          // on v
  Storage storage = Storage::real;  // of q, k and v while edges gather them

  void declare(OptionList& list);
};

/// The sizes, as they are. Throws ValueError "[layer] …" for a width or number of heads below 1 and a dropout outside 0
/// … 1.
const AttentionLayerOptions& checked(const char* layer, const AttentionLayerOptions& sizes);

/// The options of attend that all layers share; draws the pass's next stream for dropout on α.
AttendOptions attend_options(const AttentionLayerOptions& layer, Pass& pass);

}  // namespace mercer
