#include "mercer/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

double warmed_up(Index epoch, Index warm_up) {
  return epoch >= warm_up ? 1 : static_cast<double>(epoch + 1) / static_cast<double>(warm_up);
}

}  // namespace

Schedule constant_rate() {
  return [](Index) { return 1.0; };
}

Schedule step_rate(Index every, double by) {
  require(every > 0, "step_rate", "epochs between steps: got " + std::to_string(every) + ", want more than 0");
  require(std::isfinite(by) && by >= 0, "step_rate", "factor: got " + std::to_string(by) + ", want at least 0");
  return [=](Index epoch) { return std::pow(by, static_cast<double>(epoch / every)); };
}

Schedule warm_up_rate(Index warm_up) {
  require(warm_up >= 0, "warm_up_rate", "epochs: got " + std::to_string(warm_up) + ", want at least 0");
  return [=](Index epoch) { return warmed_up(epoch, warm_up); };
}

Schedule inverse_root_rate(Index warm_up) {
  require(warm_up >= 1, "inverse_root_rate", "warm-up: got " + std::to_string(warm_up) + " steps, want at least 1");
  return [w = static_cast<double>(warm_up)](Index step) {
    const double n = static_cast<double>(step + 1);
    return std::min(n / w, std::sqrt(w / n));
  };
}

Schedule cosine_rate(Index epochs, Index warm_up, double floor) {
  require(
      warm_up >= 0 && epochs > warm_up, "cosine_rate",
      std::to_string(epochs) + " epochs with a warm-up of " + std::to_string(warm_up) + ": want 0 <= warm-up < epochs");
  require(floor >= 0 && floor <= 1, "cosine_rate", "floor: got " + std::to_string(floor) + ", want 0 to 1");
  return [=](Index epoch) {
    if (epoch < warm_up) return warmed_up(epoch, warm_up);
    const double t = std::min(1.0, static_cast<double>(epoch - warm_up) / static_cast<double>(epochs - warm_up));
    return floor + (1 - floor) * (1 + std::cos(std::numbers::pi * t)) / 2;
  };
}

}  // namespace mercer
