#pragma once

#include "mercer/base/option_list.hpp"

namespace mercer {

/// The norm of a hidden layer: of each node, or of each column.
enum class Norm { none, layer, batch };
inline constexpr Choice<Norm> norm_choices[]{{"none", Norm::none}, {"layer", Norm::layer}, {"batch", Norm::batch}};

}  // namespace mercer
