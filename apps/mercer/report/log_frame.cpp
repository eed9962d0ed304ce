#include "report/log_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mercer::program {

namespace {

double share_of(double value, Range range) { return std::log(value / range.low) / std::log(range.high / range.low); }

}  // namespace

double LogFrame::across(double value) const { return left + share_of(value, x) * (right - left); }
double LogFrame::down(double value) const { return bottom - share_of(value, y) * (bottom - top); }

std::string LogFrame::grid(const std::vector<Tick>& at_x, const std::vector<Tick>& at_y) const {
  std::string svg;
  for (const auto& [at, name] : at_x)
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#e3e7ec\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        across(at), top, bottom, bottom + 20, escaped(name));
  for (const auto& [at, name] : at_y)
    svg += fmt::format(
        "<line x1=\"{1}\" x2=\"{2}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\" stroke=\"#e3e7ec\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        down(at), left, right, left - 8, down(at) + 5, escaped(name));
  return svg;
}

Range enclosing_decades(const std::vector<double>& values) {
  Range powers{0, 1};
  bool any = false;
  for (const double value : values) {
    if (!(value > 0) || !std::isfinite(value)) continue;
    const double low = std::floor(std::log10(value)), high = std::ceil(std::log10(value));
    powers = any ? Range{std::min(powers.low, low), std::max(powers.high, high)} : Range{low, high};
    any = true;
  }
  if (powers.low == powers.high) powers.high += 1;
  return {std::pow(10, powers.low), std::pow(10, powers.high)};
}

std::vector<Tick> decade_ticks(Range range) {
  std::vector<Tick> ticks;
  for (double d = std::round(std::log10(range.low)); d <= std::round(std::log10(range.high)); ++d)
    ticks.push_back({std::pow(10, d), fmt::format("{:g}", std::pow(10, d))});
  return ticks;
}

}  // namespace mercer::program
