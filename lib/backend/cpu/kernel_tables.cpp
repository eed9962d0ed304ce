#include <array>

#include "mercer/kernel/any_kernel.hpp"

namespace mercer {
namespace {

template <class... K>
constexpr std::array<const KernelTable*, sizeof...(K)> tables_of(KernelList<K...>) {
  return {&cpu::TableOf<K>::table...};
}

}  // namespace

constinit const std::array<const KernelTable*, Catalogue::size> catalogue_tables = tables_of(Catalogue{});

}  // namespace mercer
