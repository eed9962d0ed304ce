#include "explain/ego_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "report/svg.hpp"

namespace mercer::program {

namespace {

constexpr double drawing_width = 960, drawing_height = 760;
constexpr double middle_x = 370, middle_y = 415, ring = 235, beyond_ring = 305;
constexpr double legend_x = 715;
constexpr const char* unknown = "#aeb8c3";
constexpr std::array palette{"#2468b2", "#d9741a", "#2f8f5b", "#a34ea3", "#c94040",
                             "#6b7d2a", "#178693", "#8a5a3c", "#c75b93", "#55618f"};

/// Colours for the classes in the picture, in order; classes beyond the palette are grey.
class Colours {
 public:
  explicit Colours(const EgoGraph& graph) {
    add(graph.centre);
    for (const EgoNode& node : graph.neighbours)
      add(node);
    for (auto& [kind, colour] : of_)
      if (used_ < palette.size()) colour = palette[used_++];
  }

  const char* of(int kind) const {
    const auto found = of_.find(kind);
    return found == of_.end() ? unknown : found->second;
  }
  bool has_unknown() const { return has_unknown_; }
  bool lacks_some() const { return of_.size() > palette.size(); }
  const std::map<int, const char*>& all() const { return of_; }

 private:
  void add(const EgoNode& node) {
    add(node.kind);
    for (const int kind : node.beyond)
      add(kind);
  }
  void add(int kind) {
    if (kind >= 0) of_.emplace(kind, unknown);
    has_unknown_ = has_unknown_ || kind < 0;
  }
  std::map<int, const char*> of_;
  std::size_t used_ = 0;
  bool has_unknown_ = false;
};

/// A point on a circle around the centre, clockwise from the top.
Point around(double radius, double angle) {
  return {middle_x + radius * std::sin(angle), middle_y - radius * std::cos(angle)};
}

double edge_width(double alpha) { return 1 + 16 * std::min(std::abs(alpha), 1.0); }
const char* edge_colour(double alpha) { return alpha < 0 ? "#c94040" : "#8fa0b2"; }

std::string disc(Point at, double radius, const char* colour, const EgoNode& node) {
  std::string svg = fmt::format(
      "<g><title>{}</title><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"#fff\" "
      "stroke-width=\"2\"/>",
      escaped(node.title), at.x, at.y, radius, colour);
  // a bold digit is about 0.65 of its height wide
  const double size =
      std::min(15.0, 1.6 * radius / (0.65 * static_cast<double>(std::max<std::size_t>(node.label.size(), 1))));
  return svg +
         fmt::format("<text class=\"node\" style=\"font-size:{:.1f}px\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
                     size, at.x, at.y + size * 0.36, escaped(node.label));
}

/// Two lines of text, readable above an edge.
std::string edge_text(Point at, const std::string& first, const std::string& second) {
  return fmt::format(
      "<text class=\"alpha\" x=\"{0:.1f}\" y=\"{1:.1f}\">{2}<tspan class=\"says\" x=\"{0:.1f}\" dy=\"14\">{3}</tspan>"
      "</text>\n",
      at.x, at.y, escaped(first), escaped(second));
}

std::string alpha_text(double alpha) { return fmt::format("{:.3f}", alpha); }

std::string beyond(const EgoNode& node, Point from, double angle, double slot, const Colours& colours) {
  std::string svg;
  const auto count = static_cast<double>(node.beyond.size());
  const double spread = std::min(0.85 * slot, 0.16 * count);
  for (std::size_t n = 0; n < node.beyond.size(); ++n) {
    const Point at = around(beyond_ring, angle + spread * ((static_cast<double>(n) + 0.5) / count - 0.5));
    svg += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#c9d2db\"/>"
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" fill=\"{}\" fill-opacity=\"0.4\"/>\n",
        from.x, from.y, at.x, at.y, at.x, at.y, colours.of(node.beyond[n]));
  }
  return svg;
}

/// The centre's loop.
std::string loop(const EgoNode& node, double angle) {
  const Point a = around(215, angle - 0.34), b = around(215, angle + 0.34);
  return fmt::format(
             "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1f}\" d=\"M{:.1f},{:.1f} C{:.1f},{:.1f} "
             "{:.1f},{:.1f} "
             "{:.1f},{:.1f}\"/>\n",
             edge_colour(node.alpha), edge_width(node.alpha), middle_x, middle_y, a.x, a.y, b.x, b.y, middle_x,
             middle_y) +
         edge_text(around(188, angle), "itself " + alpha_text(node.alpha), node.says);
}

std::string wedge(const EgoGraph& graph, double angle, double slot) {
  const double half = std::min(0.4 * slot, 0.35);
  const Point a = around(0.8 * ring, angle - half), b = around(0.8 * ring, angle + half);
  return fmt::format(
             "<path fill=\"#ccd6e0\" d=\"M{:.1f},{:.1f} L{:.1f},{:.1f} A{:.1f},{:.1f} 0 0 1 {:.1f},{:.1f} Z\"/>\n",
             middle_x, middle_y, a.x, a.y, 0.8 * ring, 0.8 * ring, b.x, b.y) +
         edge_text(around(0.93 * ring, angle), alpha_text(graph.others_alpha), fmt::format("{} others", graph.others));
}

std::string drawing(const EgoGraph& graph, const Colours& colours) {
  const std::size_t slots = graph.neighbours.size() + (graph.others > 0 ? 1 : 0);
  const double slot = 2 * std::numbers::pi / static_cast<double>(std::max<std::size_t>(slots, 1));
  std::string edges, texts, nodes;
  if (graph.others > 0) edges += wedge(graph, slot * static_cast<double>(slots - 1), slot);
  for (std::size_t n = 0; n < graph.neighbours.size(); ++n) {
    const EgoNode& node = graph.neighbours[n];
    const double angle = slot * static_cast<double>(n);
    const Point at = around(ring, angle);
    if (node.itself) {
      edges += loop(node, angle);
      continue;
    }
    edges += beyond(node, at, angle, slot, colours);
    edges +=
        fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"{:.1f}\"/>\n",
                    middle_x, middle_y, at.x, at.y, edge_colour(node.alpha), edge_width(node.alpha));
    // every second label further out, so that labels of close edges don't touch
    const double reach = slots > 9 && n % 2 == 1 ? 0.76 : 0.55;
    texts += edge_text(around(reach * ring, angle), alpha_text(node.alpha), node.says);
    nodes += disc(at, 20, colours.of(node.kind), node);
  }
  return edges + texts + nodes + disc({middle_x, middle_y}, 30, colours.of(graph.centre.kind), graph.centre);
}

