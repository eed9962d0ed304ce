#pragma once

#include <vector>

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// What a distribution is asked for: M frequencies of width d for each of h heads.
struct FrequencySizes {
  Index heads = 1;
  Index width = 0;         // d of q and k in one head
  Index frequencies = 64;  // M
  Real sigma = 1;  // bandwidth: where the distribution has a scale, 2πw begins like N(0, I/σ²) and κ like exp(−r²/2σ²)
};

/// Ω: each set W_s [h*d, M], the rows those of the heads one below the other, its values in turns (w·x = 1 is once
/// around); and what its distribution adds to the loss, [1, 1] or undefined.
struct Frequencies {
  std::vector<Variable> sets;
  Variable penalty{};
};

/// A distribution of frequencies is a struct with these three, by convention:
///   Tensor noise(Random&) const;      what one draw of it needs; empty where nothing is drawn
///   Frequencies operator()(const Variable& q, const Variable& k, const Variable& noise) const;
///   Parameters parameters(const std::string& prefix = "") const;    without weight decay, which would widen the
///                                                                   kernel towards a constant
/// q and k, [n, h*d] or their means [1, h*d], are read by the distributions that look at the data. What is fixed at
/// construction is among the parameters too, so that it is saved, but wants no gradient.

}  // namespace mercer
