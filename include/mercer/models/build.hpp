#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mercer/models/model.hpp"

namespace mercer {

/// A model by name. What is absent takes the model's own default; what is given must be an option of that model.
struct ModelOptions {
  std::string name = "gat";
  std::optional<Index> layers{};
  std::optional<Index> hidden{};
  std::optional<Index> heads{};
  std::optional<Index> output_heads{};
  std::optional<float> dropout{};
  std::optional<float> input_dropout{};
  std::optional<float> attention_dropout{};
  std::optional<float> value_dropout{};
  std::optional<float> magnitude_dropout{};
  std::optional<Real> p{};
  std::optional<Real> divisor{};
  std::optional<Real> sigma{};
  std::optional<Real> scale{};
  std::optional<Index> frequencies{};
  std::optional<Real> floor{};
  std::optional<std::string> frequency_start{};
  std::optional<Index> key_width{};
  std::optional<Index> components{};
  std::optional<Index> rank{};
  std::optional<Real> shift{};
  std::optional<std::string> function{};
  std::optional<std::string> noise{};
  std::optional<Index> draws{};
  std::optional<Real> lambda_kl{};
  std::optional<Real> lambda_copula{};
  std::optional<Real> prior{};
  std::optional<bool> release{};
  std::optional<bool> hyperbolic{};
  std::optional<Index> hops{};
  std::optional<Index> walks{};
  std::optional<Index> walk_length{};
  std::optional<std::string> energy{};
  std::optional<std::string> energy_as{};
  std::optional<Real> eta{};
  std::optional<bool> learn_sigma{};
  std::optional<Real> negative_slope{};
  std::optional<std::string> normaliser{};
  std::optional<std::string> residual{};
  std::optional<std::string> norm{};
  std::optional<std::string> storage{};
  std::optional<bool> tied{};
  std::optional<bool> share_weights{};
  std::optional<bool> score_bias{};
  std::optional<bool> projection_bias{};
  std::optional<bool> bias{};
  std::optional<bool> initialise_per_head{};
  std::optional<bool> dropout_per_head{};
  std::optional<bool> decay_first_layer_only{};

