#pragma once

#include <string>
#include <vector>

#include "report/svg.hpp"

namespace mercer::program {

/// A line of a dot-and-whisker chart. Without an interval (low not finite) only the dot is drawn.
struct Whisker {
  std::string name{};
  std::string colour{};
  double at = 0, low = 0, high = 0;
  std::string says{};          // tooltip
  std::vector<double> dots{};  // single values, drawn as small dots
};

/// Shares in percent, one line each, as a self-contained SVG element.
std::string svg_whiskers(const std::string& title, const std::vector<Whisker>& lines);

/// White at 0, blue at 1, orange at −1; grey where it is not finite.
std::string shade(double share);

/// A square of values: value[row * steps + column], the first row at the bottom.
struct HeatMap {
  std::string title{};
  std::vector<double> values{};
};

/// Maps of steps × steps values, two a line. Each goes from white (its smallest value, or 0 when there are negative
/// ones) to blue (its largest), negative values to orange; values that are not finite are grey. Axes go from −reach to
/// reach.
std::string svg_heat_maps(const std::string& title, const std::vector<HeatMap>& maps, std::size_t steps, double reach);

}  // namespace mercer::program
