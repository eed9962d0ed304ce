#pragma once

#include <string>
#include <vector>

#include "report/svg.hpp"

namespace mercer::program {

/// A line of a dot-and-whisker chart. Without an interval (low not finite) there is the dot alone.
struct Whisker {
  std::string name{};
  std::string colour{};
  double at = 0, low = 0, high = 0;
  std::string says{};          // when one points at it
  std::vector<double> dots{};  // single values, drawn small
};

/// Shares in percent, a line for each, as an SVG element of its own.
std::string svg_whiskers(const std::string& title, const std::vector<Whisker>& lines);

/// A square of values, side by side with others: value[row * steps + column], the first row at the bottom.
struct HeatMap {
  std::string title{};
  std::vector<double> values{};
};

/// Maps of steps × steps values, two a line, each from white (its smallest, or 0 when there are values below 0) to blue
/// (its largest); below 0 towards orange. What isn't finite is grey. The axes go from −reach to reach.
std::string svg_heat_maps(const std::string& title, const std::vector<HeatMap>& maps, std::size_t steps, double reach);

}  // namespace mercer::program
