#include "mercer/models/sequence_transformer.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/layers/encoder_block.hpp"
#include "mercer/layers/patches.hpp"
#include "models/mean_penalty.hpp"

namespace mercer {
namespace {

constexpr const char* caller = "sequence_transformer";

const Segments& sequences_of(const Neighbourhood& neighbourhood) {
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr, caller, "neighbourhood: got a graph or a block, want segments, one for each sequence");
  require(segments->is_square() && !segments->is_causal(), caller,
          "neighbourhood: want square segments that are not causal: every position attends to its whole sequence");
  return *segments;
}

struct Transformer {
  TransformerOptions options;
  Linear input;
  Positions positions;
  std::optional<ClsRow> cls{};
  std::vector<EncoderBlock> blocks{};
  std::optional<LayerNorm> norm{};  // pre-norm: of the last block's output
  std::optional<AttentionPooling> pooling{};
  std::optional<Linear> classifier{};

  Transformer(const TransformerOptions& given, const MakeAttention& make, Index features, Index classes, Random& random)
      : options(given),
        input({.in = features * given.patch, .out = given.width()}, random),
        positions({.kind = given.positions, .width = given.width(), .longest = given.longest}, random) {
    const Index width = options.width();
    if (options.pooling == Pooling::cls) cls.emplace(width, random);
    const Index feed_forward = options.feed_forward.value_or(2 * width);
    for (Index l = 0; l < options.layers; ++l)
      blocks.push_back(EncoderBlock({.width = width,
                                     .attended = width,
                                     .feed_forward = feed_forward,
                                     .activation = options.activation,
                                     .dropout = options.hidden_dropout,
                                     .pre_norm = options.pre_norm},
                                    make(width), random));
    if (options.pre_norm) norm.emplace(LayerNormOptions{.width = width});
    if (options.pooling == Pooling::attention)
      pooling.emplace(AttentionPoolingOptions{.width = width, .heads = options.heads}, random);
    classifier.emplace(LinearOptions{.in = width, .out = classes}, random);
  }

  Parameters parameters() const {
    Parameters all = input.parameters("input.");
    append(all, positions.parameters("positions."));
    if (cls) append(all, cls->parameters("cls."));
    for (std::size_t l = 0; l < blocks.size(); ++l)
      append(all, blocks[l].parameters("block" + std::to_string(l + 1) + "."));
    if (norm) append(all, norm->parameters("norm."));
    if (pooling) append(all, pooling->parameters("pooling."));
    append(all, classifier->parameters("classifier."));
    return all;
  }

  /// What the classifier reads, [segments, width], and the mean penalty of the layers.
  Output pooled(const Neighbourhood& neighbourhood, const Input& x, Pass& pass,
                std::vector<Operands>* operands = nullptr) const {
    const Segments rows = sequences_of(neighbourhood);
    expect(caller, {{"rows of x", x.rows(), rows.targets()}});
    require(options.patch == 1 || !x.is_sparse(), caller, "patch: want 1 for sparse features, such as tokens");
    const Segments given = options.patch == 1 ? rows : patched(rows, options.patch);
    Segments segments = given;
    Variable h = input(options.patch == 1 ? x : Input(patches(rows, x.dense(), options.patch)));
    if (cls) {
      h = (*cls)(given, h);
      segments = ClsRow::longer(given);
    }
    h = dropout(positions(segments, h), pass.dropout(options.hidden_dropout));
    MeanPenalty penalties;
    for (const EncoderBlock& block : blocks) {
      const Output out = block(segments, h, pass, operands);
      h = out.y;
      penalties.add(out.penalty);
    }
    const Variable penalty = penalties.value();
    if (norm) h = (*norm)(h);
    if (cls) return {ClsRow::first_rows(given, h), penalty};
    return {pooling ? (*pooling)(segments, h) : Neighbourhood(segments).mean(h), penalty};
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
  list.add("positions", positions, position_choices, "what is added to a row for its place in the sequence");
  list.add("longest", longest, range::count, "longest sequence that learned positions take");
  list.add("pooling", pooling, pooling_choices,
           "of a sequence into one row: the mean, a learned first row, or attention of a learned query");
  list.add("patch", patch, range::count, "positions that become one row: of long sequences 5, say, for 25 times less");
}

Model sequence_transformer(const TransformerOptions& options, const MakeAttention& make, Index features, Index classes,
                           Random& random) {
  expect_at_least_one(caller, "layers", options.layers);
  expect_at_least_one(caller, "patch", options.patch);
  const auto model = std::make_shared<const Transformer>(options, make, features, classes, random);
  return {.parameters = model->parameters(),
          .forward =
              [model](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
                Output out = model->pooled(neighbourhood, x, pass);
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
