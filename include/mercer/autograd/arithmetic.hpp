#pragma once

#include "mercer/autograd/functions.hpp"

/// Arithmetic of each entry, as it is written. Two variables are of one size, else ShapeError; a constant is finite, a
/// divisor not 0, else ValueError. A row that is added to every row: add_bias.
namespace mercer {

inline Variable operator-(const Variable& x) { return scale(x, -1); }

inline Variable operator+(const Variable& a, const Variable& b) { return add(a, b); }
inline Variable operator-(const Variable& a, const Variable& b) { return subtract(a, b); }
inline Variable operator*(const Variable& a, const Variable& b) { return multiply(a, b); }
inline Variable operator/(const Variable& a, const Variable& b) { return divide(a, b); }

inline Variable operator+(const Variable& x, Real constant) { return shift(x, constant); }
inline Variable operator+(Real constant, const Variable& x) { return shift(x, constant); }
inline Variable operator-(const Variable& x, Real constant) { return shift(x, -constant); }
inline Variable operator-(Real constant, const Variable& x) { return shift(-x, constant); }
inline Variable operator*(const Variable& x, Real factor) { return scale(x, factor); }
inline Variable operator*(Real factor, const Variable& x) { return scale(x, factor); }
inline Variable operator/(const Variable& x, Real divisor) { return scale(x, 1 / divisor); }
inline Variable operator/(Real dividend, const Variable& x) { return scale(reciprocal(x), dividend); }

}  // namespace mercer
