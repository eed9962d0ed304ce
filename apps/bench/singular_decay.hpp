#pragma once

#include <Eigen/SVD>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/item_classification.hpp"

/// How the singular values of trained attention decay: Transformers on made sequences, and a picture.
namespace mercer::bench {

inline constexpr Index decay_length = 48, decay_sequences = 160, decay_trained = 120;

/// Noisy sequences of two columns: class 0 has a bump in the first column before one in the second, class 1 after it.
struct BumpData {
  Tensor x{decay_sequences * decay_length, 2};
  std::vector<std::int32_t> labels;

  explicit BumpData(std::uint64_t seed) {
    Random random(seed, 7);
    for (Index a = 0; a < decay_sequences; ++a) {
      labels.push_back(static_cast<std::int32_t>(a % 2));
      const auto first = static_cast<Index>(random.below(20)), second = 24 + static_cast<Index>(random.below(20));
      for (Index t = 0; t < decay_length; ++t)
        for (Index c = 0; c < 2; ++c) {
          const Index bump = (c == 0) == (a % 2 == 0) ? first : second;
          x(a * decay_length + t, c) = static_cast<Real>((t >= bump && t < bump + 4 ? 2 : 0) + 0.5 * random.normal());
        }
    }
  }
  Variable rows_of(std::span<const Node> items) const {
    std::vector<Node> rows;
    for (const Node a : items)
      for (Index t = 0; t < decay_length; ++t)
        rows.push_back(static_cast<Node>(a * decay_length + t));
    return gather_rows(Variable(x), rows);
  }
  static Segments segments(Index items) {
    std::vector<Index> ends;
    for (Index a = 0; a <= items; ++a)
      ends.push_back(a * decay_length);
    return Segments(std::move(ends));
  }
};

struct Decay {
  std::vector<double> relative = std::vector<double>(decay_length, 0.0);  // σ_r / σ_1, mean over matrices
  double needed = 0;    // singular values for 90 % of Σ σ², mean over matrices
  double rank = 0;      // singular values above σ_1 / 1000, likewise
  double accuracy = 0;  // on the sequences that did not train
};

/// Adds the singular values of every head of a layer's weights.
inline void add_heads(const Operands& layer, Index sequences, double share, Decay& decay) {
  const Tensor alpha = attention_weights(layer);  // [pairs, heads], row by row
  for (Index a = 0; a < sequences; ++a)
    for (Index h = 0; h < alpha.columns(); ++h) {
      Eigen::MatrixXd weights(decay_length, decay_length);
      for (Index i = 0; i < decay_length; ++i)
        for (Index j = 0; j < decay_length; ++j)
          weights(i, j) = static_cast<double>(alpha((a * decay_length + i) * decay_length + j, h));
      const Eigen::VectorXd found = Eigen::JacobiSVD<Eigen::MatrixXd>(weights).singularValues();  // the largest first
      const std::vector<double> values(found.begin(), found.end());
      const double all = found.squaredNorm();
      double so_far = 0;
      for (std::size_t r = 0; r < values.size(); ++r) {
        decay.relative[r] += share / static_cast<double>(alpha.columns()) * values[r] / values.front();
        if (values[r] > values.front() / 1000) decay.rank += share / static_cast<double>(alpha.columns());
        if (so_far < 0.9 * all) decay.needed += share / static_cast<double>(alpha.columns());
        so_far += values[r] * values[r];
      }
    }
}

/// Trains a Transformer of two blocks and looks at its attention to test sequences. Primal's weights are its kernel K.
inline Decay decay_of(const ModelOptions& model, std::uint64_t seed) {
  const BumpData data(seed);
  const Model trained = build_model(model, 2, 2, seed);
  std::vector<Node> train_items, test_items;
  for (Node a = 0; a < decay_sequences; ++a)
    (a < decay_trained ? train_items : test_items).push_back(a);
  const Task task =
      item_classification({.parameters = trained.parameters,
                           .predict = [&](std::span<const Node> items, Pass& pass) -> Prediction {
                             return trained.forward(BumpData::segments(std::ssize(items)), data.rows_of(items), pass);
                           },
                           .labels = data.labels,
                           .train = train_items,
                           .test = test_items,
                           .batch = 16,
                           .seed = seed});
  const TrainResult result = train(
      task, {.epochs = 30, .seed = seed, .optimizer = AdamW{.learning_rate = 0.003}, .stop = StopRule::fixed_epochs});
  Decay decay;
  decay.accuracy = result.test ? result.test->score : 0;
  const Index shown = 8;
  const std::span<const Node> some(test_items.data(), static_cast<std::size_t>(shown));
  const std::vector<Operands> layers =
      inference_operands(trained, BumpData::segments(shown), Input(data.rows_of(some)));
  for (const Operands& layer : layers)
    add_heads(layer, shown, 1 / static_cast<double>(shown * std::ssize(layers)), decay);
  return decay;
}

/// The mean over seeds.
inline Decay mean_decay(const ModelOptions& model, int seeds) {
  Decay mean;
  for (int seed = 0; seed < seeds; ++seed) {
    const Decay one = decay_of(model, static_cast<std::uint64_t>(seed));
    for (std::size_t r = 0; r < one.relative.size(); ++r)
      mean.relative[r] += one.relative[r] / seeds;
    mean.needed += one.needed / seeds;
    mean.rank += one.rank / seeds;
    mean.accuracy += one.accuracy / seeds;
  }
  return mean;
}

struct NamedDecay {
  std::string name, colour;
  Decay decay;
};

/// σ_r / σ_1 over r, on a logarithmic axis from 1 down to 1e-4.
inline std::string decay_picture(const std::vector<NamedDecay>& curves) {
  constexpr double left = 60, top = 20, width = 420, height = 240, decades = 4;
  const auto number = [](double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return std::string(text.data());
  };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 310\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"640\" height=\"310\" fill=\"#ffffff\"/>\n";
  for (int d = 0; d <= 4; ++d) {
    const double y = top + height * d / decades;
    svg += "<path d=\"M" + number(left) + " " + number(y) + "h" + number(width) +
           "\" stroke=\"#dddddd\"/><text x=\"52\" y=\"" + number(y + 4) + "\" text-anchor=\"end\">" +
           (d == 0 ? "1" : "1e-" + std::to_string(d)) + "</text>\n";
  }
  for (const int r : {1, 12, 24, 36, 48})
    svg += "<text x=\"" + number(left + width * (r - 1) / (decay_length - 1)) + "\" y=\"278\" text-anchor=\"middle\">" +
           std::to_string(r) + "</text>\n";
  svg += "<text x=\"270\" y=\"300\" text-anchor=\"middle\">r: singular value r over the largest</text>\n";
  double legend = top + 14;
  for (const NamedDecay& curve : curves) {
    std::string path;
    for (std::size_t r = 0; r < curve.decay.relative.size(); ++r) {
      const double down = std::min(-std::log10(std::max(curve.decay.relative[r], 1e-9)), decades);
      path += (r == 0 ? "M" : "L") + number(left + width * static_cast<double>(r) / (decay_length - 1)) + " " +
              number(top + height * down / decades);
    }
    svg += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + curve.colour +
           "\" stroke-width=\"2\"/><text x=\"492\" y=\"" + number(legend) + "\" fill=\"" + curve.colour + "\">" +
           curve.name + "</text>\n";
    legend += 18;
  }
  return svg + "</svg>\n";
}

}  // namespace mercer::bench
