#include "mercer/autograd/row_runs.hpp"

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

std::vector<Variable> cut_rows(const Variable& x, std::span<const Index> offset) {
  const Variable flat = reshape(x, 1, x.rows() * x.columns());
  std::vector<Variable> runs;
  for (std::size_t s = 0; s + 1 < offset.size(); ++s) {
    const Index rows = offset[s + 1] - offset[s];
    runs.push_back(reshape(slice(flat, offset[s] * x.columns(), rows * x.columns()), rows, x.columns()));
  }
  return runs;
}

Variable stack_rows(const std::vector<Variable>& parts) {
  require(!parts.empty(), "stack_rows", "no parts");
  std::vector<Variable> flat;
  Index rows = 0;
  for (const Variable& part : parts) {
    expect("stack_rows", {{"columns of a part", part.columns(), parts.front().columns()}});
    flat.push_back(reshape(part, 1, part.rows() * part.columns()));
    rows += part.rows();
  }
  return reshape(concat(flat), rows, parts.front().columns());
}

}  // namespace mercer
