#include "mercer/features/maclaurin_map.hpp"

#include <cmath>
#include <memory>
#include <utility>

#include "backend/operators.hpp"
#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"

namespace mercer {
namespace {

/// P[N = n] = 2^−n / (1 − 2^−20)
double probability(Index degree) {
  return std::exp2(-static_cast<double>(degree)) / (1 - std::exp2(-static_cast<double>(MaclaurinMap::largest_degree)));
}

Index draw_degree(Random& random) {
  double left = random.uniform();
  for (Index n = 1; n < MaclaurinMap::largest_degree; ++n)
    if ((left -= probability(n)) < 0) return n;
  return MaclaurinMap::largest_degree;
}

/// The arguments of column_products other than u.
struct Groups {
  std::vector<Index> offset;  // [h*M + 1]
  Tensor factor;              // [1, h*M]
};

Variable column_products(const Variable& u, Groups made) {
  const auto groups = std::make_shared<const Groups>(std::move(made));
  Tensor phi = Tensor::uninitialized(u.rows(), groups->factor.columns(), u.device());
  op::column_products(u.value(), groups->offset.data(), groups->factor.data(), phi);
  return Variable::record(std::move(phi), {u}, [groups](std::span<Variable> in, Tensor& dphi) {
    // du_t = dphi_g factor_g Π_{s∈g, s≠t} u_s
    Tensor du = Tensor::uninitialized(in[0].rows(), in[0].columns(), dphi.device());
    op::column_products_backward(in[0].value(), groups->offset.data(), groups->factor.data(), dphi, du);
    in[0].add_grad(std::move(du));
  });
}

}  // namespace

std::vector<double> maclaurin_coefficients(Series series, Index degree) {
  std::vector<double> a{1};
  for (Index n = 1; n <= degree; ++n) {
    const auto order = static_cast<double>(n);
    switch (series) {
      case Series::exponential:
        a.push_back(a.back() / order);
        break;
      case Series::inverse:
        a.push_back(1);
        break;
      case Series::logarithm:
        a.push_back(1 / order);
        break;
      case Series::root:
        a.push_back(n == 1 ? 0.5 : a.back() * (2 * order - 3) / (2 * order));
        break;
    }
  }
  return a;
}

Similarity MaclaurinMapOptions::operator()(HeadSizes sizes, Random& random) const {
  return similarity_of(MaclaurinMap(*this, sizes, random), {}, random);
}

MaclaurinMap::MaclaurinMap(const MaclaurinMapOptions& given, HeadSizes sizes, Random& random)
    : heads(sizes.heads), width(sizes.width), options(given) {
  check_sizes("MaclaurinMap", {.heads = heads, .width = width, .frequencies = given.frequencies});
  require(given.frequencies >= 2, "MaclaurinMap",
          "frequencies: got " + std::to_string(given.frequencies) + ", want at least 2: the first is a constant");
  Index total = 0;
  degrees = Variable(drawn(1, given.frequencies - 1, [&] {
    const Index n = draw_degree(random);
    total += n;
    return n;
  }));
  signs = Variable(drawn(heads * width, total, [&] { return random.below(2) == 0 ? -1 : 1; }));
}

Variable MaclaurinMap::features(const Variable& x) const {
  const Index M = degrees.columns() + 1, total = signs.columns();
  const std::vector<double> a = maclaurin_coefficients(options.function, largest_degree);
  const Tensor degree = degrees.value().to(Device::cpu);
  Groups groups{.offset = {0}, .factor = Tensor(1, heads * M)};
  for (Index h = 0; h < heads; ++h) {
    groups.factor(0, h * M) = static_cast<Real>(std::sqrt(a[0]));
    groups.offset.push_back(h * total);
    for (Index m = 1; m < M; ++m) {
      const auto n = static_cast<Index>(degree(0, m - 1));
      const double square = a[static_cast<std::size_t>(n)] / probability(n) / static_cast<double>(M - 1);
      groups.factor(0, h * M + m) = static_cast<Real>(std::sqrt(square));
      groups.offset.push_back(groups.offset.back() + n);
    }
  }
  const Real root = std::sqrt(std::sqrt(static_cast<Real>(width)));
  return column_products(head_matmul(scale(unit_heads(x, heads, Centred::yes), 1 / root), signs, heads),
                         std::move(groups));
}

Compared MaclaurinMap::operator()(const Variable& q, const Variable& k, const NodeMeans&, const NoiseDraw&) const {
  return {.q = features(q), .k = features(k)};
}

Parameters MaclaurinMap::parameters(const std::string& prefix) const {
  return {{prefix + "degrees", degrees, false}, {prefix + "signs", signs, false}};
}

}  // namespace mercer
