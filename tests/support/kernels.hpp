#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "mercer/kernel/catalogue.hpp"

namespace mercer::test {

/// Columns of a head of q and k that the kernel takes: its own, or d where it leaves the choice; 0 compares nothing.
inline Index head_width(const AnyKernel& kernel, Index d) {
  return std::visit(
      [d](const auto& kappa) -> Index {
        using K = std::remove_cvref_t<decltype(kappa)>;
        if constexpr (RowKernel<K>)
          return kappa.width();
        else if constexpr (std::is_same_v<PairingOf<K>, Sum>)
          return 1;
        else
          return std::is_same_v<PairingOf<K>, Nothing> ? 0 : d;
      },
      kernel);
}

/// One of each kernel of the catalogue.
inline std::vector<AnyKernel> all_kernels() {
  return []<std::size_t... which>(std::index_sequence<which...>) {
    return std::vector<AnyKernel>{AnyKernel(std::in_place_index<which>)...};
  }
  (std::make_index_sequence<std::variant_size_v<AnyKernel>>());
}

}  // namespace mercer::test
