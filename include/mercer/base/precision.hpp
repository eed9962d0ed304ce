#pragma once

/// Types with values of Real are in mercer::f32 or mercer::f64, an inline namespace. A program compiled for one
/// precision does not link to the library of the other, nor to both: every file that includes mercer refers to
/// library_precision of its own, and both libraries define mercer_is_linked_in_one_precision.
#ifdef MERCER_REAL_DOUBLE
#define MERCER_PRECISION f64
#else
#define MERCER_PRECISION f32
#endif

namespace mercer {
inline namespace MERCER_PRECISION {
extern const int library_precision;  // bytes of a Real
}
namespace {
[[gnu::used]] const int* const precision_of_this_file = &library_precision;
}
}  // namespace mercer
