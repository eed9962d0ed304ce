#include "explain/map_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "report/svg.hpp"
#include "report/svg_figures.hpp"

namespace mercer::program {

namespace {

constexpr Index most_cells = 96;  // of a side
constexpr int levels = 24;        // of a colour
constexpr std::size_t most_names = 24, longest_label = 14;
constexpr double map_side = 210, map_gap = 26, map_left = 28, map_top = 96, map_below = 44;

/// Neighbouring cells of a row with one colour are one rectangle, and all of a colour one path.
std::map<int, std::string> paths_of(const AttentionMap& map, double most) {
  std::map<int, std::string> paths;
  const auto level = [&](std::size_t row, std::size_t column) {
    return most > 0 ? static_cast<int>(std::lround(levels * map.alpha[row * map.cells + column] / most)) : 0;
  };
  for (std::size_t row = 0; row < map.cells; ++row)
    for (std::size_t first = 0; first < map.cells;) {
      const int here = level(row, first);
      std::size_t end = first + 1;
      while (end < map.cells && level(row, end) == here)
        ++end;
      if (here != 0) paths[here] += fmt::format("M{} {}h{}v1h-{}z", first, row, end - first, end - first);
      first = end;
    }
  return paths;
}

std::string names_beside(const std::vector<std::string>& names, double x, double y) {
  std::string svg;
  const double cell = map_side / static_cast<double>(names.size());
  for (std::size_t n = 0; n < names.size(); ++n) {
    const bool is_long = names[n].size() > longest_label;
    svg += fmt::format(
        "<text class=\"soft\" style=\"font-size:{:.1f}px\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
        std::min(11.0, 0.9 * cell), x - 4, y + cell * (static_cast<double>(n) + 0.8),
        escaped(is_long ? names[n].substr(0, longest_label) + "…" : names[n]));
  }
  return svg;
}

std::string drawn_map(const AttentionMap& map, double x, double y) {
  double most = 0;
  for (const double alpha : map.alpha)
    most = std::max(most, std::abs(alpha));
  std::string svg = fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x, y - 10, escaped(map.label));
  if (map.cells > 0)
    svg += fmt::format("<g transform=\"translate({:.1f} {:.1f}) scale({:.5f})\" shape-rendering=\"crispEdges\">\n", x,
                       y, map_side / static_cast<double>(map.cells));
  for (const auto& [level, path] : paths_of(map, most))
    svg += fmt::format("<path fill=\"{}\" d=\"{}\"/>\n", shade(static_cast<double>(level) / levels), path);
  if (map.cells > 0) svg += "</g>\n";
  return svg + fmt::format(
                   "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2}\" height=\"{2}\" fill=\"none\" "
                   "stroke=\"#9aa7b4\"/>\n<text class=\"soft\" x=\"{0:.1f}\" y=\"{3:.1f}\">up to {4:.3g}</text>\n",
                   x, y, map_side, y + map_side + 18, most);
}

}  // namespace

AttentionMap attention_map(std::string label, const EdgeRows& pairs, const Tensor& alpha, Index head) {
  const Index n = pairs.rows, run = std::max<Index>(1, (n + most_cells - 1) / most_cells), cells = (n + run - 1) / run;
  AttentionMap map{.label = std::move(label),
                   .alpha = std::vector<double>(static_cast<std::size_t>(cells * cells), 0),
                   .cells = static_cast<std::size_t>(cells)};
  for_each_edge(pairs, [&](Node i, Node j, Edge e) {
    const auto targets = static_cast<double>(std::min(run, n - i / run * run));
    map.alpha[static_cast<std::size_t>(i / run * cells + j / run)] += static_cast<double>(alpha(e, head)) / targets;
  });
  return map;
}

std::string map_svg(const std::string& title, const std::vector<AttentionMap>& maps,
                    const std::vector<std::string>& names, const std::vector<std::string>& notes) {
  const bool named = !names.empty() && names.size() <= most_names;
  const double name_width = named ? 78 : 0, across = name_width + map_side + map_gap, down = map_side + map_below + 24;
  const std::size_t columns = std::clamp<std::size_t>(maps.size(), 2, 4);
  std::string body = fmt::format("<text class=\"title\" x=\"{}\" y=\"40\">{}</text>\n", map_left, escaped(title));
  double y = map_top;
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const double x = map_left + name_width + across * static_cast<double>(m % columns);
    y = map_top + down * static_cast<double>(m / columns);
    if (named) body += names_beside(names, x, y);
    body += drawn_map(maps[m], x, y);
  }
  const double wide = std::max(720.0, 2 * map_left + across * static_cast<double>(columns));
  y += map_side + map_below + 10;
  std::vector<std::string> said{"A row attends to the columns, from the first position at the top left."};
  if (!maps.empty() && maps.front().cells < names.size())
    said.push_back(
        fmt::format("A cell stands for up to {0} × {0} positions: what a row of them gives to all of those "
                    "columns, in the mean.",
                    (names.size() + maps.front().cells - 1) / maps.front().cells));
  said.insert(said.end(), notes.begin(), notes.end());
  for (const std::string& note : said)
    for (const std::string& line : wrapped(note, static_cast<std::size_t>(wide / 7.4))) {
      body += fmt::format("<text class=\"soft\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", map_left, y, escaped(line));
      y += 22;
    }
  return svg_file(wide, y, title, body);
}

}  // namespace mercer::program
