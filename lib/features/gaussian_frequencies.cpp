#include "mercer/features/gaussian_frequencies.hpp"

#include <algorithm>
#include <cmath>

#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c)
    sum += a[c] * b[c];
  return sum;
}

std::vector<double> normal_vector(Index width, Random& random) {
  std::vector<double> x(static_cast<std::size_t>(width));
  for (double& value : x)
    value = random.normal();
  return x;
}

/// A random direction orthogonal to those before it. Two rounds of Gram-Schmidt remove the rounding of the first.
std::vector<double> next_direction(const std::vector<std::vector<double>>& before, Index width, Random& random) {
  for (;;) {
    std::vector<double> x = normal_vector(width, random);
    for (int turn = 0; turn < 2; ++turn)
      for (const auto& other : before) {
        const double along = dot(x, other);
        for (std::size_t c = 0; c < x.size(); ++c)
          x[c] -= along * other[c];
      }
    const double length = std::sqrt(dot(x, x));
    if (length < 1e-9) continue;  // linearly dependent on those before
    for (double& value : x)
      value /= length;
    return x;
  }
}

/// Fills the rows of a head in w with blocks of orthogonal directions, with lengths of Gaussian vectors.
void draw_orthogonal(Index first_row, Index width, Random& random, Tensor& w) {
  std::vector<std::vector<double>> block;
  for (Index m = 0; m < w.columns(); ++m) {
    if (static_cast<Index>(block.size()) == width) block.clear();
    block.push_back(next_direction(block, width, random));
    const std::vector<double> other = normal_vector(width, random);
    const double length = std::sqrt(dot(other, other));
    for (Index c = 0; c < width; ++c)
      w(first_row + c, m) = static_cast<Real>(length * block.back()[static_cast<std::size_t>(c)]);
  }
}

}  // namespace

GaussianFrequencies::GaussianFrequencies(const Options& given, const FrequencySizes& wanted, Random&)
    : options(given), sizes(wanted) {
  check_sizes("GaussianFrequencies", sizes);
}

Tensor GaussianFrequencies::noise(Random& random) const {
  const Index rows = sizes.heads * sizes.width;
  if (!options.orthogonal) return normal_noise(rows, sizes.frequencies, random);
  Tensor w = Tensor::uninitialized(rows, sizes.frequencies);
  for (Index h = 0; h < sizes.heads; ++h)
    draw_orthogonal(h * sizes.width, sizes.width, random, w);
  return w;
}

Frequencies GaussianFrequencies::operator()(const Variable&, const Variable&, const Variable& noise) const {
  return {.sets = {scale(noise, turns_of(sizes))}};
}

}  // namespace mercer
