#include "mercer/experiment/halving.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

std::vector<Index> rung_epochs(Index epochs, Index trials, Index eta, Index first) {
  constexpr Index fewest = 10;
  require(eta >= 1, "eta", "got " + std::to_string(eta) + ", want at least 1");
  require(first <= epochs, "first-epochs",
          "got " + std::to_string(first) + ", want at most the " + std::to_string(epochs) + " epochs of a trial");
  if (eta == 1) return {epochs};
  if (first == 0) {
    first = epochs;
    for (Index left = trials / eta; left >= 1; left /= eta)
      first = (first + eta - 1) / eta;
    first = std::max(first, std::min(epochs, fewest));
  }
  std::vector<Index> rungs;
  for (; first < epochs; first *= eta)
    rungs.push_back(first);
  rungs.push_back(epochs);
  return rungs;
}

Index trials_of_rung(Index trials, Index eta, std::size_t rung) {
  for (; rung > 0; --rung)
    trials /= eta;
  return std::max<Index>(trials, 1);
}

std::vector<std::size_t> ranked(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (std::isfinite(scores[a]) != std::isfinite(scores[b])) return std::isfinite(scores[a]);
    return std::isfinite(scores[a]) && scores[a] > scores[b];
  });
  return order;
}

std::vector<std::size_t> promoted(const std::vector<double>& scores, Index most) {
  std::vector<std::size_t> best = ranked(scores);
  std::erase_if(best, [&](std::size_t at) { return !std::isfinite(scores[at]); });
  best.resize(std::min(best.size(), static_cast<std::size_t>(most)));
  std::ranges::sort(best);
  return best;
}

}  // namespace mercer
