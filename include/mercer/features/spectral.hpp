#pragma once

#include <string>

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/inner_product.hpp"

namespace mercer {

/// Where learned frequencies begin.
enum class FrequencyStart {
  rbf,      // 2πw ~ N(0, I / 2√d): the kernel of softmax attention; the second set within a tenth of the first
  release,  // uniform within 1/√(h·M), as in the authors' code
};

struct SpectralOptions {
  Index heads = 1;
  Index width = 0;          // d, of one head
  Index frequencies = 64;   // M
  bool stationary = false;  // one set: κ depends on q − k alone
  FrequencyStart start = FrequencyStart::rbf;
  Real floor = Real(1e-5);
};

/// A learned spectrum: κ(q, k) = s² + floor with s = ⟨φ(q), φ(k)⟩ / 4M (two sets) or / M (stationary). IKAN-direct of
/// Song, Jung, Kim and Moon, Implicit Kernel Attention, AAAI 2021; formulas from their released code
/// (spec: Implicit Kernel Attention, sections 2.1 and 2.2). |s| ≤ 1, and κ(x, x) = 1 + floor when stationary.
/// Throws ValueError for sizes that can't be.
struct Spectrum {
  SpectralOptions options;
  Variable first;   // [h*d, M], in turns
  Variable second;  // the same; undefined when stationary

  Spectrum(SpectralOptions options, Random& random);

  Variable features(const Variable& x) const;  // [n, h*d] → [n, h*2M]
  SquaredInnerProduct kernel() const;
  /// Weight decay would widen the kernel towards a constant: it doesn't apply.
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
