#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mercer/autograd/variable.hpp"
#include "support/random_tensor.hpp"

/// The differentiable functions, one line each, for every test that runs over all of them: value by definition,
/// gradient, CPU = CUDA, time.
namespace mercer::test {

/// Values in double, whatever Real is.
struct Wide {
  Index rows, columns;
  std::vector<double> values;

  Wide(Index rows, Index columns) : rows(rows), columns(columns), values(static_cast<std::size_t>(rows * columns)) {}
  double& operator()(Index i, Index c) { return values[static_cast<std::size_t>(i * columns + c)]; }
  const double& operator()(Index i, Index c) const { return values[static_cast<std::size_t>(i * columns + c)]; }
};
inline Wide wide(const Tensor& x) {
  Wide w(x.rows(), x.columns());
  std::ranges::copy(x.values(), w.values.begin());
  return w;
}

using Operands = std::span<const Variable>;

struct FunctionCase {
  std::string name;
  std::function<std::vector<Tensor>(Index n)> operands;  // for n rows, away from kinks
  std::function<Variable(Operands x)> run;
  std::function<Wide(std::span<const Wide> x)> definition;
  bool elementwise = false;  // then any value is an operand, NaN and infinity too
};

/// Of elementwise.cpp, rows.cpp, heads.cpp, losses.cpp.
std::vector<FunctionCase> elementwise_functions();
std::vector<FunctionCase> row_functions();
std::vector<FunctionCase> head_functions();
std::vector<FunctionCase> loss_functions();

inline std::vector<FunctionCase> all_functions() {
  std::vector<FunctionCase> all;
  for (const auto& family : {elementwise_functions(), row_functions(), head_functions(), loss_functions()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

}  // namespace mercer::test
