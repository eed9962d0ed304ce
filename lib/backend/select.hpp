#pragma once

#include "mercer/base/types.hpp"

namespace mercer {

/// The function of the device on which the operands are: select(x.device(), cpu::elu, cuda::elu)(x, y).
template <class Function>
Function* select(Device device, Function* on_cpu, Function* on_cuda) {
  return device == Device::cpu ? on_cpu : on_cuda;
}

}  // namespace mercer
