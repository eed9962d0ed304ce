#pragma once

#include <optional>
#include <string>

#include "mercer/base/option_list.hpp"
#include "mercer/features/feature_map.hpp"
#include "mercer/features/learned.hpp"

namespace mercer {

struct JointMapOptions {
  LearnedOptions distribution{};
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: √2
  Real floor = Real(1e-5);      // > 0

  void declare(OptionList& list) {
    list.add("frequencies", frequencies, range::count, "frequencies of each head");
    list.add("floor", floor, range::above_zero, "added to the squared kernel");
    distribution.declare(list);
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// The implicit kernel of a learned vector a_h and the concatenation z_ij = [q_i | k_j]: κ(a, z) = s² + floor, with
/// frequencies of width 2d (Song et al., Implicit Kernel Attention, AAAI 2021, on a graph). GAT's score on the same
/// concatenation is a sum of a term in i and one in j; this one is not, so the best neighbour depends on the target.
///
/// No cosine is computed on edges. With w·z = l_i + r_j, Re e^{i2π(w·a − l_i)} e^{−i2πr_j} = cos 2π(w·a − l_i − r_j),
/// so s is an inner product of [n, h*4M] features (stationary: 2M) of both ends. The default σ = √2 and the magnitude's
/// divisor 2 are those of GAT's own decomposition (section 1.2 there).
struct JointMap {
  JointMapOptions options;
  FrequencySizes sizes;             // of width 2d
  LearnedFrequencies distribution;  // [h*2d, M]: for each head d rows for q, then d for k
  Variable target;                  // a [1, h*2d]

  JointMap(const JointMapOptions& options, HeadSizes sizes, Random& random);

  AnyKernel kernel() const;
  NoiseSize noise() const { return {}; }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
