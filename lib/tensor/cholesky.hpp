#pragma once

#include "mercer/tensor/view.hpp"

namespace mercer {

/// inverse = (a + shift I)⁻¹ for one symmetric matrix [m, m] on the host, by Cholesky in double precision. False where
/// a + shift I is not positive definite; the inverse is not written then.
bool invert_positive_definite(ConstView a, double shift, View inverse);

}  // namespace mercer
