#include "layers/kernel_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

constexpr Index rows_at_once = 64;

template <class K>
constexpr bool is_of_products() {
  if constexpr (ScalarKernel<K>)
    return std::is_same_v<PairingOf<K>, Dot> || std::is_same_v<PairingOf<K>, SquaredDistance>;
  else
    return false;
}

Tensor turned(const Tensor& z) {
  Tensor columns = Tensor::uninitialized(z.columns(), z.rows());
  for (Index l = 0; l < z.rows(); ++l)
    for (Index c = 0; c < z.columns(); ++c)
      columns(c, l) = z(l, c);
  return columns;
}

Real squared_length(const Real* values, Index count) {
  Real sum = 0;
  for (Index n = 0; n < count; ++n)
    sum += values[n] * values[n];
  return sum;
}

/// κ of ⟨x, z⟩ in place.
template <class K>
void take_kernel(const K& kappa, const SparseMatrix& x, const Tensor& z, Real c, Tensor& products) {
  std::vector<Real> of_z;
  for (Index l = 0; l < z.rows(); ++l)
    of_z.push_back(squared_length(z.row(l), z.columns()));
  const auto offset = x.offset();
  const auto value = x.value();
  parallel_ranges(x.rows(), rows_at_once, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Edge begin = offset[static_cast<std::size_t>(i)], end = offset[static_cast<std::size_t>(i) + 1];
      const Real of_x = squared_length(value.data() + begin, end - begin);
      for (Index l = 0; l < z.rows(); ++l) {
        Real t = products(i, l);
        if constexpr (std::is_same_v<PairingOf<K>, SquaredDistance>)
          t = std::max(of_x + of_z[static_cast<std::size_t>(l)] - 2 * t, Real(0));
        const Real kappa_of_t = value_of(kappa, c * c * t);
        products(i, l) = SignedKernel<K> ? kappa_of_t : std::exp(kappa_of_t);
      }
    }
  });
}

}  // namespace

std::optional<Tensor> kernel_matrix(const AnyKernel& kernel, const SparseMatrix& x, const Tensor& z, Real c) {
  std::optional<Tensor> made;
  Catalogue::each([&]<class K>() {
    if constexpr (is_of_products<K>())
      if (const K* kappa = kernel.get_if<K>()) {
        const NoGrad no_tape;
        made = matmul(Input(std::make_shared<const SparseMatrix>(x)), Variable(turned(z))).value();
        take_kernel(*kappa, x, z, c, *made);
      }
  });
  return made;
}

}  // namespace mercer
