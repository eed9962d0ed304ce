#include "autograd/class_targets.hpp"

#include <cmath>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

void check_class_rows(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes,
                      Real total_weight) {
  require(total_weight >= 0 && std::isfinite(total_weight), "cross_entropy",
          "total: got " + std::to_string(total_weight) + ", want that of all rows, or 0 for that of these");
  require(total_weight > 0 || !rows.empty(), "cross_entropy", "rows: got none, want at least one");
  for (const Node row : rows) {
    require(row >= 0 && row < std::ssize(labels), "cross_entropy",
            [&] { return "row: got " + std::to_string(row) + ", want 0 … " + std::to_string(std::ssize(labels) - 1); });
    const std::int32_t label = labels[static_cast<std::size_t>(row)];
    require(label >= 0 && label < classes, "cross_entropy", [&] {
      return "label of row " + std::to_string(row) + ": got " + std::to_string(label) + ", want 0 … " +
             std::to_string(classes - 1);
    });
  }
}

void check_class_weights(std::span<const Real> weights) {
  for (const Real w : weights)
    require(w >= 0 && std::isfinite(w), "cross_entropy",
            [&] { return "class weight: got " + std::to_string(w) + ", want 0 or more"; });
}

double weight_of_rows(double here, Real total_weight) {
  const double weight = total_weight > 0 ? double{total_weight} : here;
  require(weight > 0, "cross_entropy", "class weights of the labels: got a sum of 0, want more");
  return weight;
}

}  // namespace mercer
