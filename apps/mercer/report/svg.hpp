#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mercer::program {

struct Point {
  double x = 0, y = 0;
};

/// A dot with its tooltip.
struct Mark {
  Point at{};
  std::string says{};
};

/// One curve. Points that are not finite are left out.
struct Curve {
  std::string name{};    // in the legend; empty: no entry
  std::string colour{};  // "#rrggbb"
  std::vector<Point> points{};
  bool thin = false;
  std::vector<Mark> marks{};
  bool dashed = false;
};

struct Range {
  double low = 0, high = 1;
};

struct Chart {
  std::string title{};
  std::string x_label{};
  bool percent = false;  // y is a share, shown in percent
  std::vector<Curve> curves{};
  std::optional<Range> x_range{}, y_range{};  // default: the range of the curves
};

/// The chart as a self-contained SVG element: axes, ticks, legend.
std::string svg_chart(const Chart& chart);

/// A picture as an SVG file that scales to its window. Text is plain, or of class title, soft, node (white), or alpha
/// (readable on lines) with a tspan of class says.
std::string svg_file(double width, double height, const std::string& label, const std::string& body);

/// Breaks a text into lines of at most `most` bytes; a longer word has its own line.
std::vector<std::string> wrapped(const std::string& text, std::size_t most);

/// About `wanted` round numbers that enclose low and high.
std::vector<double> round_ticks(double low, double high, int wanted);

/// The text escaped for HTML and SVG, attributes included.
std::string escaped(std::string_view text);
/// A label of at most `most` whole characters of the text, and … for those left out.
std::string clipped(const std::string& text, std::size_t most);

}  // namespace mercer::program
