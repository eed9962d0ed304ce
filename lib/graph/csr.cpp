#include "mercer/graph/csr.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

constexpr Index at_once = Index{1} << 18;

void check_offsets(std::span<const Edge> offset) {
  parallel_ranges(std::ssize(offset) - 1, at_once, [&](Index first, Index last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
      if (offset[i] > offset[i + 1]) throw ValueError("[Csr] offsets fall at row " + std::to_string(i));
  });
}

void check_neighbours(std::span<const Node> neighbour, Index columns) {
  parallel_ranges(std::ssize(neighbour), at_once, [&](Index first, Index last) {
    for (const Node j : neighbour.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)))
      if (j < 0 || j >= columns)
        throw ValueError("[Csr] neighbour " + std::to_string(j) + " is out of range, want 0 … " +
                         std::to_string(columns - 1));
  });
}

}  // namespace

Csr::Csr(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour)
    : rows_(rows), columns_(columns) {
  constexpr Index most = std::numeric_limits<Node>::max();
  require(rows >= 0 && columns >= 0 && rows <= most && columns <= most, "Csr",
          "a size of " + std::to_string(rows) + " x " + std::to_string(columns) + " can't be");
  expect("Csr", {{"offsets", std::ssize(offset), rows + 1}});
  expect("Csr", {{"first offset", offset.front(), 0}, {"last offset", offset.back(), std::ssize(neighbour)}});
  check_offsets(offset);
  check_neighbours(neighbour, columns);
  arrays_ = std::make_shared<const Arrays>(Arrays{std::move(offset), std::move(neighbour)});
}

std::span<const Node> Csr::neighbours(Index i) const& {
  const auto first = static_cast<std::size_t>(offset()[static_cast<std::size_t>(i)]);
  const auto last = static_cast<std::size_t>(offset()[static_cast<std::size_t>(i) + 1]);
  return neighbour().subspan(first, last - first);
}

bool Csr::operator==(const Csr& other) const {
  return rows_ == other.rows_ && columns_ == other.columns_ &&
         (arrays_ == other.arrays_ ||
          (std::ranges::equal(offset(), other.offset()) && std::ranges::equal(neighbour(), other.neighbour())));
}

}  // namespace mercer
