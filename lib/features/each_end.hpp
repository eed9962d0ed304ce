#pragma once

#include <utility>

#include "mercer/features/similarity.hpp"

namespace mercer {

/// The map of a similarity that applies one function to q and to k.
template <class F>
Similarity::Map each_end(F f) {
  return [f = std::move(f)](const Variable& q, const Variable& k, const SimilarityContext&) {
    Variable of_q = f(q);
    return Compared{.q = std::move(of_q), .k = f(k)};
  };
}

}  // namespace mercer
