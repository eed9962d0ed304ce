#pragma once

#include <span>

#include "mercer/base/types.hpp"
#include "mercer/tensor/view.hpp"

/// Fastfood's product on the CPU, without its matrix.
namespace mercer {

/// Ω = S H G Π H B in blocks of d rows. The diagonals s, g and b are [blocks, d], Π takes from place[block * d + r].
struct FastfoodFactors {
  ConstView s, g, b;
  std::span<const Node> place;
};

namespace cpu {

/// y = x Ωᵀ for each head: x [n, h*d], y [n, h*blocks*d], in 2 blocks d log d additions a row and head.
void fastfood(ConstView x, const FastfoodFactors& f, View y);
/// dx [n, h*d]; dfactors [3*blocks, d]: the gradients of s, g and b, one below the other.
void fastfood_backward(ConstView x, const FastfoodFactors& f, ConstView dy, View dx, View dfactors);

/// φ_h = [cos 2πu_h | sin 2πu_h]: u [n, h*M], phi [n, h*2M].
void features_of_turns(ConstView u, Index heads, View phi);
/// du = 2π (cos 2πu ∘ dsin − sin 2πu ∘ dcos)
void features_of_turns_backward(ConstView phi, Index heads, ConstView dphi, View du);

}  // namespace cpu
}  // namespace mercer
