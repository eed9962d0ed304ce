#include "layers/kernel_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

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

double squared_length(const Real* values, Index count) {
  double sum = 0;
  for (Index n = 0; n < count; ++n)
    sum += static_cast<double>(values[n]) * static_cast<double>(values[n]);
  return sum;
}

/// κ of all pairs. Sums are double: ‖x‖² + ‖z‖² − 2⟨x, z⟩ of far rows that are near each other cancels.
template <class K>
Tensor matrix_of(const K& kappa, const SparseMatrix& x, const Tensor& z, Real c) {
  const auto landmarks = static_cast<std::size_t>(z.rows());
  const Tensor columns = turned(z);
  std::vector<double> of_z;
  for (Index l = 0; l < z.rows(); ++l)
    of_z.push_back(squared_length(z.row(l), z.columns()));
  Tensor made = Tensor::uninitialized(x.rows(), z.rows());
  const auto offset = x.offset();
  const auto column = x.column();
  const auto value = x.value();
  parallel_ranges(x.rows(), rows_at_once, [&](Index first, Index last) {
    std::vector<double> products(landmarks);
    for (Index i = first; i < last; ++i) {
      const auto begin = static_cast<std::size_t>(offset[static_cast<std::size_t>(i)]),
                 end = static_cast<std::size_t>(offset[static_cast<std::size_t>(i) + 1]);
      std::ranges::fill(products, 0);
      for (std::size_t n = begin; n < end; ++n) {
        const Real* of_column = columns.row(column[n]);
        for (std::size_t l = 0; l < landmarks; ++l)
          products[l] += static_cast<double>(value[n]) * static_cast<double>(of_column[l]);
      }
      const double of_x = squared_length(value.data() + begin, static_cast<Index>(end - begin));
      for (std::size_t l = 0; l < landmarks; ++l) {
        double t = products[l];
        if constexpr (std::is_same_v<PairingOf<K>, SquaredDistance>) t = std::max(of_x + of_z[l] - 2 * t, 0.0);
        const Real kappa_of_t = value_of(kappa, c * c * static_cast<Real>(t));
        made(i, static_cast<Index>(l)) = SignedKernel<K> ? kappa_of_t : std::exp(kappa_of_t);
      }
    }
  });
  return made;
}

}  // namespace

std::optional<Tensor> kernel_matrix(const AnyKernel& kernel, const SparseMatrix& x, const Tensor& z, Real c) {
  std::optional<Tensor> made;
  Catalogue::each([&]<class K>() {
    if constexpr (is_of_products<K>())
      if (const K* kappa = kernel.get_if<K>()) made = matrix_of(*kappa, x, z, c);
  });
  return made;
}

}  // namespace mercer
