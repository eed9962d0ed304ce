#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "cli/json.hpp"
#include "explain/explainable.hpp"
#include "explain/map_svg.hpp"
#include "explain/node_report.hpp"
#include "explain/share_svg.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr double nearly_cancels = 2;  // a share: the factor varies so much more than α, and the other one cancels it

/// A share, 0 to 1 or little beyond; NaN where the factors nearly cancel, and their shares would be of a small rest.
double shown(double share) { return std::abs(share - 0.5) > nearly_cancels - 0.5 ? std::nan("") : share; }

struct Row {
  Index layer;
  std::optional<Index> head;  // absent: all heads of the layer
  FactorShares shares;

  bool cancels() const { return std::isnan(shown(shares.similarity)) && !std::isnan(shares.similarity); }
  std::string head_text() const { return head ? std::to_string(*head + 1) : "all"; }
};

std::vector<Row> rows_of(const Explainable& explained, std::optional<Index> layer, std::optional<Index> head) {
  std::vector<Row> rows;
  for (Index l = 0; l < static_cast<Index>(explained.layers.size()); ++l) {
    if (layer && *layer != l) continue;
    const std::vector<FactorShares> shares =
        factor_shares(explained.around, explained.layers[static_cast<std::size_t>(l)]);
    const Index heads = static_cast<Index>(shares.size()) - 1;
    for (Index h = 0; h < heads; ++h)
      if (!head || *head == h) rows.push_back({l, h, shares[static_cast<std::size_t>(h)]});
    if (heads > 1 && !head) rows.push_back({l, std::nullopt, shares.back()});
  }
  return rows;
}

std::string number(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "–";
}

/// A right-aligned text of one column; "–" has more bytes than columns.
std::string column(const std::string& text, std::size_t width) {
  const std::size_t shown = text == "–" ? 1 : text.size();
  return std::string(width > shown ? width - shown : 0, ' ') + text;
}

constexpr double little = 0.1;  // of a row, from uniform weights

std::string how_selective(const FactorShares& shares, const char* rows) {
  if (shares.near_uniform >= 0.9) return "attention is near uniform";
  if (shares.near_uniform >= 0.5) return fmt::format("attention is near uniform for most {}s", rows);
  return shares.distance < little ? "attention chooses little" : "attention chooses";
}

/// How selective a layer or head is, in words and numbers.
std::string verdict(const Row& row, const Explainable& explained) {
  const char* rows = explained.item ? "position" : "node";
  const std::string where = row.head ? fmt::format("layer {}, head {}", row.layer + 1, *row.head + 1)
                                     : fmt::format("layer {}", row.layer + 1);
  if (row.shares.rows == 0)
    return fmt::format("{}: no {} attends to more than one, there is nothing to choose", where, rows);
  std::string text =
      fmt::format("{}: {}: {} of the rows are within {:.0f} % of uniform, from which {} of a row differ on average",
                  where, how_selective(row.shares, rows), percent(row.shares.near_uniform), 100 * near_uniform_distance,
                  percent(row.shares.distance));
  if (row.cancels()) text += "; its two factors nearly cancel";
  if (row.shares.negative > 0) text += fmt::format("; {} of the weights are negative", percent(row.shares.negative));
  return text;
}

/// The row of the whole layer: that of all heads if there are several.
bool stands_for_layer(const std::vector<Row>& rows, std::size_t n) {
  return n + 1 == rows.size() || rows[n + 1].layer != rows[n].layer;
}

std::string verdict_text(const Explainable& explained) {
  return in_words(explained, verdict_by(explained, explained.item->logits, 0), explained.item->number);
}

