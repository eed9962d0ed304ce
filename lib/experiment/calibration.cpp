#include "mercer/experiment/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

Reliability& Reliability::operator+=(const Reliability& other) {
  for (std::size_t b = 0; b < bins.size(); ++b) {
    bins[b].nodes += other.bins[b].nodes;
    bins[b].confidence += other.bins[b].confidence;
    bins[b].right += other.bins[b].right;
  }
  return *this;
}

Reliability reliability(ConstView logits, Labels labels, Rows rows) {
  Reliability found;
  for (const Node node : rows) {
    const auto i = static_cast<Index>(node);
    const std::int32_t label = labels[static_cast<std::size_t>(node)], called = predicted_class(logits, i);
    require(label >= 0 && label < logits.columns, "reliability",
            [&] { return "node " + std::to_string(node) + " has no label"; });
    double sum = 0;  // of exp(x − the largest x)
    for (Index c = 0; c < logits.columns; ++c)
      sum += std::exp(static_cast<double>(logits(i, c)) - static_cast<double>(logits(i, called)));
    const double confidence = 1 / sum;
    if (!std::isfinite(confidence)) continue;
    const auto last = found.bins.size() - 1;
    auto& bin = found.bins[std::min(static_cast<std::size_t>(confidence * static_cast<double>(last + 1)), last)];
    bin.nodes += 1;
    bin.confidence += confidence;
    bin.right += called == label ? 1 : 0;
  }
  return found;
}

double expected_calibration_error(const Reliability& reliability) {
  double nodes = 0, error = 0;
  for (const Reliability::Bin& bin : reliability.bins) {
    nodes += bin.nodes;
    error += std::abs(bin.right - bin.confidence);
  }
  return nodes > 0 ? error / nodes : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace mercer
