#pragma once

#include <functional>
#include <optional>

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/layers/activation.hpp"
#include "mercer/layers/any_layer.hpp"
#include "mercer/layers/pooling.hpp"
#include "mercer/layers/positions.hpp"
#include "mercer/models/model.hpp"

namespace mercer {

/// A Transformer's block (EncoderBlock), or self-attention alone, added with a learned factor (ScaledBlock).
enum class EncoderKind { standard, scaled };
inline constexpr Choice<EncoderKind> encoder_choices[]{{"standard", EncoderKind::standard},
                                                       {"scaled", EncoderKind::scaled}};

/// h = x W + b, or f(x W + b) U + c with the activation f and the feed-forward width in between.
enum class Embedding { linear, feed_forward };
inline constexpr Choice<Embedding> embedding_choices[]{{"linear", Embedding::linear},
                                                       {"feed-forward", Embedding::feed_forward}};

struct TransformerOptions {
  Index layers = 2;
  Index hidden = 16;  // width of one head; a row of a sequence has hidden * heads columns
  Index heads = 4;
  std::optional<Index> feed_forward{};  // absent: twice the columns of a row
  Activation activation = gelu;
  EncoderKind encoder = EncoderKind::standard;
  Embedding embedding = Embedding::linear;  // of dense features also feed_forward
  float hidden_dropout = 0.1f;  // on the embedding, on both branches of a block and on what the classifier reads
  bool pre_norm = true;
  PositionKind positions = PositionKind::sinusoidal;
  Index longest = 512;  // learned positions: the longest sequence
  Pooling pooling = Pooling::mean;
  bool causal = false;  // a row attends to itself and the earlier ones
  Index patch = 1;      // rows of a sequence that become one, of dense features only (patches.hpp)

  void declare(OptionList& list);
  Index width() const { return hidden * heads; }
};

/// Makes the attention layer of a block for inputs of that width: y has hidden * heads columns.
using MakeAttention = std::function<AnyLayer(Index in)>;

/// A Transformer of sequences. Its neighbourhood are Segments, one for each sequence; x holds the rows of
/// all of them, real features or one nonzero for a token; the logits have one row for each segment:
///   h = patches(x) W + b + positions,   h ← block(h), layers times (EncoderBlock),   logits = pooling(norm(h)) U + c
/// where the last norm belongs to pre-norm. With EncoderKind::scaled the blocks are ScaledBlocks and there is no norm.
/// With `causal` a row attends to itself and the earlier rows alone; the pooling reads all rows.
/// Throws ValueError for a neighbourhood other than square segments that are not causal, for options out of range, and
/// for `causal` with the pooling cls, whose first row would read nothing.
Model sequence_transformer(const TransformerOptions& options, const MakeAttention& make, Index features, Index classes,
                           Random& random);

}  // namespace mercer
