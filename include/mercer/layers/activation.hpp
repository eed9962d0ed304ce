#pragma once

#include "mercer/autograd/functions.hpp"
#include "mercer/base/option_list.hpp"

namespace mercer {

/// A function of each entry, between two layers.
using Activation = Variable (*)(const Variable&);
inline constexpr Choice<Activation> activation_choices[]{{"elu", elu}, {"relu", relu}, {"gelu", gelu}};

}  // namespace mercer
