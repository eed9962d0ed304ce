#include "data/items.hpp"

#include <numeric>
#include <utility>

namespace mercer {

std::vector<Node> items_between(Index first, Index last) {
  std::vector<Node> list(static_cast<std::size_t>(last - first));
  std::iota(list.begin(), list.end(), static_cast<Node>(first));
  return list;
}

SparseMatrix one_hot(std::vector<Node> column, Index columns) {
  std::vector<Edge> offset(column.size() + 1);
  std::iota(offset.begin(), offset.end(), Edge{0});
  std::vector<Real> ones(column.size(), 1);
  const Index rows = std::ssize(column);
  return {rows, columns, std::move(offset), std::move(column), std::move(ones)};
}

Split in_turn(Index train, Index validation, Index test) {
  const Index first_test = train + validation;
  return {.train = items_between(0, train),
          .validation = items_between(train, first_test),
          .test = items_between(first_test, first_test + test)};
}

}  // namespace mercer
