#pragma once

#include <optional>

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// What every feature map is asked for.
struct MapSizes {
  Index heads = 1;
  Index width = 0;              // d of q and k in one head
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: fitted to the width, as the map says
};

/// What a distribution of frequencies may look at: q and k of all nodes, [n, h*d], or their means over these, [1, h*d].
/// Undefined where none looks.
struct AllNodes {
  Variable q{}, k{};
};

/// φ at both ends of the edges, for a kernel of the catalogue.
struct Mapped {
  Variable q, k;
  Variable key_bias{};  // [m, h] or undefined: ln of what was taken out of φ(k)
  Variable penalty{};   // [1, 1] or undefined
};

/// A feature map is a struct with these four, by convention:
///   AnyKernel kernel() const;      of φ
///   Tensor noise(Random&) const;   what one draw of φ needs; empty where nothing is drawn
///   Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, const Variable& noise) const;
///   Parameters parameters(const std::string& prefix = "") const;
/// q [n, h*d] is that of the rows, heard [m, h*d] the k of the columns.

}  // namespace mercer
