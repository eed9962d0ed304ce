#include "mercer/layers/scaled_block.hpp"

#include <utility>

#include "mercer/autograd/heads.hpp"

namespace mercer {

ScaledBlock::ScaledBlock(AnyLayer attending, Real first_factor)
    : attention(std::move(attending)), factor(Tensor::filled(1, 1, first_factor), true) {}

Output ScaledBlock::operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass,
                               std::vector<Operands>* operands) const {
  attention.append_operands(neighbourhood, x, pass, operands);
  const Output attended = attention.call(neighbourhood, x, pass);
  return {add(x, scale_heads(attended.y, factor)), attended.penalty};
}

Parameters ScaledBlock::parameters(const std::string& prefix) const {
  Parameters all = attention.parameters(prefix + "attention.");
  all.push_back({prefix + "factor", factor, false});
  return all;
}

}  // namespace mercer
