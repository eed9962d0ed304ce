#include "data/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mercer/base/printable.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t most_splits_shown = 12;

/// A line of its own, whatever names the value holds.
std::string line(const char* name, const std::string& value) {
  return fmt::format("{:<12}{}\n", name, printable(value));
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + listed_name(name);
  return text;
}

std::string counted_text(Index count, const char* thing) {
  return grouped(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string features_text(const Description& d) {
  std::string text = fmt::format("{}, {}, {} nonzeros ({:.2f} %)", grouped(d.features), d.sparse ? "sparse" : "dense",
                                 grouped(d.nonzeros), 100 * d.filled);
  if (d.features > 0) text += fmt::format(", from {:g} to {:g}", d.feature_min, d.feature_max);
  if (d.nodes_without_features > 0)
    text +=
        fmt::format(", {} without any", counted_text(d.nodes_without_features, d.sequences > 0 ? "position" : "node"));
  return text;
}

/// Undirected edges are pairs of nodes; where some go one way only, they are directed ones between such pairs.
std::string edges_text(const Description& d) {
  const std::string edges = d.symmetric
                                ? fmt::format("{} undirected", grouped(d.undirected_edges))
                                : fmt::format("{} directed, between {} of nodes", grouped(d.edge_slots - d.self_loops),
                                              counted_text(d.undirected_edges, "pair"));
  return fmt::format("{}, {} loops; {} slots stored, {}symmetric", edges, grouped(d.self_loops), grouped(d.edge_slots),
                     d.symmetric ? "" : "not ");
}

std::string classes_text(const Description& d) {
  const char* what = d.label_kind == LabelKind::classes   ? "classes"
                     : d.label_kind == LabelKind::several ? "labels"
                                                          : "targets";
  std::string text = line(what, fmt::format("{}, {} without a label", d.class_names.size(),
                                            counted_text(d.unlabelled, d.sequences > 0 ? "sequence" : "node")));
  for (std::size_t c = 0; c < d.class_names.size(); ++c)
    text += fmt::format("  {:>8}  {}\n", grouped(d.class_sizes[c]), printable(d.class_names[c]));
  return text;
}

std::string splits_text(const Description& d) {
  std::string text = line("splits", d.splits.empty() ? "none" : std::to_string(d.splits.size()));
  for (std::size_t s = 0; s < std::min(d.splits.size(), most_splits_shown); ++s) {
    const SplitSizes& sizes = d.splits[s];
    text += fmt::format("  {:>8}  {} training, {} validation, {} test\n", s, grouped(sizes.train.nodes),
                        grouped(sizes.validation.nodes), grouped(sizes.test.nodes));
  }
  if (d.splits.size() > most_splits_shown) text += fmt::format("  and {} more\n", d.splits.size() - most_splits_shown);
  return text;
}

nlohmann::ordered_json part_json(const PartSizes& part) { return {{"nodes", part.nodes}, {"of_class", part.of_class}}; }

std::string graph_text(const Description& d) {
  std::string text = line("nodes", fmt::format("{}, isolated {}", grouped(d.nodes), grouped(d.isolated_nodes)));
  text += line("edges", edges_text(d));
  if (!d.symmetric)
    text += line("", d.directed ? "the source says that they are directed: training leaves them so"
                                : "training symmetrises them; --no-symmetrise leaves them as they are");
  if (!d.edge_features.empty())
    text += line("", fmt::format("{} of edges: {}", counted_text(std::ssize(d.edge_features), "feature"),
                                 listed(d.edge_features)));
  text += line("components",
               fmt::format("{}, the largest of {} nodes", grouped(d.components), grouped(d.largest_component)));
  text += line("degree", fmt::format("from {} to {}, mean {:.2f}", d.degree_min, d.degree_max, d.degree_mean));
  if (d.label_kind != LabelKind::classes || d.class_names.empty()) return text;
  return text + line("homophily", fmt::format("{:.3f} of the edges join nodes of one class", d.edge_homophily));
}

std::string sequences_text(const Description& d) {
  return line("sequences",
              fmt::format("{}, of {} to {} positions, mean {:.1f}; {} positions in all", grouped(d.sequences),
                          d.length_min, d.length_max, d.length_mean, grouped(d.nodes)));
}

}  // namespace

std::string description_text(const Description& d) {
  std::string text = fmt::format("{} ({})\n", printable(d.name), d.format);
  text += d.sequences > 0 ? sequences_text(d) : graph_text(d);
  text += line("features", features_text(d)) + classes_text(d) + splits_text(d);
  for (const std::string& note : d.notes)
    text += line("note", note);
  return text;
}

std::string description_json(const Description& d) {
  nlohmann::ordered_json json{{"name", d.name},
                              {"format", d.format},
                              {"nodes", d.nodes},
                              {"isolated_nodes", d.isolated_nodes},
                              {"edge_slots", d.edge_slots},
                              {"undirected_edges", d.undirected_edges},
                              {"self_loops", d.self_loops},
                              {"symmetric", d.symmetric},
                              {"directed", d.directed},
                              {"edge_features", d.edge_features},
                              {"components", d.components},
                              {"largest_component", d.largest_component},
                              {"degree", {{"min", d.degree_min}, {"mean", d.degree_mean}, {"max", d.degree_max}}},
                              {"edge_homophily", d.edge_homophily},
                              {"features",
                               {{"count", d.features},
                                {"sparse", d.sparse},
                                {"nonzeros", d.nonzeros},
                                {"min", d.feature_min},
                                {"max", d.feature_max},
                                {"nodes_without", d.nodes_without_features}}},
                              {"classes", nlohmann::ordered_json::array()},
                              {"unlabelled", d.unlabelled},
                              {"splits", nlohmann::ordered_json::array()},
                              {"notes", d.notes}};
  if (d.sequences > 0)
    json["sequences"] = {{"count", d.sequences}, {"min", d.length_min}, {"mean", d.length_mean}, {"max", d.length_max}};
  for (std::size_t c = 0; c < d.class_names.size(); ++c)
    json["classes"].push_back({{"name", d.class_names[c]}, {"nodes", d.class_sizes[c]}});
  for (const SplitSizes& sizes : d.splits)
    json["splits"].push_back({{"train", part_json(sizes.train)},
                              {"validation", part_json(sizes.validation)},
                              {"test", part_json(sizes.test)}});
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mercer::program
