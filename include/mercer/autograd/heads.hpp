#pragma once

#include "mercer/autograd/variable.hpp"

/// Functions of each head of x, [n, h*d], applied before nodes are compared. They throw ShapeError and ValueError like
/// the functions of functions.hpp.
namespace mercer {

enum class Centred { no, yes };

/// y_ih = x_ih / ‖x_ih‖. Centred: x_ih minus the mean of its d components, before the division; this equals, up to a
/// factor √d, the division by the standard deviation. A head shorter than 1e-6 gives 0 with slope 0.
Variable unit_heads(const Variable& x, Index heads, Centred centred = Centred::no);

/// y_ih = s_h x_ih, s [1, h].
Variable scale_heads(const Variable& x, const Variable& s);

}  // namespace mercer
