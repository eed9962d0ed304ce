#include "report/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace mercer::program {

namespace {

constexpr double width = 440, height = 300;
constexpr double left = 58, right = 16, bottom = 50;
constexpr std::size_t most_points = 480;  // of a curve: more than a screen shows

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void cover(double x) {
    if (!std::isfinite(x)) return;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  /// Widens the range so that it is never empty or a single value.
  Extent widened() const {
    if (low > high) return {0, 1};
    return low < high ? *this : Extent{low - 0.5, high + 0.5};
  }
};

bool finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

/// The map from values to positions in the picture.
struct Frame {
  Extent x, y;
  double top = 0;
  double across(double value) const { return left + (value - x.low) / (x.high - x.low) * (width - left - right); }
  double down(double value) const {
    return height - bottom - (std::min(value, y.high) - y.low) / (y.high - y.low) * (height - top - bottom);
  }
};

/// Cuts off a few values far above all others, which would flatten the rest; they are drawn at the upper edge.
double upper_edge(std::vector<double> values) {
  std::ranges::sort(values);
  const double most = values[values.size() * 49 / 50], top = values.back();
  return top > 2 * most && values.size() > 50 ? 1.2 * most : top;
}

Frame frame_of(const Chart& chart) {
  const bool named = std::ranges::any_of(chart.curves, [](const Curve& curve) { return !curve.name.empty(); });
  Frame frame{.x = {}, .y = {}, .top = named ? 64.0 : 40.0};
  std::vector<double> values;
  for (const Curve& curve : chart.curves)
    for (const Point p : curve.points)
      if (finite(p)) {
        frame.x.cover(p.x);
        frame.y.cover(p.y);
        values.push_back(p.y);
      }
  if (chart.x_range) frame.x = {chart.x_range->low, chart.x_range->high};
  frame.x = frame.x.widened();
  if (chart.y_range) {
    frame.y = {chart.y_range->low, chart.y_range->high};
    return frame;
  }
  if (!values.empty() && frame.y.low >= 0) frame.y.high = upper_edge(std::move(values));
  frame.y = frame.y.widened();
  const std::vector<double> ticks = round_ticks(frame.y.low, frame.y.high, 5);
  frame.y = {ticks.front(), ticks.back()};
  return frame;
}

std::string number(double value) { return fmt::format("{:g}", std::abs(value) < 1e-12 ? 0 : value); }

std::string axes(const Chart& chart, const Frame& f) {
  std::string svg;
  for (const double y : round_ticks(f.y.low, f.y.high, 5)) {
    svg += fmt::format("<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left,
                       width - right, f.down(y));
    svg += fmt::format("<text class=\"tick\" text-anchor=\"end\" x=\"{}\" y=\"{:.1f}\">{}</text>", left - 8,
                       f.down(y) + 5, chart.percent ? number(100 * y) + " %" : number(y));
  }
  for (const double x : round_ticks(f.x.low, f.x.high, 5)) {
    if (x < f.x.low || x > f.x.high) continue;
    svg += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", f.across(x),
                       height - bottom, height - bottom + 5);
    svg += fmt::format("<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{}</text>", f.across(x),
                       height - bottom + 20, number(x));
  }
  svg += fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>", left, width - right,
                     height - bottom);
  return svg + fmt::format("<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{}</text>",
                           (left + width - right) / 2, height - 8, escaped(chart.x_label));
}

std::string legend(const Chart& chart) {
  std::string svg;
  double x = left;
  for (const Curve& curve : chart.curves) {
    if (curve.name.empty()) continue;
    svg += fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"45\" y2=\"45\" stroke=\"{}\" stroke-width=\"3\"/>", x, x + 22,
                       curve.colour);
    svg += fmt::format("<text class=\"tick\" x=\"{}\" y=\"50\">{}</text>", x + 28, escaped(curve.name));
    x += 28 + 8.2 * static_cast<double>(curve.name.size()) + 18;
  }
  return svg;
}

std::string drawn(const Curve& curve, const Frame& f) {
  const std::size_t stride = std::max<std::size_t>(1, (curve.points.size() + most_points - 1) / most_points);
  std::string path;
  for (std::size_t at = 0; at < curve.points.size(); ++at) {
    const Point p = curve.points[at];
    const bool wanted = at % stride == 0 || at + 1 == curve.points.size();
    if (wanted && finite(p))
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", f.across(p.x), f.down(p.y));
  }
  std::string svg = fmt::format(
      "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\" "
      "stroke-linejoin=\"round\"{} points=\"{}\"/>",
      curve.colour, curve.thin ? 1 : 2, curve.thin ? 0.45 : 1, curve.dashed ? " stroke-dasharray=\"5 4\"" : "", path);
  for (const auto& [p, says] : curve.marks)
    if (finite(p))
      svg += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"#fff\" stroke-width=\"1.5\">"
          "<title>{}</title></circle>",
          f.across(p.x), f.down(p.y), curve.thin ? 3.5 : 5.5, curve.colour, escaped(says));
  return svg;
}

}  // namespace

std::string clipped(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u && ++characters > most) return text.substr(0, at) + "…";
  return text;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  const double rough = (high - low) / std::max(wanted, 1);
  const double magnitude = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * magnitude;
  for (const double candidate : {1.0, 2.0, 2.5, 5.0})
    if (candidate * magnitude >= rough * 0.999) {
      step = candidate * magnitude;
      break;
    }
  const auto first = static_cast<long>(std::floor(low / step + 1e-9)),
             last = static_cast<long>(std::ceil(high / step - 1e-9));
  std::vector<double> ticks;
  for (long n = first; n <= last; ++n)
    ticks.push_back(static_cast<double>(n) * step);
  return ticks;
}

std::string svg_chart(const Chart& chart) {
  const Frame frame = frame_of(chart);
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, height, escaped(chart.title));
  svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"22\">{}</text>", left, escaped(chart.title));
  svg += axes(chart, frame) + legend(chart);
  for (const Curve& curve : chart.curves)
    svg += drawn(curve, frame);
  return svg + "</svg>\n";
}

std::string svg_file(double wide, double high, const std::string& label, const std::string& body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">\n"
      "<style>text {{ font: 14px system-ui, 'Segoe UI', Roboto, sans-serif; fill: #1d2733; }} "
      "text.title {{ font-size: 20px; font-weight: 650; }} text.soft {{ fill: #5b6876; }} "
      "text.node {{ fill: #fff; font-weight: 600; text-anchor: middle; }} "
      "text.alpha {{ font-weight: 600; font-size: 13px; text-anchor: middle; paint-order: stroke; stroke: #fff; "
      "stroke-width: 5px; stroke-linejoin: round; }} "
      "tspan.says {{ font-weight: 400; font-size: 11px; fill: #5b6876; }}</style>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n{3}</svg>\n",
      wide, high, escaped(label), body);
}

std::vector<std::string> wrapped(const std::string& text, std::size_t most) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > most)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  }
  return lines;
}

}  // namespace mercer::program
