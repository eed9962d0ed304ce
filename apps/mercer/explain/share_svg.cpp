#include "explain/share_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/report.hpp"
#include "report/svg.hpp"

namespace mercer::program {

namespace {

constexpr double page_width = 960, top = 132, row_height = 46;
constexpr double bars_left = 170, bars_right = 520, uniform_left = 690, uniform_right = 860;

double across(double share, double low, double high) {
  return bars_left + (std::clamp(share, low, high) - low) / (high - low) * (bars_right - bars_left);
}

std::string bar(double from, double to, double y, const char* colour) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"13\" rx=\"2\" fill=\"{}\"/>\n",
                     std::min(from, to), y, std::abs(to - from), colour);
}

std::string text(double x, double y, const std::string& words, const char* anchor = "start") {
  return fmt::format("<text text-anchor=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", anchor, x, y, escaped(words));
}

}  // namespace

std::string share_svg(const std::string& title, const std::vector<ShareBar>& bars,
                      const std::vector<std::string>& notes) {
  double low = 0, high = 1;
  for (const ShareBar& b : bars)
    for (const double share : {b.similarity, b.magnitude})
      if (std::isfinite(share)) low = std::min(low, share), high = std::max(high, share);
  const double bottom = top + row_height * static_cast<double>(bars.size());

  std::string body = fmt::format("<text class=\"title\" x=\"28\" y=\"40\">{}</text>\n", escaped(title));
  body += bar(bars_left, bars_left + 18, 70, "#2468b2") + text(bars_left + 26, 82, "similarity");
  body += bar(bars_left + 130, bars_left + 148, 70, "#d9741a") + text(bars_left + 156, 82, "magnitude");
  body += text(bars_left, 108, "share of what varies in ln α") + text(uniform_left, 108, "rows near uniform");
  const double zero = across(0, low, high);
  for (std::size_t n = 0; n < bars.size(); ++n) {
    const ShareBar& b = bars[n];
    const double y = top + row_height * static_cast<double>(n);
    body += text(28, y + 20, b.label);
    const auto share = [&](double value, double at, const char* colour) {
      if (std::isfinite(value)) body += bar(zero, across(value, low, high), at, colour);
      body += text(bars_right + 92, at + 12, percent(value), "end");
    };
    share(b.similarity, y, "#2468b2");
    share(b.magnitude, y + 16, "#d9741a");
    if (std::isfinite(b.near_uniform))
      body += bar(uniform_left, uniform_left + b.near_uniform * (uniform_right - uniform_left), y + 8, "#8fa0b2");
    body += text(uniform_right + 72, y + 20, percent(b.near_uniform), "end");
  }
  body += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#9aa7b4\"/>\n", zero, top - 6,
                      bottom - 6);
  double y = bottom + 20;
  const auto say = [&](const std::string& note) {
    for (const std::string& line : wrapped(note, 130)) {
      body += fmt::format("<text class=\"soft\" x=\"28\" y=\"{:.1f}\">{}</text>\n", y, escaped(line));
      y += 22;
    }
  };
  for (const std::string& note : notes)
    say(note);
  return svg_file(page_width, y, title, body);
}

}  // namespace mercer::program
