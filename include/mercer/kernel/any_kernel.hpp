#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "mercer/base/check.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "mercer/kernel/loops/table.hpp"

namespace mercer {

/// The tables of the catalogue's kernels, in its order. Their loops are compiled once, in the library.
extern const std::array<const KernelTable*, Catalogue::size> catalogue_tables;

class AnyKernel;
template <class K>
concept CatalogueKernel = Catalogue::has<K>;
template <class K>
concept OwnKernel = !std::is_same_v<K, AnyKernel> && !CatalogueKernel<K> && Kernel<K>;

/// A kernel of any type, held by value: one of the catalogue, or a user's type that satisfies Kernel (concepts.hpp).
class AnyKernel {
 public:
  static constexpr std::size_t capacity = 64, alignment = 8;  // bytes of the largest kernel

  AnyKernel() : AnyKernel(Exponential{}) {}
  template <CatalogueKernel K>
  AnyKernel(const K& kappa) : table_(catalogue_tables[Catalogue::position<K>]) {
    hold(kappa);
  }
  /// The loops of a user's kernel are compiled in the file that makes this call, with the flags of that file.
  template <OwnKernel K>
  AnyKernel(const K& kappa, const KernelTable& table = cpu::TableOf<K>::table) : table_(&table) {
    hold(kappa);
  }

  const std::type_info& type() const { return *table_->type; }
  bool is_of_catalogue() const {
    return std::find(catalogue_tables.begin(), catalogue_tables.end(), table_) != catalogue_tables.end();
  }
  KernelTraits traits() const { return table_->traits(bytes_); }
  std::string_view name() const { return traits().name; }

  /// The kernel, or null when it has another type.
  template <Kernel K>
  const K* get_if() const& {
    return *table_->type == typeid(K) ? std::launder(reinterpret_cast<const K*>(bytes_)) : nullptr;
  }
  template <Kernel K>
  const K* get_if() const&& = delete;  // would dangle
  /// Throws ValueError when it has another type.
  template <Kernel K>
  K get() const {
    const K* kappa = get_if<K>();
    require(kappa != nullptr, "kernel", "got " + std::string(name()) + ", want " + std::string(K::name));
    return *kappa;
  }
  template <Kernel K>
  bool is() const {
    return get_if<K>() != nullptr;
  }

  /// A copy with scale or bandwidth fitted to heads of that width by K::fitted. Unchanged for a kernel without
  /// `fitted`.
  AnyKernel fitted(Index width) const {
    AnyKernel made = *this;
    table_->fit(made.bytes_, width);
    return made;
  }

  cpu::KernelLoops loops() const { return table_->loops(bytes_); }
  const void* data() const& { return bytes_; }  // for the loops
  const void* data() const&& = delete;

 private:
  template <class K>
  void hold(const K& kappa) {
    static_assert(sizeof(K) <= capacity && alignof(K) <= alignment, "a kernel holds at most 64 bytes");
    ::new (static_cast<void*>(bytes_)) K(kappa);
  }

  const KernelTable* table_;
  alignas(alignment) std::byte bytes_[capacity] = {};
};

}  // namespace mercer
