#include "mercer/graph/csr.hpp"

#include <limits>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

Csr::Csr(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour)
    : rows_(rows), columns_(columns), offset_(std::move(offset)), neighbour_(std::move(neighbour)) {
  constexpr Index most = std::numeric_limits<Node>::max();
  require(rows >= 0 && columns >= 0 && rows <= most && columns <= most, "Csr",
          "a size of " + std::to_string(rows) + " x " + std::to_string(columns) + " can't be");
  expect("Csr", {{"offsets", static_cast<Index>(offset_.size()), rows + 1}});
  expect("Csr", {{"first offset", offset_.front(), 0}, {"last offset", offset_.back(), edges()}});
  for (std::size_t i = 0; i + 1 < offset_.size(); ++i)
    require(offset_[i] <= offset_[i + 1], "Csr", "offsets fall at row " + std::to_string(i));
  for (const Node j : neighbour_)
    if (j < 0 || j >= columns)
      throw ValueError("[Csr] neighbour " + std::to_string(j) + " is out of range, want 0 … " +
                       std::to_string(columns - 1));
}

std::span<const Node> Csr::neighbours(Index i) const& {
  const auto first = static_cast<std::size_t>(offset_[static_cast<std::size_t>(i)]);
  const auto last = static_cast<std::size_t>(offset_[static_cast<std::size_t>(i) + 1]);
  return std::span(neighbour_).subspan(first, last - first);
}

}  // namespace mercer
