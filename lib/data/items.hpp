#pragma once

#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Items first … last − 1.
std::vector<Node> items_between(Index first, Index last);

/// A 1 in one column of each row.
SparseMatrix one_hot(std::vector<Node> column, Index columns);

/// So many items for training, the next ones for validation, then those for the test.
Split in_turn(Index train, Index validation, Index test);

}  // namespace mercer
