#pragma once

#include <string>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

struct FastfoodOptions {};

/// Ω = S H G Π H B / (σ √d) in M/d blocks of d rows, shared by all heads. H is the Walsh-Hadamard matrix, Π a fixed
/// permutation; S, G and B are diagonal and learned (Le, Sarlós, Smola, Fastfood, ICML 2013; learned in Chowdhury,
/// Solomou, Dubey, Sachan, On Learning the Transformer Kernel, TMLR 2022).
///
/// Magnitudes are learned as logarithms, signs are fixed. The start makes Ω like a Gaussian matrix: G ~ N(0, 1), B =
/// ±1, S = χ_d / |G|. (S, G, B ~ N(0, 1/d), as in the released code, shrink all frequencies to almost 0.)
/// On the CPU x Ωᵀ goes through Walsh-Hadamard transforms and Ω is never made: 2 M log d additions a node and head,
/// forward and backward. On a device each pass makes Ω once, and nodes take a matrix product.
/// Throws ValueError when d is no power of two or M no multiple of d.
struct Fastfood {
  using Options = FastfoodOptions;
  FrequencySizes sizes;
  Variable log_s, log_g, log_b;  // [M/d, d]
  Variable sign_g, sign_b;       // [M/d, d], fixed
  Variable permutation;          // [M/d, d], fixed: each row holds 0 … d − 1

  Fastfood(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {}; }
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  /// x_ih Ωᵀ in turns, [n, h*M], for x [n, h*d]. On the CPU.
  Variable times(const Variable& x) const;
  /// Ω of all heads [h*d, M] in turns, as a set of frequencies.
  Variable matrix() const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  std::vector<Node> places() const;  // Π of all blocks: place r of block b takes from places()[b*d + r] of the block
};

}  // namespace mercer
