#pragma once

#include <typeinfo>

#include "mercer/kernel/loops/row_loops.hpp"
#include "mercer/kernel/loops/scalar_loops.hpp"

namespace mercer {

/// The functions that AnyKernel calls on its kernel; `kappa` points to it.
struct KernelTable {
  const std::type_info* type;
  KernelTraits (*traits)(const void* kappa);
  cpu::KernelLoops (*loops)(const void* kappa);
  void (*fit)(void* kappa, Index width);
};

namespace cpu {
namespace {

template <Kernel K>
struct TableOf {
  static const K& of(const void* kappa) { return *static_cast<const K*>(kappa); }
  static KernelTraits traits(const void* kappa) { return traits_of(of(kappa)); }
  static KernelLoops loops(const void* kappa) {
    if constexpr (requires {
                    { of(kappa).loops() } -> std::same_as<KernelLoops>;
                  })
      return of(kappa).loops();
    else if constexpr (RowKernel<K>)
      return RowLoops<K>::loops(of(kappa));
    else
      return ScalarLoops<K>::loops(of(kappa));
  }
  static void fit([[maybe_unused]] void* kappa, [[maybe_unused]] Index width) {
    if constexpr (requires {
                    { of(kappa).fitted(width) } -> std::same_as<K>;
                  })
      *static_cast<K*>(kappa) = of(kappa).fitted(width);
  }

  static constexpr KernelTable table{&typeid(K), traits, loops, fit};
};

}  // namespace
}  // namespace cpu
}  // namespace mercer
