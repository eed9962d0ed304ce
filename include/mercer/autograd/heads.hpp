#pragma once

#include "mercer/autograd/variable.hpp"

/// What is done to each head of x, [n, h*d], before nodes are compared. Throw ShapeError and ValueError as the
/// functions of functions.hpp.
namespace mercer {

enum class Centred { no, yes };

/// y_ih = x_ih / ‖x_ih‖, of centred heads after the mean over their d components was taken off. That is also
/// what is left of a division by their standard deviation. A head shorter than 1e-6 has no direction: 0, slope 0.
Variable unit_heads(const Variable& x, Index heads, Centred centred = Centred::no);

/// y_ih = s_h x_ih, s [1, h].
Variable scale_heads(const Variable& x, const Variable& s);

}  // namespace mercer
