#pragma once

#include <utility>

namespace mercer::cpu {

/// visit(0) … visit(Count − 1), written out, the numbers being constants: an array at such places stays in registers,
/// where g++ 12 keeps one that a loop runs over in memory.
template <int Count, class Visit>
inline void unrolled(Visit&& visit) {
  const auto call = [&]<int... k>(std::integer_sequence<int, k...>) { (visit(std::integral_constant<int, k>{}), ...); };
  call(std::make_integer_sequence<int, Count>{});
}

}  // namespace mercer::cpu