std::string legend(const EgoGraph& graph, const Colours& colours) {
  std::string svg;
  double y = 130;
  const auto entry = [&](const char* colour, const std::string& name) {
    svg += fmt::format("<circle cx=\"{}\" cy=\"{:.1f}\" r=\"8\" fill=\"{}\"/><text x=\"{}\" y=\"{:.1f}\">{}</text>\n",
                       legend_x, y, colour, legend_x + 18, y + 5, escaped(clipped(name, 27)));
    y += 26;
  };
  for (const auto& [kind, colour] : colours.all())
    if (const std::string& name = graph.class_names.at(static_cast<std::size_t>(kind)); colour != unknown)
      entry(colour, name.find_first_not_of("0123456789") == std::string::npos ? "class " + name : name);
  if (colours.lacks_some() || colours.has_unknown())
    entry(unknown, colours.lacks_some() ? "another class, or none" : "no class known");
  y += 14;
  const auto line = [&](const char* text) {
    svg += fmt::format("<text class=\"soft\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", legend_x - 8, y, text);
    y += 20;
  };
  const bool says = std::ranges::any_of(graph.neighbours, [](const EgoNode& node) { return !node.says.empty(); });
  line(says ? "edge: α, beneath it" : "edge: α");
  if (says) line("similarity × magnitude,"), line("1 being this node's average");
  y += 10;
  for (const double alpha : {0.05, 0.25, 0.75}) {
    svg += fmt::format(
        "<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"{:.1f}\"/>"
        "<text x=\"{}\" y=\"{:.1f}\">α = {}</text>\n",
        legend_x - 8, legend_x + 40, y, y, edge_colour(alpha), edge_width(alpha), legend_x + 52, y + 5, alpha);
    y += 28;
  }
  return svg;
}

}  // namespace

std::string ego_svg(const EgoGraph& graph) {
  const Colours colours(graph);
  std::string body = fmt::format("<text class=\"title\" x=\"28\" y=\"40\">{}</text>\n", escaped(graph.title));
  body += fmt::format("<text class=\"soft\" x=\"28\" y=\"66\">{}</text>\n", escaped(graph.subtitle));
  body += drawing(graph, colours) + legend(graph, colours);
  std::vector<std::string> lines;
  for (const std::string& note : graph.notes)
    for (std::string& line : wrapped(note, 130))
      lines.push_back(std::move(line));
  const double high = drawing_height + 22 * static_cast<double>(lines.size());
  for (std::size_t n = 0; n < lines.size(); ++n)
    body += fmt::format("<text class=\"soft\" x=\"28\" y=\"{}\">{}</text>\n",
                        drawing_height - 4 + 22 * static_cast<double>(n), escaped(lines[n]));
  return svg_file(drawing_width, high, graph.title, body);
}

}  // namespace mercer::program
