#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/tensor/tensor.hpp"

namespace mercer::test {

/// Heads and their width, or groups of columns: the sizes of an operator besides its rows.
struct Shape {
  Index heads, width;
  Index columns() const { return heads * width; }
};

enum class Closeness {
  bits,        // the same
  each_value,  // relative to itself
  whole,       // relative to the largest of a result: a sum's rounding is as large as its terms
};

/// One run of an operator: makes operands of a size on a device and returns the results.
struct OperatorCase {
  std::string name;
  Closeness closeness;
  std::function<std::vector<Tensor>(Device on, Index rows, Shape shape)> run;
};

std::vector<OperatorCase> row_cases();
std::vector<OperatorCase> product_cases();
std::vector<OperatorCase> head_cases();
std::vector<OperatorCase> feature_cases();
std::vector<OperatorCase> loss_cases();
std::vector<OperatorCase> optimizer_cases();

/// "" when both agree within 1e-5, else the first difference. NaN agrees with NaN, inf with inf.
std::string difference(const Tensor& got, const Tensor& want, Closeness closeness);

/// Checks that the CUDA backend agrees with the CPU in every order of lanes.
void check_on_both(const OperatorCase& op, Index rows, Shape shape);

/// Entries of ±[0.1, 1.5] on a device; most are positive, so that the rounding of long sums is relatively small.
Tensor operand(Device on, Index rows, Index columns, std::uint64_t seed);

/// Uninitialized memory for a result.
inline Tensor uninitialized(Device on, Index rows, Index columns) { return Tensor::uninitialized(rows, columns, on); }

}  // namespace mercer::test
