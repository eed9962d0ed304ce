#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "mercer/base/types.hpp"
#include "mercer/exchange/ranks.hpp"

namespace mercer {

/// The devices to compute on, and what to do when their memory is too small.
struct Machine {
  Device device = Device::cpu;
  std::size_t stream_bytes = 0;                    // device memory to stream attention through; 0: no streaming
  bool cuda_graph = true;                          // replay epochs as CUDA graphs?
  int ranks = 1;                                   // that train on one graph together
  RankOptions joined{};                            // devices of several ranks
  std::function<void(const std::string&)> note{};  // receives notes for the user, one line each
};

/// "cpu", or the CUDA device in use with its model: "cuda:0, NVIDIA H100 …".
std::string device_name(Device device);

/// Several devices and how they are connected, as text.
std::string in_words(const Machine& machine);

}  // namespace mercer
