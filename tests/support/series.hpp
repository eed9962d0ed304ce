#pragma once

#include <string>

#include "mercer/base/random.hpp"

namespace mercer::test {

/// A .ts file of `count` sequences of two dimensions and 4 to 9 positions: the first dimension rises in class up and
/// falls in class down, from a random start and with noise; the second is noise alone.
inline std::string series_text(int count, std::uint64_t seed) {
  std::string text = "@problemName small\n@timeStamps false\n@dimensions 2\n@classLabel true up down\n@data\n";
  Random random(seed);
  for (int n = 0; n < count; ++n) {
    const int length = 4 + static_cast<int>(random.below(6));
    const double step = n % 2 == 0 ? 1 : -1;
    double value = random.uniform(-3, 3);
    std::string first, second;
    for (int t = 0; t < length; ++t, value += step) {
      first += (t > 0 ? "," : "") + std::to_string(value + random.uniform(-0.2, 0.2));
      second += (t > 0 ? "," : "") + std::to_string(100 * random.normal());
    }
    text += first + ":" + second + (n % 2 == 0 ? ":up\n" : ":down\n");
  }
  return text;
}

}  // namespace mercer::test
