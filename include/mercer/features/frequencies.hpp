#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// The sizes of a distribution: M frequencies of width d for each of h heads.
struct FrequencySizes {
  Index heads = 1;
  Index width = 0;         // d of q and k in one head
  Index frequencies = 64;  // M
  Real sigma = 1;  // bandwidth: at the start 2πw ~ N(0, I/σ²) and κ ≈ exp(−r²/2σ²), for distributions with a scale
};

/// Frequencies Ω. Each set W_s [h*d, M] holds the rows of the heads one below the other, in turns (w·x = 1 is once
/// around). `penalty` is added to the loss, [1, 1] or undefined.
/// A structured Ω has no sets but `times`, which multiplies x [n, h*d] by it, [n, h*M], without making the matrix.
struct Frequencies {
  std::vector<Variable> sets{};
  Variable penalty{};
  std::function<Variable(const Variable& x)> times{};
};

/// The size of the noise of one draw, a matrix of N(0, 1); without rows nothing is drawn.
struct NoiseSize {
  Index rows = 0, columns = 0;
};

/// The noise of a pass, and whether the pass trains: a norm over it then has running statistics to keep.
struct NoiseDraw {
  Variable values{};  // undefined where nothing is drawn
  bool is_training = false;

  NoiseDraw(Variable drawn = {}, bool training = false) : values(std::move(drawn)), is_training(training) {}
};

/// A frequency distribution is a struct with these three members, by convention:
///   NoiseSize noise() const;          of one draw
///   Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
///   Parameters parameters(const std::string& prefix = "") const;    without weight decay, which would widen the
///                                                                   kernel towards a constant
/// q and k are [n, h*d], or their means [1, h*d]; only distributions that depend on the data read them. Values fixed at
/// construction are among the parameters, so that they are saved, but have no gradient.

}  // namespace mercer
