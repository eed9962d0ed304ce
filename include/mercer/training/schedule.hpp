#pragma once

#include <functional>

#include "mercer/base/types.hpp"

namespace mercer {

/// The factor of the learning rate in epoch (or step, where said) 0, 1, 2 …
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

/// min((n + 1) / warm_up, √(warm_up / (n + 1))): rises to 1, then falls as the inverse square root of the steps.
/// Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 5.3, divided by its largest value. warm_up is at
/// least 1.
Schedule inverse_root_rate(Index warm_up);

// All throw ValueError on lengths and factors out of range.

}  // namespace mercer