std::string text_of(const Explainable& explained, const std::vector<Row>& rows) {
  std::string text = explained.title() + ": what decides the attention\n";
  if (explained.item)
    text += fmt::format("{} positions: {}\n", grouped(std::ssize(explained.item->names)), verdict_text(explained));
  for (std::size_t n = 0; n < rows.size(); ++n)
    if (stands_for_layer(rows, n)) text += verdict(rows[n], explained) + "\n";
  text += fmt::format("\n{:>5}  {:>4}  {:>10}  {:>10}  {:>7}  {:>12}\n", "layer", "head", "similarity", "magnitude",
                      "entropy", "near uniform");
  for (const Row& row : rows)
    text +=
        fmt::format("{:>5}  {:>4}  {}  {}  {}  {}\n", row.layer + 1, row.head_text(),
                    column(percent(shown(row.shares.similarity)), 10), column(percent(shown(row.shares.magnitude)), 10),
                    column(number(row.shares.entropy, 3), 7), column(percent(row.shares.near_uniform), 12));
  const bool splits = has_factors(explained.trained.model.options);
  if (splits && std::ranges::any_of(rows, [](const Row& row) { return std::isnan(row.shares.similarity); }))
    text += "–: alpha is the same throughout every row\n";
  if (std::ranges::any_of(rows, [](const Row& row) { return row.cancels(); }))
    text += "–: similarity and magnitude nearly cancel: what is left to share is far smaller than either\n";
  text += "\n";
  if (splits)
    text +=
        "similarity, magnitude: shares of what varies in ln alpha within a row; together 100 %, below 0 where one "
        "works against the other\n";
  return text + "entropy: of alpha, 1 is uniform; near uniform: at most 5 % of a row's attention would have to move\n" +
         factors_in_words(explained) + "\n";
}

Json json_of(const Explainable& explained, const std::vector<Row>& rows) {
  Json json{{"command", explained.command},           {"model", explained.trained.model.options.name},
            {"data", explained.prepared().data.name}, {"near_uniform_distance", near_uniform_distance},
            {"factors", factors_in_words(explained)}, {"heads", Json::array()}};
  if (explained.item) {
    const Verdict found = verdict_by(explained, explained.item->logits, 0);
    const Naming naming(explained);
    json["sequence"] = explained.item->number;
    json["positions"] = explained.item->names;
    json["predicted"] = found.predicted;
    json["truth"] = naming.is_known(explained.item->number) ? Json(naming.truth(explained.item->number)) : Json();
  }
  for (const Row& row : rows)
    json["heads"].push_back({{"layer", row.layer + 1},
                             {"head", row.head ? Json(*row.head + 1) : Json("all")},
                             {"rows", row.shares.rows},
                             {"similarity", row.shares.similarity},
                             {"magnitude", row.shares.magnitude},
                             {"entropy", row.shares.entropy},
                             {"distance_to_uniform", row.shares.distance},
                             {"near_uniform", row.shares.near_uniform},
                             {"negative", row.shares.negative}});
  return json;
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string csv = "layer,head,rows,similarity,magnitude,entropy,distance_to_uniform,near_uniform,negative\n";
  const auto cell = [](double value) { return std::isfinite(value) ? fmt::format("{:.7g}", value) : std::string(); };
  for (const Row& row : rows)
    csv += fmt::format("{},{},{},{},{},{},{},{},{}\n", row.layer + 1, row.head_text(), row.shares.rows,
                       cell(row.shares.similarity), cell(row.shares.magnitude), cell(row.shares.entropy),
                       cell(row.shares.distance), cell(row.shares.near_uniform), cell(row.shares.negative));
  return csv;
}

/// α of every layer and head among the rows.
std::string maps_of(const Explainable& explained, const std::vector<Row>& rows, std::vector<std::string> notes) {
  std::vector<AttentionMap> maps;
  for (const Row& row : rows)
    if (row.head)
      maps.push_back(attention_map(fmt::format("layer {}, head {}", row.layer + 1, *row.head + 1),
                                   explained.around.view().adjacency,
                                   explained.layers[static_cast<std::size_t>(row.layer)].alpha, *row.head));
  return map_svg("Attention: " + explained.title() + ", " + verdict_text(explained), maps, explained.item->names,
                 notes);
}

