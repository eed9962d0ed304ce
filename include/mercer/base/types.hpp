#pragma once

#include <cstdint>

/// Types that hold numbers are in mercer::f32 or mercer::f64, an inline namespace: a program that is compiled for one
/// precision does not link to the library of the other.
#ifdef MERCER_REAL_DOUBLE
#define MERCER_PRECISION f64
#else
#define MERCER_PRECISION f32
#endif

namespace mercer {

/// The real type of a build: float, or double in the library that checks gradients.
#ifdef MERCER_REAL_DOUBLE
using Real = double;
#else
using Real = float;
#endif

using Node = std::int32_t;   // a row or column of a graph
using Edge = std::int64_t;   // an edge slot
using Index = std::int64_t;  // a size, a row or a column of a tensor

enum class Device { cpu, cuda };

}  // namespace mercer
