#pragma once

#include "backend/dense_ops.hpp"
#include "backend/operator.hpp"

/// The dense operators, by one table of functions for each device.
namespace mercer {

struct DenseTable {
#define MERCER_OPERATOR(result, name, operands) result(*name) operands;
#include "backend/dense_ops.inc"
#undef MERCER_OPERATOR
  static const DenseTable& of(Device device);
};

namespace cpu {
extern const DenseTable dense_table;
}
namespace cuda {
extern const DenseTable dense_table;  // without the CUDA Toolkit: of functions that throw
}
inline const DenseTable& DenseTable::of(Device device) {
  return device.is_cpu() ? cpu::dense_table : cuda::dense_table;
}

namespace op {
#define MERCER_OPERATOR(result, name, operands) inline constexpr Operator name{#name, &DenseTable::name};
#include "backend/dense_ops.inc"
#undef MERCER_OPERATOR
}  // namespace op

}  // namespace mercer
