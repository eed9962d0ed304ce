#include "bench/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "backend/capture.hpp"

namespace mercer::program {

namespace {

constexpr double shortest_sample = 1e-3;  // s; shorter calls are repeated within a round
constexpr double most_repeats = 1000;

/// The call repeated so often that the clock's steps and its own cost don't count.
struct Repeated {
  const Call& call;
  Device device;
  int repeats = 1;

  double seconds() const {
    if (call.prepare) call.prepare();
    if (device.is_cuda()) wait_for_device();
    const auto start = std::chrono::steady_clock::now();
    for (int n = 0; n < repeats; ++n)
      call.run();
    if (device.is_cuda()) wait_for_device();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / repeats;
  }
  void warm_up() {
    seconds();
    const double once = seconds();
    if (!call.prepare)
      repeats = static_cast<int>(std::clamp(shortest_sample / std::max(once, 1e-9), 1.0, most_repeats));
  }
};

}  // namespace

const char* name_of(Ceiling ceiling) {
  constexpr const char* names[] = {"copy", "gather", "product", "none"};
  return names[static_cast<std::size_t>(ceiling)];
}

Median median_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t n = values.size();
  const auto quantile = [&](double share) {  // linear between order statistics
    const double at = share * static_cast<double>(n - 1);
    const auto below = static_cast<std::size_t>(at);
    const double rest = at - static_cast<double>(below);
    return values[below] + rest * (values[std::min(below + 1, n - 1)] - values[below]);
  };
  std::size_t k = 0;
  double log_term = -static_cast<double>(n) * std::log(2.0), below = 0;  // ln P(B = k), which itself may be 0; P(B < k)
  while (2 * (below + std::exp(log_term)) <= 0.05) {
    below += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - k) / static_cast<double>(k + 1));
    ++k;
  }
  const std::size_t first = k == 0 ? 0 : k - 1;
  return {.at = quantile(0.5),
          .low = values[first],
          .high = values[n - 1 - first],
          .first_quartile = quantile(0.25),
          .third_quartile = quantile(0.75),
          .rounds = static_cast<Index>(n)};
}

Times time_in_turn(const Call& call, const Call* ceiling, Index rounds, Device device) {
  Repeated measured{.call = call, .device = device};
  measured.warm_up();
  Times times;
  if (ceiling == nullptr) {
    for (Index round = 0; round < rounds; ++round)
      times.call.push_back(measured.seconds());
    return times;
  }
  Repeated above{.call = *ceiling, .device = device};
  above.warm_up();
  for (Index round = 0; round < rounds; ++round) {
    times.call.push_back(measured.seconds());
    times.ceiling.push_back(above.seconds());
  }
  return times;
}

}  // namespace mercer::program
