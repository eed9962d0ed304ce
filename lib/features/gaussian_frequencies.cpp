#include "mercer/features/gaussian_frequencies.hpp"

#include <utility>

#include "backend/operators.hpp"
#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

/// Blocks of orthogonal directions with the lengths of the given Gaussian vectors: a vector's length and its direction
/// are independent.
Variable orthogonal(const Variable& noise, Index heads) {
  Tensor w = Tensor::uninitialized(noise.rows(), noise.columns(), noise.device());
  op::orthogonal_columns(noise.value(), heads, w);
  return Variable(std::move(w));
}

}  // namespace

GaussianFrequencies::GaussianFrequencies(const Options& given, const FrequencySizes& wanted, Random&)
    : options(given), sizes(wanted) {
  check_sizes("GaussianFrequencies", sizes);
}

Frequencies GaussianFrequencies::operator()(const Variable&, const Variable&, const NoiseDraw& noise) const {
  return {.sets = {scale(options.orthogonal ? orthogonal(noise.values, sizes.heads) : noise.values, turns_of(sizes))}};
}

}  // namespace mercer