std::string drawn(const Explainable& explained, const std::vector<Row>& rows) {
  std::vector<ShareBar> bars;
  std::vector<std::string> notes;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const Row& row = rows[n];
    bars.push_back({fmt::format("layer {}, {}", row.layer + 1, row.head ? "head " + row.head_text() : "all heads"),
                    shown(row.shares.similarity), shown(row.shares.magnitude), row.shares.near_uniform});
    if (stands_for_layer(rows, n)) notes.push_back(verdict(row, explained) + ".");
  }
  notes.push_back(factors_in_words(explained));
  if (explained.item) return maps_of(explained, rows, std::move(notes));
  return share_svg("What decides the attention: " + explained.title(), bars, notes);
}

}  // namespace

Rendered render_model(const Explainable& explained, std::optional<Index> layer, std::optional<Index> head) {
  const std::vector<Row> rows = rows_of(explained, layer, head);
  return {text_of(explained, rows), text_of(json_of(explained, rows)), csv_of(rows), drawn(explained, rows)};
}

bool has_factors(const ModelOptions& model) {
  return model.number("edge-columns").value_or(0) == 0 || model.name == "gatv2";
}

namespace {

/// What else nodes attend to; empty where there is no global branch.
std::string branch_in_words(const ModelOptions& model) {
  const OptionValue* branch = model.find("global");
  if (branch == nullptr || *branch == OptionValue("none")) return "";
  return fmt::format(
      "; not shown: in the global branch ({}), which the classifier reads too, every node attends to all",
      branch->text());
}

std::string factors_of_edges_in_words(const Explainable& explained) {
  const ModelOptions& model = explained.trained.model.options;
  constexpr std::string_view of_sequences = "transformer";
  std::string attention = model.name;
  if (attention == of_sequences)
    attention = "dot";
  else if (attention.starts_with(of_sequences))
    attention.erase(0, of_sequences.size() + 1);
  const double columns = model.number("edge-columns").value_or(0);
  if (!has_factors(model))
    return fmt::format(
        "–: alpha ∝ exp(leaky ReLU(a·[g_i, g_j] + a_e·W_e e_ij)), e_ij the {:g} features of the edge, is no product of "
        "a similarity and a magnitude",
        columns);
  const std::optional<double> p = model.number("p");
  std::string similarity = "the kernel of q and k", more;
  std::vector<std::string> magnitude = explained.of_edges;
  const auto first = [&](std::string factor) { magnitude.insert(magnitude.begin(), std::move(factor)); };
  if (attention == "gat" || attention == "gat-pyg") {
    similarity = "exp(-c |a - [g_i, g_j]|^2 / 2)";
    first("exp(c (|a|^2 + |g_i|^2 + |g_j|^2) / 2)");
    more = ", c the slope of the leaky ReLU";
  } else if (attention == "gatv2") {
    similarity = "the whole of exp(score)";
    if (columns > 0)
      similarity = fmt::format("exp(a·leaky ReLU(q + k + W_e e_ij)), e_ij the {:g} features of the edge", columns);
  } else if (attention == "dot" && !p) {
    similarity = "exp(-|q - k|^2 / 2 sqrt(d))";
    first("exp((|q|^2 + |k|^2) / 2 sqrt(d))");
    if (explained.of_edges.empty()) more = "; their product is exp(q·k / sqrt(d))";
  }
  if (p) first(fmt::format("exp(|k|_{:g}^2 / divisor)", *p));
  if (magnitude.empty()) return "similarity: " + similarity + "; there is no magnitude";
  return fmt::format("similarity: {}, magnitude: {}{}", similarity, fmt::join(magnitude, " × "), more);
}

}  // namespace

std::string factors_in_words(const Explainable& explained) {
  return factors_of_edges_in_words(explained) + branch_in_words(explained.trained.model.options);
}

}  // namespace mercer::program
