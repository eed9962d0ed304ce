#pragma once
// Loads and stores with a cache hint. Only these are counted as traffic.

#include <concepts>
#include <type_traits>

#include "simt/device/vector_types.hpp"
#include "simt/machine/traffic.hpp"

namespace simt {

template <class T, class... Types>
concept OneOf = (std::same_as<T, Types> || ...);

template <class T>
concept Cached =
    (std::is_arithmetic_v<T> && !OneOf<T, bool, long double>) || OneOf<T, float2, float4, int2, int4, uint2, uint4>;

template <Cached T>
T load(const T* address, const Site& site) {
  note_access(address, sizeof(T), false, site);
  return *address;
}

template <Cached T>
void store(T* address, T value, const Site& site) {
  note_access(address, sizeof(T), true, site);
  *address = value;
}

}  // namespace simt

#define SIMT_LOAD(name)                                               \
  template <simt::Cached T>                                           \
  T name(const T* address, simt::Site site = simt::Site::current()) { \
    return simt::load(address, site);                                 \
  }
#define SIMT_STORE(name)                                                                          \
  template <simt::Cached T>                                                                       \
  void name(T* address, std::type_identity_t<T> value, simt::Site site = simt::Site::current()) { \
    simt::store(address, value, site);                                                            \
  }

SIMT_LOAD(__ldg)
SIMT_LOAD(__ldca)
SIMT_LOAD(__ldcg)
SIMT_LOAD(__ldcs)
SIMT_STORE(__stwb)
SIMT_STORE(__stcg)
SIMT_STORE(__stcs)
SIMT_STORE(__stwt)

#undef SIMT_LOAD
#undef SIMT_STORE
