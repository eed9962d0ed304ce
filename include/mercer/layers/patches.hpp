#pragma once

#include "mercer/autograd/functions.hpp"
#include "mercer/graph/segments.hpp"

namespace mercer {

/// The segments of patches: segment s of n rows has ⌈n / size⌉. Throws ValueError for a size below 1.
Segments patched(const Segments& segments, Index size);

/// Row p of a segment is [x_{p·size} | … | x_{p·size + size − 1}], its rows side by side, with zeros beyond the end of
/// the segment: [patches, size * d] of x [n, d]. Attention over patches costs size² times less (Dosovitskiy et al., An
/// Image is Worth 16x16 Words, ICLR 2021, section 3.1).
Variable patches(const Segments& segments, const Variable& x, Index size);

}  // namespace mercer
