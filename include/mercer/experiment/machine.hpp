#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "mercer/base/types.hpp"
#include "mercer/exchange/ranks.hpp"

namespace mercer {

/// Where tensors go, and what may be done when they do not fit there.
struct Machine {
  Device device = Device::cpu;
  std::size_t stream_bytes = 0;                    // of the device, through which attention may stream; 0: it may not
  bool cuda_graph = true;                          // are epochs replayed?
  int ranks = 1;                                   // that train one graph together
  RankOptions joined{};                            // on which devices, when there are several
  std::function<void(const std::string&)> note{};  // called with what the user should know, a line each
};

/// "cpu", or the CUDA device in use and what it is: "cuda:0, NVIDIA H100 …".
std::string device_name(Device device);

/// Of several devices: which, and what joins them.
std::string in_words(const Machine& machine);

}  // namespace mercer
