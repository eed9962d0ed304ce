#include "explain/explainable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "cli/errors.hpp"
#include "mercer/data/vocabulary.hpp"
#include "mercer/experiment/sequences.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr double most_memory = double(512 << 20);  // bytes, of the factors of all pairs of a sequence

std::vector<Factors> factors_of(const std::vector<Operands>& operands, const std::string& model) {
  std::vector<Factors> layers;
  for (const Operands& layer : operands)
    layers.push_back(attention_factors(layer));
  for (const Factors& factors : layers)
    if (!all_finite(factors.alpha)) throw UsageError(model + ": the model gives attention that is not finite");
  return layers;
}

/// Of a model whose score has no factors: α alone.
std::vector<Factors> without_factors(std::vector<Factors> layers) {
  constexpr Real nothing = std::numeric_limits<Real>::quiet_NaN();
  for (Factors& layer : layers)
    for (Tensor* factor : {&layer.similarity, &layer.log_magnitude})
      *factor = Tensor::filled(factor->rows(), factor->columns(), nothing);
  return layers;
}

std::vector<Tensor> edge_terms_of(const std::vector<Operands>& operands) {
  std::vector<Tensor> terms;
  for (const Operands& layer : operands)
    terms.push_back(layer.edge_term ? layer.edge_term.value() : Tensor());
  return terms;
}

/// What the layers multiply κ by besides a magnitude of q and k.
std::vector<std::string> factors_of_edges(const Operands& layer) {
  std::vector<std::string> words;
  if (layer.options.edge_weight) words.emplace_back("the weight of the edge");
  if (layer.options.edge_bias && !layer.bias_is_similarity) words.emplace_back("exp(the bias of the edge)");
  if (layer.options.relative_bias) words.emplace_back("exp(the relative bias of i − j)");
  if (layer.options.normaliser == Normaliser::symmetric) words.emplace_back("1 / sqrt(the degree of j)");
  return words;
}

void require_attention(const std::vector<Operands>& operands, const std::string& model) {
  if (operands.empty())
    throw UsageError(model + " has no attention weights to explain: want a model that has, as gat, rbf or transformer");
}

/// Three numbers for each pair, layer and head. Throws UsageError where they are too many.
void require_room(const std::vector<Operands>& operands, const Dataset& data, Node item) {
  double numbers = 0, heads = 0;
  for (const Operands& layer : operands) {
    const auto count = static_cast<double>(layer.options.heads);
    heads += count;
    numbers += 3 * count * static_cast<double>(layer.neighbourhood.edges());
  }
  if (numbers * sizeof(Real) <= most_memory) return;
  const double rows = std::floor(std::sqrt(most_memory / (3 * heads * sizeof(Real))));
  throw UsageError(
      fmt::format("--item {}: the pairs of its {} rows in {} heads need {:.0f} MB, want at most {:.0f}: a sequence of "
                  "at most {:.0f} "
                  "rows of the {} in {}, or a model with a larger --patch",
                  item, grouped(operands.front().neighbourhood.rows()), heads, numbers * sizeof(Real) / (1 << 20),
                  most_memory / (1 << 20), rows, grouped(data.examples()), data.name));
}

/// The word in that row of a set of texts.
std::string word_of(const Dataset& data, const SparseMatrix& x, Index row) {
  const auto first = static_cast<std::size_t>(x.offset()[static_cast<std::size_t>(row)]);
  const bool any = x.offset()[static_cast<std::size_t>(row) + 1] > static_cast<Edge>(first);
  return any ? data.feature_names[static_cast<std::size_t>(x.column()[first])] : "";
}

std::vector<std::string> names_of_rows(const Trained& trained, const Input& x) {
  const ModelOptions& model = trained.model.options;
  const Dataset& data = trained.problem->prepared.data;
  const auto patch = static_cast<Index>(model.number("patch").value_or(1));
  const bool words = !data.feature_names.empty() && data.feature_names.front() == unknown_word && x.is_sparse();
  std::vector<std::string> names;
  if (const OptionValue* pooling = model.find("pooling"); pooling != nullptr && *pooling == OptionValue("cls"))
    names.emplace_back("cls");
  for (Index first = 0; first < x.rows(); first += patch) {
    const Index last = std::min(first + patch, x.rows()) - 1;
    names.push_back(words           ? fmt::format("{}:{}", first, word_of(data, *x.sparse(), first))
                    : first == last ? std::to_string(first)
                                    : fmt::format("{}-{}", first, last));
  }
  return names;
}

}  // namespace

std::string Explainable::title() const {
  const std::string whole = trained.model.options.name + " on " + prepared().data.name;
  return item ? fmt::format("{}, sequence {}", whole, item->number) : whole;
}

Explainable explainable_graph(const Trained& trained, std::string command) {
  const Problem& problem = *trained.problem;
  const std::vector<Operands> operands = inference_operands(trained.model.model, problem.neighbourhood, problem.input);
  require_attention(operands, trained.model.options.name);
  std::vector<Factors> layers = factors_of(operands, trained.model.options.name);
  if (!has_factors(trained.model.options)) layers = without_factors(std::move(layers));
  return {trained,
          std::move(layers),
          std::move(command),
          problem.neighbourhood,
          edge_terms_of(operands),
          factors_of_edges(operands.front())};
}

Explainable explainable_item(const Trained& trained, std::string command, Node item) {
  const Problem& problem = *trained.problem;
  const Dataset& data = problem.prepared.data;
  const SequenceBatch one = batch_of(data.item_offset, problem.input, std::array{item}, Device::cpu);
  const std::vector<Operands> operands = inference_operands(trained.model.model, one.segments, one.x);
  require_attention(operands, trained.model.options.name);
  require_room(operands, data, item);
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  Tensor logits = trained.model.model.forward(Neighbourhood(one.segments), one.x, pass).y.value();
  return {trained,
          factors_of(operands, trained.model.options.name),
          std::move(command),
          operands.front().neighbourhood,
          edge_terms_of(operands),
          factors_of_edges(operands.front()),
          ExplainedItem{item, std::move(logits), names_of_rows(trained, one.x)}};
}

}  // namespace mercer::program
