#pragma once

#include <string>
#include <vector>

#include "report/svg.hpp"

namespace mercer::program {

/// A value with the words beside it on an axis.
struct Tick {
  double at = 1;
  std::string name{};
};

/// Two logarithmic axes in a part of a picture.
struct LogFrame {
  Range x{1, 10}, y{1, 10};  // values at the edges, above 0
  double left = 0, right = 1, top = 0, bottom = 1;

  double across(double value) const;
  double down(double value) const;
  /// A line for each tick, with its name left of the frame or below.
  std::string grid(const std::vector<Tick>& at_x, const std::vector<Tick>& at_y) const;
};

/// The powers of ten that enclose positive finite values; a single decade around 1 without any.
Range enclosing_decades(const std::vector<double>& values);
/// Each power of ten of that range, by its number.
std::vector<Tick> decade_ticks(Range range);

}  // namespace mercer::program
