#include "explain/node_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <unordered_set>
#include <vector>

#include "explain/ego_svg.hpp"
#include "mercer/training/metric.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t most_beyond = 60;  // nodes of the second ring; more are not drawn

/// For each drawn neighbour, its neighbours that are not the centre's; empty when they are too many.
std::vector<std::vector<int>> second_ring(const NodeReport& report, std::size_t& count) {
  const CsrView g = report.explained.graph().adjacency();
  std::unordered_set<Node> near{report.node.node};
  for (const Neighbour& neighbour : report.node.neighbours)
    near.insert(neighbour.node);
  std::vector<std::vector<int>> beyond(report.shown());
  for (std::size_t n = 0; n < report.shown(); ++n) {
    const Node j = report.node.neighbours[n].node;
    for (const Edge e : g.row(j))
      if (j != report.node.node && !near.contains(g.neighbour[e]))
        beyond[n].push_back(report.naming.kind(g.neighbour[e]));
    count += beyond[n].size();
    std::ranges::sort(beyond[n]);
  }
  if (count > most_beyond) beyond.assign(report.shown(), {});
  return beyond;
}

EgoGraph drawn(const NodeReport& report) {
  const Node node = report.node.node;
  EgoGraph ego{.title = fmt::format("What node {} attends to: {}", report.naming.name(node), report.explained.title()),
               .subtitle = report.place() + ": " + report.verdict_text(),
               .centre = {.label = report.naming.number(node),
                          .kind = report.naming.kind(node),
                          .title = report.naming.name(node) + ", " + report.naming.truth(node)},
               .others = static_cast<int>(report.others()),
               .others_alpha = alpha_from(report.node, report.shown()),
               .class_names = report.explained.trained.model.class_names};
  std::size_t count = 0;
  auto beyond = second_ring(report, count);
  for (std::size_t n = 0; n < report.shown(); ++n) {
    const Neighbour& neighbour = report.node.neighbours[n];
    const std::string says = report.factors_text(neighbour.weight);
    ego.neighbours.push_back({.label = report.naming.number(neighbour.node),
                              .kind = report.naming.kind(neighbour.node),
                              .alpha = neighbour.weight.alpha,
                              .says = says,
                              .title = fmt::format("{}, {}: α {:.4f}{}", report.naming.name(neighbour.node),
                                                   report.naming.truth(neighbour.node), neighbour.weight.alpha,
                                                   says.empty() ? "" : ", similarity × magnitude " + says),
                              .itself = neighbour.node == node,
                              .beyond = std::move(beyond[n])});
  }
  if (report.node.neighbours.empty()) ego.notes.push_back("It attends to no node: there is no attention to explain.");
  if (is_near_uniform(report.node))
    ego.notes.push_back("α is nearly uniform here: the node listens to all its neighbours alike.");
  if (report.others() > 0)
    ego.notes.push_back(
        fmt::format("The {} with the largest α of {} are drawn; the others have {:.3f} of the attention in all.",
                    report.shown(), report.node.neighbours.size(), ego.others_alpha));
  if (std::ranges::any_of(ego.neighbours, [](const EgoNode& n) { return n.alpha < 0; }))
    ego.notes.push_back("Red edges have an α below 0.");
  if (count > most_beyond)
    ego.notes.push_back(fmt::format("The nodes that these attend to are {}, too many to draw.", grouped(Index(count))));
  ego.notes.push_back(factors_in_words(report.explained));
  return ego;
}

/// "price 3.5", or the labels whose value is above 0.
std::string targets_in_words(const Tensor& targets, Node node, LabelKind kind, const std::vector<std::string>& names) {
  const bool real = kind == LabelKind::real;
  std::string text;
  for (Index c = 0; c < targets.columns(); ++c) {
    if (!real && !(targets(node, c) > 0)) continue;
    text += (text.empty() ? "" : ", ") + names[static_cast<std::size_t>(c)];
    if (real) text += fmt::format(" {:.4g}", targets(node, c));
  }
  return text.empty() ? "no label" : text;
}

}  // namespace

Verdict verdict_by(const Explainable& explained, const Tensor& logits, Index row) {
  const TrainedModel& model = explained.trained.model;
  if (const LabelKind kind = explained.prepared().data.label_kind; kind != LabelKind::classes)
    return {targets_in_words(in_units(logits, model.targets), static_cast<Node>(row), kind, model.class_names), 1};
  const auto called = static_cast<std::size_t>(predicted_class(logits, row));
  return {model.class_names.at(called), probabilities(logits, row)[called]};
}

Verdict verdict_on(const Explainable& explained, Node node) {
  return verdict_by(explained, logits_of(explained.trained.model.model, *explained.trained.problem), node);
}

std::string in_words(const Explainable& explained, const Verdict& verdict, Node example) {
  const Naming naming(explained);
  const std::string truth = naming.is_known(example) ? "truth " + naming.truth(example) : "truth unknown";
  if (explained.prepared().data.label_kind != LabelKind::classes)
    return fmt::format("predicted {}, {}", verdict.predicted, truth);
  return fmt::format("predicted {} ({}), {}", verdict.predicted, percent(verdict.probability), truth);
}

std::string Naming::truth(Node i) const {
  if (!is_known(i)) return "–";
  const Dataset& data = prepared_.data;
  if (data.label_kind != LabelKind::classes) return targets_in_words(data.targets, i, data.label_kind, classes_);
  return classes_.at(static_cast<std::size_t>(kind(i)));
}

std::string NodeReport::place() const {
  const std::string layer_text = fmt::format("layer {} of {}", layer + 1, explained.layers.size());
  const Index heads = explained.layers[static_cast<std::size_t>(layer)].alpha.columns();
  if (heads == 1) return layer_text;
  if (node.heads.size() == 1) return fmt::format("{}, head {} of {}", layer_text, node.heads[0] + 1, heads);
  return fmt::format("{}, mean of {} heads", layer_text, heads);
}

std::string NodeReport::factors_text(const Weight& weight) const {
  return has_factors() ? factor_text(weight.similarity) + " × " + factor_text(weight.magnitude) : "";
}

std::string factor_text(double value) {
  if (std::isnan(value)) return "±";
  const bool fits = value == 0 || (std::abs(value) >= 0.01 && std::abs(value) < 1000);
  return fits ? fmt::format("{:.2f}", value) : fmt::format("{:.1e}", value);
}

std::string drawing_of(const NodeReport& report) { return ego_svg(drawn(report)); }

}  // namespace mercer::program
