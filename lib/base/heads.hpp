#pragma once

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// Throws ShapeError "[op] columns of q: got 7, want a multiple of the 2 heads" unless heads divides columns.
inline void expect_heads(const char* op, const char* what, Index columns, Index heads) {
  if (columns % heads != 0)
    throw ShapeError("[" + std::string(op) + "] columns of " + what + ": got " + std::to_string(columns) +
                     ", want a multiple of the " + std::to_string(heads) + " heads");
}

}  // namespace mercer