  bool operator==(const ModelOptions&) const = default;
};

/// Calls visit(name, field, what it means) for every option: the one list that command lines, configuration files
/// and model descriptions walk. `options` may be const or not.
template <class Options, class Visit>
void for_each_option(Options&& options, Visit&& visit) {
  visit("layers", options.layers, "layers, the output layer included");
  visit("hidden", options.hidden, "width of a hidden layer, or of each of its heads");
  visit("heads", options.heads, "heads of a hidden layer, side by side");
  visit("output-heads", options.output_heads, "heads of the output layer, averaged");
  visit("dropout", options.dropout, "dropout on inputs, attention and values, where not given apart");
  visit("input-dropout", options.input_dropout, "dropout on the input of every layer");
  visit("attention-dropout", options.attention_dropout, "dropout on the attention weights");
  visit("value-dropout", options.value_dropout, "dropout on the transformed values");
  visit("magnitude-dropout", options.magnitude_dropout, "dropout on the logarithm of the magnitude");
  visit("p", options.p, "norm of the magnitude exp(|k|_p^2 / divisor), at least 1");
  visit("divisor", options.divisor, "divisor of the magnitude; 2 sqrt(width) by default");
  visit("sigma", options.sigma, "bandwidth of the kernel; fitted to the width by default");
  visit("scale", options.scale, "scale of the dot product; 1 / sqrt(width) by default");
  visit("frequencies", options.frequencies, "frequencies of each head");
  visit("floor", options.floor, "added to the squared kernel, above 0");
  visit("frequency-start", options.frequency_start, "first frequencies: rbf, release");
  visit("key-width", options.key_width, "width of queries and keys in each head; that of the values by default");
  visit("shift", options.shift, "added to a kernel that can be negative; from 1 on its row sums stay above 0");
  visit("noise", options.noise, "of sampled frequencies: frozen, redrawn (in training), averaged (in evaluation)");
  visit("draws", options.draws, "draws that evaluation averages over, with averaged noise");
  visit("lambda-kl", options.lambda_kl, "weight of the divergence from the prior, over the number of training nodes");
  visit("lambda-copula", options.lambda_copula, "weight of the heads' mutual information, over the same number");
  visit("prior", options.prior, "deviation of the prior of the frequencies' noise");
  visit("release", options.release,
        "as in the authors' code: divisor 2 width^(1/4), MIKAN's copula without mixing heads");
  visit("hyperbolic", options.hyperbolic, "positive features of each frequency and of its opposite");
  visit("function", options.function, "function of the dot product: exp, inv, logi, trigh (exp again), sqrt");
  visit("components", options.components, "Gaussians of each head's mixture");
  visit("rank", options.rank, "rank of a mixture's covariances; projections of each head of primal attention");
  visit("hops", options.hops, "steps within which nodes are neighbours, 1 to 4");
  visit("walks", options.walks, "random walks from every node");
  visit("walk-length", options.walk_length, "steps of a random walk, at most 1000");
  visit("energy", options.energy, "dot, rbf, inverse-quadratic, laplace, module, module-release");
  visit("energy-as", options.energy_as, "what the energy of a pair is: weight, logit");
  visit("eta", options.eta, "factor of the penalty, at least 0");
  visit("learn-sigma", options.learn_sigma, "a factor of the bandwidth is learned for each head");
  visit("negative-slope", options.negative_slope, "slope of the leaky ReLU below zero");
  visit("normaliser", options.normaliser, "denominator: softmax, row-sum, degree, symmetric, none");
  visit("residual", options.residual, "added to hidden layers: none, input, linear");
  visit("norm", options.norm, "of hidden layers, before their activation: none, layer");
  visit("storage", options.storage, "of queries, keys and values while edges gather them: float, bf16");
  visit("tied", options.tied, "one projection for queries, keys and values");
  visit("share-weights", options.share_weights, "one projection for both ends of an edge");
  visit("score-bias", options.score_bias, "a scalar bias for both halves of each head's score");
  visit("projection-bias", options.projection_bias, "biases in the projections");
  visit("bias", options.bias, "a bias in the output of every layer");
  visit("initialise-per-head", options.initialise_per_head, "Glorot's bounds from the width of one head");
  visit("dropout-per-head", options.dropout_per_head, "a dropout mask of the input for each head");
  visit("decay-first-layer-only", options.decay_first_layer_only, "weight decay on the first layer alone");
}

/// "gat", "gat-pyg", "gatv2", "rbf", the feature maps ("ikan-direct" … "maclaurin"), one for each kernel of the
/// catalogue, "gcn", "mlp".
std::vector<std::string> model_names();
/// One line about the model of that name, and the names of its options. Throw ValueError as build_model does.
std::string describe_model(std::string_view name);
std::vector<std::string> options_of_model(std::string_view name);

/// The model with first values drawn from `seed`. Throws ValueError for an unknown name (suggests the nearest, lists
/// all), for an option that the model doesn't have (lists those that it has), and for a value that can't be.
Model build_model(const ModelOptions& options, Index features, Index classes, std::uint64_t seed);

/// The options with the model's defaults where nothing was given: what to store so that a later version builds the
/// same model. What follows from the width of the heads (sigma, scale, divisor) stays absent. Throws as build_model.
ModelOptions completed(const ModelOptions& options, Index features, Index classes);

/// What that model attends to: the graph itself, or what it makes of it once and for all (a wider graph, a weight of
/// each edge), for a model on that device. Throws as build_model, and ValueError for a graph that grows too wide.
Neighbourhood neighbourhood_for(const ModelOptions& options, const Csr& graph, Device device = Device::cpu);

/// All that is learned, in numbers.
Index parameter_count(const Model& model);

}  // namespace mercer
