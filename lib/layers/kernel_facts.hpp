#pragma once

#include <type_traits>

#include "mercer/autograd/functions.hpp"
#include "mercer/kernel/catalogue.hpp"

namespace mercer {

inline bool reads_vectors(const AnyKernel& kernel) {
  return std::visit([]<class K>(const K&) { return !std::is_same_v<PairingOf<K>, Nothing>; }, kernel);
}

/// a + b, where either may be absent.
inline Variable sum_of(const Variable& a, const Variable& b) { return a ? (b ? add(a, b) : a) : b; }

}  // namespace mercer
