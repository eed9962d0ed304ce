#include "mercer/models/sequence_transformer.hpp"

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/timed.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/encoder_block.hpp"
#include "mercer/layers/feed_forward.hpp"
#include "mercer/layers/patches.hpp"
#include "mercer/layers/scaled_block.hpp"
#include "models/mean_penalty.hpp"

namespace mercer {
namespace {

constexpr const char* caller = "sequence_transformer";

const Segments& sequences_of(const Neighbourhood& neighbourhood) {
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr, caller, "neighbourhood: got a graph or a block, want segments, one for each sequence");
  require(segments->is_square() && !segments->is_causal(), caller,
          "neighbourhood: want square segments that are not causal: the option causal is the model's");
  return *segments;
}

Segments causal_ones(const Segments& segments) {
  const std::span<const Index> offset = segments.target_offset();
  return Segments({offset.begin(), offset.end()}, /*causal=*/true);
}

using EmbeddingLayer = std::variant<Linear, FeedForward>;
using Block = std::variant<EncoderBlock, ScaledBlock>;
using PoolingLayer = std::variant<std::monostate, AttentionPooling, InstancePooling>;  // none: the mean, or CLS

struct Transformer {
  TransformerOptions options;
  EmbeddingLayer input;
  Positions positions;
  std::optional<ClsRow> cls{};
  std::vector<Block> blocks{};
  std::optional<LayerNorm> norm{};  // pre-norm: of the last block's output
  PoolingLayer pooling{};
  std::optional<Linear> classifier{};

  Transformer(const TransformerOptions& given, const MakeAttention& make, Index features, Index classes, Random& random)
      : options(given),
        input(embedding(features, random)),
        positions({.kind = given.positions, .width = given.width(), .longest = given.longest}, random) {
    const Index width = options.width();
    if (options.pooling == Pooling::cls) cls.emplace(width, random);
    for (Index l = 0; l < options.layers; ++l)
      blocks.push_back(block(make(width), random));
    if (options.encoder == EncoderKind::standard && options.pre_norm) norm.emplace(LayerNormOptions{.width = width});
    if (options.pooling == Pooling::attention)
      pooling = AttentionPooling({.width = width, .heads = options.heads}, random);
    if (options.pooling == Pooling::instances) pooling = InstancePooling(width, random);
    classifier.emplace(LinearOptions{.in = width, .out = classes}, random);
  }

  Index between() const { return options.feed_forward.value_or(2 * options.width()); }

  EmbeddingLayer embedding(Index features, Random& random) const {
    const Index in = features * options.patch;
    if (options.embedding == Embedding::linear) return Linear({.in = in, .out = options.width()}, random);
    return FeedForward({.in = in, .hidden = between(), .out = options.width(), .activation = options.activation},
                       random);
  }

  Block block(AnyLayer attention, Random& random) const {
    if (options.encoder == EncoderKind::scaled) return ScaledBlock(std::move(attention));
    return EncoderBlock({.width = options.width(),
                         .attended = options.width(),
                         .feed_forward = between(),
                         .activation = options.activation,
                         .dropout = options.hidden_dropout,
                         .pre_norm = options.pre_norm},
                        std::move(attention), random);
  }

  Parameters parameters() const {
    Parameters all;
    const auto take = [&all](const std::string& prefix) {
      return [&all, prefix](const auto& part) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(part)>, std::monostate>)
          append(all, part.parameters(prefix));
      };
    };
    std::visit(take("input."), input);
    append(all, positions.parameters("positions."));
    if (cls) append(all, cls->parameters("cls."));
    for (std::size_t l = 0; l < blocks.size(); ++l)
      std::visit(take("block" + std::to_string(l + 1) + "."), blocks[l]);
    if (norm) append(all, norm->parameters("norm."));
    std::visit(take("pooling."), pooling);
    append(all, classifier->parameters("classifier."));
    return all;
  }

  Variable embedded(const Neighbourhood& rows, const Input& x, Pass& pass) const {
    const TimedPart part("embedding");
    if (const auto* linear = std::get_if<Linear>(&input)) return (*linear)(x);
    require(!x.is_sparse(), caller, "embedding: want linear for sparse features, such as tokens");
    return std::get<FeedForward>(input)(rows, x.dense(), pass);
  }

  Variable pooled_rows(const Segments& segments, const Variable& h) const {
    const TimedPart part("pooling");
    if (const auto* attending = std::get_if<AttentionPooling>(&pooling)) return (*attending)(segments, h);
    if (const auto* deciding = std::get_if<InstancePooling>(&pooling)) return (*deciding)(segments, h);
    return Neighbourhood(segments).mean(h);
  }

  /// What the classifier reads, [segments, width], and the mean penalty of the layers.
  Output pooled(const Neighbourhood& neighbourhood, const Input& x, Pass& pass,
                std::vector<Operands>* operands = nullptr) const {
    const Segments rows = sequences_of(neighbourhood);
    expect(caller, {{"rows of x", x.rows(), rows.targets()}});
    require(options.patch == 1 || !x.is_sparse(), caller, "patch: want 1 for sparse features, such as tokens");
    const Segments given = options.patch == 1 ? rows : patched(rows, options.patch);
    Segments segments = given;
    Variable h = embedded(given, options.patch == 1 ? x : Input(patches(rows, x.dense(), options.patch)), pass);
    if (cls) {
      h = (*cls)(given, h);
      segments = ClsRow::longer(given);
    }
    h = dropout(positions(segments, h), pass.dropout(options.hidden_dropout));
    const Segments near = options.causal ? causal_ones(segments) : segments;
    MeanPenalty penalties;
    Index number = 0;
    for (const Block& each : blocks) {
      const TimedPart part("block", ++number);
      const Output out = std::visit([&](const auto& block) { return block(near, h, pass, operands); }, each);
      h = out.y;
      penalties.add(out.penalty);
    }
    const Variable penalty = penalties.value();
    if (norm) h = (*norm)(h);
    if (cls) return {ClsRow::first_rows(given, h), penalty};
    return {pooled_rows(segments, h), penalty};
  }
};

}  // namespace

