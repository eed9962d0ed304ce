#include "mercer/features/joint_map.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/features/fourier.hpp"

namespace mercer {
namespace {

FrequencySizes joint(const JointMapOptions& options, HeadSizes sizes) {
  return {.heads = sizes.heads,
          .width = 2 * sizes.width,
          .frequencies = options.frequencies,
          .sigma = options.sigma.value_or(std::numbers::sqrt2_v<Real>)};
}

}  // namespace

Similarity JointMapOptions::operator()(HeadSizes heads, Random& random) const {
  Similarity made = similarity_of(JointMap(*this, heads, random), {}, random);
  made.joins_ends = true;
  return made;
}

JointMap::JointMap(const JointMapOptions& given, HeadSizes wanted, Random& random)
    : options(given), sizes(joint(given, wanted)), distribution(given.distribution, sizes, random) {
  require(options.floor > 0, "JointMap", "floor: got " + std::to_string(options.floor) + ", want more than 0");
  const double bound = 1 / std::sqrt(static_cast<double>(sizes.width));
  target = Variable(drawn(1, sizes.heads * sizes.width, [&] { return random.uniform(-bound, bound); }), true);
}

AnyKernel JointMap::kernel() const {
  return SquaredInnerProduct{.scale = Real(1) / static_cast<Real>(sizes.frequencies * (distribution.second ? 4 : 1)),
                             .floor = options.floor};
}

Compared JointMap::operator()(const Variable& q, const Variable& k, const NodeMeans&, const NoiseDraw&) const {
  const Index h = sizes.heads, d = sizes.width / 2;
  std::vector<Node> left, right;  // rows of w for q and for k
  for (Index r = 0; r < h * d; ++r) {
    left.push_back(static_cast<Node>(r / d * 2 * d + r % d));
    right.push_back(static_cast<Node>(r / d * 2 * d + d + r % d));
  }
  // With two sets, φ holds the features of both side by side, and a's sum over the sets is repeated for each.
  const Variable w = distribution.second ? concat({distribution.first, distribution.second}) : distribution.first;
  const std::vector<Variable> sets =
      distribution.second ? std::vector{w, concat({distribution.second, distribution.first})} : std::vector{w};
  const Variable of_a = fourier_features(target, sets, h);  // [1, h*4M]
  const Variable of_q = fourier_features(q, {gather_rows(w, left)}, h);
  return {.q = turn_back(of_q, of_a, h), .k = fourier_features(k, {gather_rows(w, right)}, h)};
}

Parameters JointMap::parameters(const std::string& prefix) const {
  Parameters all = distribution.parameters(prefix);
  all.push_back({prefix + "target", target});
  return all;
}

}  // namespace mercer
