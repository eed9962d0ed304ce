#pragma once

#include <cstdint>

#include "mercer/base/precision.hpp"

namespace mercer {

/// The real type of a build: float, or double in the library that checks gradients.
#ifdef MERCER_REAL_DOUBLE
using Real = double;
#else
using Real = float;
#endif

using Node = std::int32_t;   // a row or column of a graph
using Edge = std::int64_t;   // an edge slot
using Index = std::int64_t;  // a size, a row or a column of a tensor

/// The place of values: the CPU, or a CUDA device with a number. Device::cuda is the device that this thread uses
/// (use_cuda_device); tensors made there know its number.
struct Device {  // without padding: views are copied to devices byte by byte
  enum class Type : std::int32_t { cpu, cuda };

  Type type = Type::cpu;
  std::int32_t number = -1;  // of a CUDA device; −1: the one in use

  static const Device cpu, cuda;
  static constexpr Device cuda_number(int number) { return {Type::cuda, number}; }

  constexpr bool is_cpu() const { return type == Type::cpu; }
  constexpr bool is_cuda() const { return type == Type::cuda; }
  constexpr bool operator==(const Device&) const = default;
};
inline constexpr Device Device::cpu{}, Device::cuda{Type::cuda};

}  // namespace mercer
