#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "report/log_frame.hpp"
#include "report/svg.hpp"

/// What attention costs over the length of a sequence, as two panels with the systems' names at the ends of their
/// lines.
namespace mercer::bench {

struct CostPoint {
  double length = 0, seconds = 0, bytes = 0;
};

struct CostCurve {
  std::string name, colour;
  std::vector<CostPoint> points{};  // by length
};

/// A panel: its title, the value of a point and how ticks name one.
struct CostPanel {
  std::string title;
  double CostPoint::*value;
  double unit;  // of the values in those of the axis
  double left;  // in the picture
};

inline constexpr double panel_width = 290, panel_top = 84, panel_bottom = 470, label_gap = 17;

/// The names beside the ends of the lines, moved apart from top to bottom so that none covers another.
inline std::string end_labels(const std::vector<CostCurve>& curves, const CostPanel& panel,
                              const program::LogFrame& frame) {
  struct Label {
    const CostCurve* curve;
    double x, end, y;
  };
  std::vector<Label> labels;
  for (const CostCurve& curve : curves)
    if (!curve.points.empty()) {
      const double y = frame.down(curve.points.back().*panel.value / panel.unit);
      labels.push_back({&curve, frame.across(curve.points.back().length), y, y});
    }
  std::ranges::sort(labels, {}, &Label::end);
  for (std::size_t n = 1; n < labels.size(); ++n)
    labels[n].y = std::max(labels[n].y, labels[n - 1].y + label_gap);
  double most = frame.bottom;  // those that were pushed below the frame push the others up
  for (std::size_t n = labels.size(); n-- > 0; most = labels[n].y - label_gap)
    labels[n].y = std::min(labels[n].y, most);
  std::string svg;
  for (const Label& label : labels)
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\" stroke-opacity=\"0.5\" fill=\"none\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" style=\"fill:{}\">{}</text>\n",
        label.x + 4, label.end, frame.right + 22, label.y, label.curve->colour, frame.right + 26, label.y + 5,
        label.curve->colour, program::escaped(label.curve->name));
  return svg;
}

inline std::string cost_panel(const std::vector<CostCurve>& curves, const CostPanel& panel) {
  std::vector<double> lengths, values;
  for (const CostCurve& curve : curves)
    for (const CostPoint& point : curve.points) {
      lengths.push_back(point.length);
      values.push_back(point.*panel.value / panel.unit);
    }
  if (lengths.empty()) return {};
  std::ranges::sort(lengths);
  program::LogFrame frame{.x = {lengths.front(), lengths.back()},
                          .y = program::enclosing_decades(values),
                          .left = panel.left,
                          .right = panel.left + panel_width,
                          .top = panel_top,
                          .bottom = panel_bottom};
  if (frame.x.low == frame.x.high) frame.x.high *= 2;
  std::vector<program::Tick> ticks;
  for (const double n : lengths)
    if (ticks.empty() || n > ticks.back().at) ticks.push_back({n, fmt::format("{:g}", n)});
  std::string svg = fmt::format("<text x=\"{}\" y=\"64\" font-weight=\"600\">{}</text>\n", panel.left, panel.title) +
                    frame.grid(ticks, program::decade_ticks(frame.y));
  for (const CostCurve& curve : curves) {
    std::string path;
    for (const CostPoint& point : curve.points)
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", frame.across(point.length),
                          frame.down(point.*panel.value / panel.unit));
    svg += fmt::format(
        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"{}\"/>\n",
        curve.colour, path);
  }
  return svg + end_labels(curves, panel, frame);
}

inline std::string cost_picture(const std::vector<CostCurve>& curves) {
  const std::string title = "Attention over one sequence: forward and backward, width 64, 2 heads";
  const std::string body = fmt::format("<text class=\"title\" x=\"16\" y=\"30\">{}</text>\n", title) +
                           cost_panel(curves, {"seconds of one processor", &CostPoint::seconds, 1, 74}) +
                           cost_panel(curves, {"peak memory, MB", &CostPoint::bytes, 1e6, 580}) +
                           "<text class=\"soft\" x=\"219\" y=\"512\" text-anchor=\"middle\">positions</text>"
                           "<text class=\"soft\" x=\"725\" y=\"512\" text-anchor=\"middle\">positions</text>\n";
  return program::svg_file(1010, 526, title, body);
}

}  // namespace mercer::bench
