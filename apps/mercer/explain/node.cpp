#include <fmt/format.h>

#include <algorithm>

#include "cli/json.hpp"
#include "cli/output.hpp"
#include "explain/explainable.hpp"
#include "explain/node_report.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t heads_across = 4;  // columns of the table

std::string who(const NodeReport& report, Node j) {
  return report.naming.name(j) + (j == report.node.node ? " (itself)" : "");
}

/// The number of characters, not bytes.
std::size_t wide(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > wide(text) ? width - wide(text) : 0, ' ');
}

std::string heads_table(const NodeReport& report, std::size_t name_width) {
  std::string text;
  const auto& heads = report.node.heads;
  for (std::size_t first = 0; heads.size() > 1 && first < heads.size(); first += heads_across) {
    const std::size_t last = std::min(first + heads_across, heads.size());
    text += "\n" + padded("neighbour", name_width);
    for (std::size_t h = first; h < last; ++h)
      text += fmt::format("  {:<23}", fmt::format("head {}", heads[h] + 1));
    text += "\n";
    for (std::size_t n = 0; n < report.shown(); ++n) {
      const Neighbour& neighbour = report.node.neighbours[n];
      text += padded(who(report, neighbour.node), name_width);
      for (std::size_t h = first; h < last; ++h) {
        const Weight& w = neighbour.heads[h];
        const std::string factors = report.has_factors() ? " " + report.factors_text(w) : "";
        text += "  " + padded(fmt::format("{:.3f}{}", w.alpha, factors), 23);
      }
      text += "\n";
    }
  }
  return text;
}

std::string text_of(const NodeReport& report) {
  std::string text = fmt::format("{}, {}\nnode {}: {}\n", report.explained.title(), report.place(),
                                 report.naming.name(report.node.node), report.verdict_text());
  if (report.node.neighbours.empty()) return text + "it attends to no node: there is no attention to explain\n";
  if (is_near_uniform(report.node))
    text += "alpha is nearly uniform here: the node listens to all its neighbours alike\n";
  std::size_t name_width = 9, class_width = 5;
  for (std::size_t n = 0; n < report.shown(); ++n) {
    const Node j = report.node.neighbours[n].node;
    name_width = std::max(name_width, wide(who(report, j)));
    class_width = std::max(class_width, wide(report.naming.truth(j)));
  }
  text +=
      fmt::format("\n{}  {}  {:>6}  {:>11}  {:>10}\n", padded("neighbour", name_width),
                  padded(report.has_classes() ? "class" : "truth", class_width), " alpha", "similarity", "magnitude");
  for (std::size_t n = 0; n < report.shown(); ++n) {
    const Neighbour& neighbour = report.node.neighbours[n];
    const Weight& w = neighbour.weight;
    const auto factor = [&](double value) { return report.has_factors() ? factor_text(value) : "–"; };
    text += fmt::format("{}  {}  {:>6.3f}  {:>11}  {:>10}\n", padded(who(report, neighbour.node), name_width),
                        padded(report.naming.truth(neighbour.node), class_width), w.alpha, factor(w.similarity),
                        factor(w.magnitude));
  }
  if (report.others() > 0)
    text += fmt::format("{}  {}  {:>6.3f}  (--top shows more)\n",
                        padded(fmt::format("{} others", report.others()), name_width), std::string(class_width, ' '),
                        alpha_from(report.node, report.shown()));
  text += heads_table(report, name_width);
  text += "\n";
  if (report.has_factors()) {
    text += report.node.heads.size() > 1 ? "in each head alpha ∝ similarity × magnitude; of the means above, over the "
                                           "heads, that does not hold: --head 1 shows one head\n"
                                         : "alpha ∝ similarity × magnitude\n";
    text += "the factors are relative to their geometric mean over this node's neighbours\n";
  }
  return text + factors_in_words(report.explained) + "\n";
}

Json json_of(const Weight& w) { return {{"alpha", w.alpha}, {"similarity", w.similarity}, {"magnitude", w.magnitude}}; }

Json json_of(const NodeReport& report) {
  const Node node = report.node.node;
  Json json{{"command", report.explained.command},
            {"model", report.explained.trained.model.options.name},
            {"data", report.explained.prepared().data.name},
            {"node", report.explained.prepared().source_node(node)},
            {"name", report.naming.name(node)},
            {"predicted", report.verdict.predicted},
            {"probability", report.has_classes() ? Json(report.verdict.probability) : Json()},
            {"truth", report.naming.is_known(node) ? Json(report.naming.truth(node)) : Json()},
            {"layer", report.layer + 1},
            {"signed_kernel", report.node.is_signed},
            {"near_uniform", is_near_uniform(report.node)},
            {"factors", factors_in_words(report.explained)},
            {"neighbours", Json::array()}};
  for (const Neighbour& neighbour : report.node.neighbours) {
    Json entry{{"node", report.explained.prepared().source_node(neighbour.node)},
               {"name", report.naming.name(neighbour.node)}};
    entry["class"] = report.naming.is_known(neighbour.node) ? Json(report.naming.truth(neighbour.node)) : Json();
    entry.update(json_of(neighbour.weight));
    entry["heads"] = Json::array();
    for (std::size_t h = 0; h < neighbour.heads.size(); ++h) {
      Json head{{"head", report.node.heads[h] + 1}};
      head.update(json_of(neighbour.heads[h]));
      head[report.node.is_signed ? "kappa" : "log_kappa"] = neighbour.raw_similarity[h];
      head["log_magnitude"] = neighbour.log_magnitude[h];
      entry["heads"].push_back(std::move(head));
    }
    json["neighbours"].push_back(std::move(entry));
  }
  return json;
}

std::string csv_of(const NodeReport& report) {
  std::string csv = fmt::format("node,layer,head,neighbour,name,class,alpha,similarity,magnitude,{},log_magnitude\n",
                                report.node.is_signed ? "kappa" : "log_kappa");
  for (const Neighbour& neighbour : report.node.neighbours)
    for (std::size_t h = 0; h < neighbour.heads.size(); ++h) {
      const Weight& w = neighbour.heads[h];
      const auto cell = [&](double value) { return report.has_factors() ? fmt::format("{:.7g}", value) : ""; };
      csv += fmt::format(
          "{},{},{},{},{},{},{:.7g},{},{},{},{}\n", report.naming.number(report.node.node), report.layer + 1,
          report.node.heads[h] + 1, report.naming.number(neighbour.node), csv_field(report.naming.name(neighbour.node)),
          report.naming.is_known(neighbour.node) ? csv_field(report.naming.truth(neighbour.node)) : "", w.alpha,
          cell(w.similarity), cell(w.magnitude), cell(neighbour.raw_similarity[h]), cell(neighbour.log_magnitude[h]));
    }
  return csv;
}

}  // namespace

Rendered render_node(const Explainable& explained, Node node, Index layer, std::optional<Index> head, std::size_t top) {
  const NodeReport report{
      explained,
      Naming(explained),
      explain_node(explained.graph(), explained.layers[static_cast<std::size_t>(layer)], node, head),
      verdict_on(explained, node),
      layer,
      top};
  return {text_of(report), text_of(json_of(report)), csv_of(report), drawing_of(report)};
}

}  // namespace mercer::program
