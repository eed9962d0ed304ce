#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "explain.hpp"
#include "json_fields.hpp"
#include "output.hpp"
#include "report.hpp"
#include "told.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t heads_across = 4;  // of the table, side by side

std::string who(const Told& told, Node j) { return told.naming.name(j) + (j == told.node.node ? " (itself)" : ""); }

/// Characters, not bytes.
std::size_t wide(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > wide(text) ? width - wide(text) : 0, ' ');
}

std::string heads_table(const Told& told, std::size_t name_width) {
  std::string text;
  const auto& heads = told.node.heads;
  for (std::size_t first = 0; heads.size() > 1 && first < heads.size(); first += heads_across) {
    const std::size_t last = std::min(first + heads_across, heads.size());
    text += "\n" + padded("neighbour", name_width);
    for (std::size_t h = first; h < last; ++h)
      text += fmt::format("  {:<23}", fmt::format("head {}", heads[h] + 1));
    text += "\n";
    for (std::size_t n = 0; n < told.shown(); ++n) {
      const Neighbour& neighbour = told.node.neighbours[n];
      text += padded(who(told, neighbour.node), name_width);
      for (std::size_t h = first; h < last; ++h) {
        const Weight& w = neighbour.heads[h];
        text += "  " +
                padded(fmt::format("{:.3f} {} × {}", w.alpha, factor_text(w.similarity), factor_text(w.magnitude)), 23);
      }
      text += "\n";
    }
  }
  return text;
}

std::string text_of(const Told& told) {
  std::string text = fmt::format("{}, {}\nnode {}: {}\n", told.of.title(), told.place(),
                                 told.naming.name(told.node.node), told.verdict_text());
  if (told.node.neighbours.empty()) return text + "it hears nobody: there is no attention to explain\n";
  std::size_t name_width = 9, class_width = 5;
  for (std::size_t n = 0; n < told.shown(); ++n) {
    const Node j = told.node.neighbours[n].node;
    name_width = std::max(name_width, wide(who(told, j)));
    class_width = std::max(class_width, wide(told.naming.class_of(j)));
  }
  text += fmt::format("\n{}  {}  {:>6}  {:>11}  {:>10}\n", padded("neighbour", name_width),
                      padded("class", class_width), " alpha", "similarity", "magnitude");
  for (std::size_t n = 0; n < told.shown(); ++n) {
    const Neighbour& neighbour = told.node.neighbours[n];
    const Weight& w = neighbour.weight;
    text += fmt::format("{}  {}  {:>6.3f}  {:>11}  {:>10}\n", padded(who(told, neighbour.node), name_width),
                        padded(told.naming.class_of(neighbour.node), class_width), w.alpha, factor_text(w.similarity),
                        factor_text(w.magnitude));
  }
  if (told.others() > 0)
    text += fmt::format("{}  {}  {:>6.3f}  (--top tells more)\n",
                        padded(fmt::format("{} others", told.others()), name_width), std::string(class_width, ' '),
                        alpha_from(told.node, told.shown()));
  text += heads_table(told, name_width);
  return text + fmt::format(
                    "\nalpha = c × similarity × magnitude, the factors relative to their geometric mean over this "
                    "node's neighbours\n{}\n",
                    factors_in_words(told.of.trained.description.model));
}

Json json_of(const Weight& w) { return {{"alpha", w.alpha}, {"similarity", w.similarity}, {"magnitude", w.magnitude}}; }

Json json_of(const Told& told) {
  const Node node = told.node.node;
  Json json{{"command", told.of.command},
            {"model", told.of.trained.description.model.name},
            {"data", told.of.prepared().data.name},
            {"node", told.of.prepared().source_node(node)},
            {"name", told.naming.name(node)},
            {"predicted", told.verdict.predicted},
            {"probability", told.verdict.probability},
            {"truth", told.naming.kind(node) < 0 ? Json() : Json(told.naming.class_of(node))},
            {"layer", told.layer + 1},
            {"signed_kernel", told.node.is_signed},
            {"factors", factors_in_words(told.of.trained.description.model)},
            {"neighbours", Json::array()}};
  for (const Neighbour& neighbour : told.node.neighbours) {
    Json entry{{"node", told.of.prepared().source_node(neighbour.node)}, {"name", told.naming.name(neighbour.node)}};
    entry["class"] = told.naming.kind(neighbour.node) < 0 ? Json() : Json(told.naming.class_of(neighbour.node));
    entry.update(json_of(neighbour.weight));
    entry["heads"] = Json::array();
    for (std::size_t h = 0; h < neighbour.heads.size(); ++h) {
      Json head{{"head", told.node.heads[h] + 1}};
      head.update(json_of(neighbour.heads[h]));
      head[told.node.is_signed ? "kappa" : "log_kappa"] = neighbour.raw_similarity[h];
      head["log_magnitude"] = neighbour.log_magnitude[h];
      entry["heads"].push_back(std::move(head));
    }
    json["neighbours"].push_back(std::move(entry));
  }
  return json;
}

std::string csv_of(const Told& told) {
  std::string csv = fmt::format("node,layer,head,neighbour,name,class,alpha,similarity,magnitude,{},log_magnitude\n",
                                told.node.is_signed ? "kappa" : "log_kappa");
  for (const Neighbour& neighbour : told.node.neighbours)
    for (std::size_t h = 0; h < neighbour.heads.size(); ++h) {
      const Weight& w = neighbour.heads[h];
      fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{},{:.7g},{:.7g},{:.7g},{:.7g},{:.7g}\n",
                     told.naming.number(told.node.node), told.layer + 1, told.node.heads[h] + 1,
                     told.naming.number(neighbour.node), csv_field(told.naming.name(neighbour.node)),
                     told.naming.kind(neighbour.node) < 0 ? "" : csv_field(told.naming.class_of(neighbour.node)),
                     w.alpha, w.similarity, w.magnitude, neighbour.raw_similarity[h], neighbour.log_magnitude[h]);
    }
  return csv;
}

}  // namespace

Rendered render_node(const Explainable& of, Node node, Index layer, std::optional<Index> head, std::size_t top) {
  const Told told{of,
                  Naming(of),
                  explain_node(of.graph(), of.layers[static_cast<std::size_t>(layer)], node, head),
                  verdict_on(of, node),
                  layer,
                  top};
  return {text_of(told), text_of(json_of(told)), csv_of(told), drawing_of(told)};
}

}  // namespace mercer::program
