#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/record.hpp"
#include "report/log_frame.hpp"
#include "report/svg.hpp"

namespace mercer::program {

namespace {

constexpr double roof_width = 960, roof_height = 620, roof_left = 76, roof_right = 24, roof_top = 70, roof_bottom = 56;

struct Roofline {
  LogFrame frame;  // flops a byte; GFLOP/s

  std::string axes() const {
    return frame.grid(decade_ticks(frame.x), decade_ticks(frame.y)) +
           fmt::format(
               "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">flops a byte, by formula</text>\n"
               "<text class=\"soft\" x=\"{}\" y=\"{}\">GFLOP/s</text>\n",
               (frame.left + frame.right) / 2, roof_height - 12, frame.left - 60, frame.top - 10);
  }

  /// min(rate of bytes × intensity, peak): a slope that ends where it meets the peak.
  std::string roof(const std::string& name, double gigabytes, double peak, const char* colour,
                   double label_share) const {
    const auto [low, high] = frame.x;
    const double end = std::min(peak > 0 ? peak / gigabytes : high, high),
                 begin = std::max(low, frame.y.low / gigabytes);
    if (!(end > begin)) return {};
    std::string points = fmt::format("{:.1f},{:.1f} {:.1f},{:.1f}", frame.across(begin), frame.down(begin * gigabytes),
                                     frame.across(end), frame.down(end * gigabytes));
    if (peak > 0) points += fmt::format(" {:.1f},{:.1f}", frame.across(high), frame.down(peak));
    const double label = begin * std::pow(end / begin, label_share);
    return fmt::format(
        "<polyline fill=\"none\" stroke=\"{0}\" stroke-width=\"2\" points=\"{1}\"/>"
        "<text x=\"{2:.1f}\" y=\"{3:.1f}\" text-anchor=\"end\">{4}</text>\n",
        colour, points, frame.across(label) - 6, frame.down(label * gigabytes) - 6,
        escaped(fmt::format("{}, {:.3g} GB/s", name, gigabytes)));
  }

  std::string dot(const BenchLine& line) const {
    const char* colour = line.ceiling == Ceiling::gather    ? "#d9741a"
                         : line.ceiling == Ceiling::product ? "#3f8f4f"
                                                            : "#2468b2";
    return fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\" fill-opacity=\"0.75\" "
        "stroke=\"#fff\"><title>{}</title>"
        "</circle>\n",
        frame.across(line.flops / line.bytes), frame.down(line.flops_per_second() / 1e9), colour,
        escaped(fmt::format("{}: {}, {:.4g} GFLOP/s, {:.4g} GB/s, {:.2f} of {}", line.graph, line.name,
                            line.flops_per_second() / 1e9, line.bytes_per_second() / 1e9, line.share,
                            name_of(line.ceiling))));
  }
};

bool can_be_drawn(const BenchLine& line) {
  return line.bytes > 0 && line.flops > 0 && line.seconds.at > 0 && line.name.find("ceiling") == std::string::npos;
}

/// The best of the ceilings of that name.
double best_ceiling(const BenchRecord& record, Ceiling ceiling) {
  double best = 0;
  for (const BenchLine& line : record.lines)
    if (line.name == fmt::format("ceiling: {}", name_of(ceiling)))
      best = std::max(best, ceiling == Ceiling::product ? line.flops_per_second() : line.bytes_per_second());
  return best / 1e9;
}

}  // namespace

std::string roofline_svg(const BenchRecord& record) {
  const double copy = best_ceiling(record, Ceiling::copy), gather = best_ceiling(record, Ceiling::gather),
               peak = best_ceiling(record, Ceiling::product);
  std::vector<double> intensities{1}, rates{1, peak};
  for (const BenchLine& line : record.lines) {
    if (!can_be_drawn(line)) continue;
    intensities.push_back(line.flops / line.bytes);
    rates.push_back(line.flops_per_second() / 1e9);
  }
  const Roofline roofline{{.x = enclosing_decades(intensities),
                           .y = enclosing_decades(rates),
                           .left = roof_left,
                           .right = roof_width - roof_right,
                           .top = roof_top,
                           .bottom = roof_height - roof_bottom}};
  std::string says;
  for (const auto& [name, value] : record.setting)
    if (name == "device" || name == "threads" || name == "heads" || name == "width")
      says += fmt::format("{}{} {}", says.empty() ? "" : ", ", name, value);
  std::string body = fmt::format(
      "<text class=\"title\" x=\"{0}\" y=\"28\">Roofline</text><text class=\"soft\" x=\"{0}\" y=\"50\">{1}</text>\n",
      roof_left, escaped(says));
  body += roofline.axes();
  if (copy > 0) body += roofline.roof("copy", copy, peak, "#2468b2", 0.75);
  if (gather > 0) body += roofline.roof("gather", gather, peak, "#d9741a", 0.45);
  for (const BenchLine& line : record.lines)
    if (can_be_drawn(line)) body += roofline.dot(line);
  return svg_file(roof_width, roof_height, "Roofline of mercer bench", body);
}

}  // namespace mercer::program
