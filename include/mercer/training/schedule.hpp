#pragma once

#include <functional>

#include "mercer/base/types.hpp"

namespace mercer {

/// What the learning rate is multiplied by in an epoch 0, 1, 2 …
using Schedule = std::function<double(Index epoch)>;

/// 1
Schedule constant_rate();
/// by^⌊epoch / every⌋
Schedule step_rate(Index every, double by);
/// (epoch + 1) / warm_up, at most 1
Schedule warm_up_rate(Index warm_up);
/// The warm-up, then from 1 down to `floor` along floor + (1 − floor)(1 + cos πt)/2, t = (epoch − warm_up)/(epochs −
/// warm_up); from `epochs` on it stays at `floor`. Loshchilov and Hutter: SGDR, ICLR 2017, equation 5.
Schedule cosine_rate(Index epochs, Index warm_up = 0, double floor = 0);

// All throw ValueError on lengths and factors that can't be.

}  // namespace mercer
