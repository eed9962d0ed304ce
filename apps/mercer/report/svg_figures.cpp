#include "report/svg_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mercer::program {

namespace {

constexpr double lines_width = 440, lines_left = 158, lines_right = 26, lines_top = 40, line_height = 26,
                 lines_bottom = 32;
constexpr std::size_t longest_name = 20;

/// The range of all lines' values, and round ticks.
std::vector<double> ticks_for(const std::vector<Whisker>& lines) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const auto cover = [&](double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const Whisker& line : lines) {
    for (const double value : {line.at, line.low, line.high})
      cover(value);
    for (const double value : line.dots)
      cover(value);
  }
  if (low > high) return {0, 1};
  if (!(high > low)) return {low - 0.01, high + 0.01};
  return round_ticks(low, high, 5);
}

/// The smallest and largest finite value.
Range range_of(const std::vector<double>& values) {
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double value : values)
    if (std::isfinite(value)) range = {std::min(range.low, value), std::max(range.high, value)};
  return range.low > range.high ? Range{0, 0} : range;
}

std::string one_map(const HeatMap& map, std::size_t steps, double x, double y, double side) {
  const Range range = range_of(map.values);
  // differences below a hundredth would show rounding as a pattern
  const double white = range.low < 0 ? 0 : std::min(range.low, 0.99 * range.high);
  const double most = std::max(range.high - white, white - range.low);
  const double cell = side / static_cast<double>(steps);
  std::string svg = fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">{}: {:.2g} … {:.2g}</text>", x, y - 6,
                                escaped(map.title), range.low, range.high);
  svg += "<g shape-rendering=\"crispEdges\">";
  for (std::size_t row = 0; row < steps; ++row)
    for (std::size_t column = 0; column < steps; ++column) {
      const double value = map.values[row * steps + column];
      svg += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>",
                         x + cell * static_cast<double>(column), y + cell * static_cast<double>(steps - 1 - row),
                         cell + 0.3, cell + 0.3, shade(most > 0 ? (value - white) / most : value));
    }
  return svg + fmt::format(
                   "</g><rect class=\"axis\" fill=\"none\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" "
                   "height=\"{2:.1f}\"/>",
                   x, y, side);
}

}  // namespace

std::string shade(double share) {
  if (!std::isfinite(share)) return "#c9d0d8";
  const double s = std::clamp(share, -1.0, 1.0);
  const auto mix = [&](int full) { return static_cast<int>(std::lround(255 + (full - 255) * std::abs(s))); };
  return s >= 0 ? fmt::format("#{:02x}{:02x}{:02x}", mix(0x24), mix(0x68), mix(0xb2))
                : fmt::format("#{:02x}{:02x}{:02x}", mix(0xd9), mix(0x74), mix(0x1a));
}

std::string svg_whiskers(const std::string& title, const std::vector<Whisker>& lines) {
  const std::vector<double> ticks = ticks_for(lines);
  const double end = lines_top + line_height * static_cast<double>(lines.size()), span = ticks.back() - ticks.front();
  const auto across = [&](double value) {
    return lines_left + (value - ticks.front()) / span * (lines_width - lines_left - lines_right);
  };
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", lines_width,
                                end + lines_bottom, escaped(title));
  svg += fmt::format("<text class=\"title\" x=\"0\" y=\"22\">{}</text>", escaped(title));
  for (const double tick : ticks)
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"tick\" text-anchor=\"middle\" x=\"{0:.1f}\" y=\"{3}\">{4:g} %</text>",
        across(tick), lines_top, end, end + 20, std::round(1e6 * tick) / 1e4);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const Whisker& line = lines[at];
    const double y = lines_top + line_height * (static_cast<double>(at) + 0.5);
    svg += fmt::format("<text class=\"tick\" x=\"0\" y=\"{:.1f}\">{}</text>", y + 5,
                       escaped(clipped(line.name, longest_name)));
    for (const double dot : line.dots)
      if (std::isfinite(dot))
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\" fill-opacity=\"0.3\"/>",
                           across(dot), y, line.colour);
    if (std::isfinite(line.low) && std::isfinite(line.high))
      svg += fmt::format(
          "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"3\"/>",
          across(line.low), across(line.high), y, y, line.colour);
    if (std::isfinite(line.at))
      svg += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" fill=\"{}\" stroke=\"#fff\" "
          "stroke-width=\"1.5\"><title>{}</title></circle>",
          across(line.at), y, line.colour, escaped(line.says));
  }
  return svg + "</svg>\n";
}

std::string svg_heat_maps(const std::string& title, const std::vector<HeatMap>& maps, std::size_t steps, double reach) {
  constexpr double gap = 16, all = 440, side = (all - gap) / 2, head = 54;
  const std::size_t lines = (maps.size() + 1) / 2;
  const double high = head + static_cast<double>(lines) * (side + 30);
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", all, high, escaped(title));
  svg += fmt::format("<text class=\"title\" x=\"0\" y=\"22\">{}</text>", escaped(title));
  for (std::size_t m = 0; m < maps.size(); ++m) {
    const double x = m % 2 == 0 ? 0 : side + gap, y = head + static_cast<double>(m / 2) * (side + 30);
    svg += one_map(maps[m], steps, x, y, side);
    svg += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">−{:g} … {:g}</text>", x, y + side + 17, reach,
                       reach);
  }
  return svg + "</svg>\n";
}

}  // namespace mercer::program