void TransformerOptions::declare(OptionList& list) {
  list.add("layers", layers, range::count, "layers, the output layer included; of a Transformer its blocks");
  list.add("hidden", hidden, range::count, "width of each head of a hidden layer");
  list.add("heads", heads, range::count, "heads of a hidden layer, side by side");
  list.add("feed-forward", feed_forward, range::count,
           "columns between the two halves of a feed-forward layer; by default twice hidden times heads");
  list.add("activation", activation, activation_choices, "after each hidden layer");
  list.add_shorthand("dropout", range::share,
                     "dropout on inputs, attention and values that the model has, where not given apart",
                     [this](double p) { hidden_dropout = static_cast<float>(p); });
  list.add("hidden-dropout", hidden_dropout, range::share,
           "dropout after the activation; of a Transformer on the embedding, the branches and the pooled row");
  list.add("pre-norm", pre_norm, "norms before the branches of a block, not after its sums");
  list.add("encoder", encoder, encoder_choices,
           "standard: blocks of attention and feed-forward layers; scaled: x + c attention(x) with a learned c");
  list.add("embedding", embedding, embedding_choices,
           "of the features of a row: linear, or a feed-forward layer with an activation in between");
  list.add("positions", positions, position_choices, "what is added to a row for its place in the sequence");
  list.add("longest", longest, range::count,
           "longest sequence that learned positions and tables of relative ones take");
  list.add("pooling", pooling, pooling_choices,
           "of a sequence into one row: the mean, a learned first row, attention of a learned query, or the tanh "
           "attention of multiple-instance learning");
  list.add("causal", causal, "a row attends to itself and the earlier rows alone; the pooling reads all rows");
  list.add("patch", patch, range::count, "positions that become one row: of long sequences 5, say, for 25 times less");
}

Model sequence_transformer(const TransformerOptions& options, const MakeAttention& make, Index features, Index classes,
                           Random& random) {
  expect_at_least_one(caller, "layers", options.layers);
  expect_at_least_one(caller, "patch", options.patch);
  const bool scaled = options.encoder == EncoderKind::scaled;
  require(!scaled || options.pre_norm, caller, "pre_norm: want true: scaled blocks have no norms");
  require(!scaled || !options.feed_forward || options.embedding == Embedding::feed_forward, caller,
          "feed_forward: want none: neither scaled blocks nor a linear embedding have a feed-forward layer");
  require(!options.causal || options.pooling != Pooling::cls, caller,
          "pooling: got cls, want another one of causal rows: the first row would read itself alone");
  const auto model = std::make_shared<const Transformer>(options, make, features, classes, random);
  return {.parameters = model->parameters(),
          .forward =
              [model](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
                Output out = model->pooled(neighbourhood, x, pass);
                const TimedPart part("classifier");
                out.y = (*model->classifier)(dropout(out.y, pass.dropout(model->options.hidden_dropout)));
                return out;
              },
          .operands =
              [model](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
                std::vector<Operands> all;
                model->pooled(neighbourhood, x, pass, &all);
                return all;
              },
          .hidden = [model](const Neighbourhood& neighbourhood, const Input& x,
                            Pass& pass) { return model->pooled(neighbourhood, x, pass).y; }};
}

}  // namespace mercer
