#pragma once

#include <functional>

#include "mercer/base/types.hpp"

namespace mercer {

/// The factor of the learning rate in epoch 0, 1, 2 …
using Schedule = std::function<double(Index epoch)>;

/// 1
Schedule constant_rate();
/// by^⌊epoch / every⌋
Schedule step_rate(Index every, double by);
/// (epoch + 1) / warm_up, at most 1
Schedule warm_up_rate(Index warm_up);
/// The warm-up, then floor + (1 − floor)(1 + cos πt)/2 with t = (epoch − warm_up)/(epochs − warm_up), which falls from
/// 1 to `floor`; constant from `epochs` on. Loshchilov and Hutter: SGDR, ICLR 2017, equation 5.
Schedule cosine_rate(Index epochs, Index warm_up = 0, double floor = 0);

// All throw ValueError on lengths and factors out of range.

}  // namespace mercer
