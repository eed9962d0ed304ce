#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/tensor/tensor.hpp"

namespace mercer::test {

/// Heads and their width, or groups of columns: what an operator takes beside rows.
struct Shape {
  Index heads, width;
  Index columns() const { return heads * width; }
};

enum class Closeness {
  bits,        // the same
  each_value,  // relative to itself
  whole,       // relative to the largest of a result: a sum's rounding is as large as its terms
};

/// One operator, run on one device: makes its operands for a size there and returns what was written.
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

/// "" when both agree within 1e-5; else the first place where they don't. NaN agrees with NaN, inf with inf.
std::string difference(const Tensor& got, const Tensor& want, Closeness closeness);

/// The case gives on the CUDA backend what it gives on the CPU, in every order of lanes.
void check_on_both(const OperatorCase& op, Index rows, Shape shape);

/// Entries of ±[0.1, 1.5], on a device; most are positive, so that the rounding of long sums stays small beside them.
Tensor operand(Device on, Index rows, Index columns, std::uint64_t seed);

/// For a result: nothing is written there yet.
inline Tensor room(Device on, Index rows, Index columns) { return Tensor::uninitialized(rows, columns, on); }

}  // namespace mercer::test
