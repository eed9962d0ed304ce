#pragma once

#include <cuda_runtime.h>

#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

#include "mercer/base/annotate.hpp"

namespace mercer::cuda {

/// A variant as a CUDA kernel takes it: trivial alternatives, and which one it is. Asked once for a chunk of edges and
/// not for every edge, so that one piece of device code serves them all.
template <class... Each>
class DeviceVariant {
 public:
  explicit DeviceVariant(const std::variant<Each...>& given) : which_(static_cast<int>(given.index())) {
    std::visit([this](const auto& value) { std::memcpy(bytes_, &value, sizeof value); }, given);
  }

  /// f(value) with its own type. With types given it can be no other, and code is made for these alone.
  template <class... Only, class F>
  __device__ __forceinline__ void visit(F&& f) const {
    int n = 0;
    (offer<Each, Only...>(n++, f), ...);
  }

 private:
  template <class One, class... Only, class F>
  __device__ __forceinline__ void offer(int n, F&& f) const {
    if constexpr (sizeof...(Only) == 0 || (std::is_same_v<One, Only> || ...))
      if (n == which_) f(*reinterpret_cast<const One*>(bytes_));
  }

  static_assert((std::is_trivially_copyable_v<Each> && ...));
  static constexpr std::size_t size() {
    std::size_t most = 0;
    ((most = sizeof(Each) > most ? sizeof(Each) : most), ...);
    return most;
  }

  int which_;
  alignas(8) unsigned char bytes_[size()] = {};
};

template <class... Each>
DeviceVariant(const std::variant<Each...>&) -> DeviceVariant<Each...>;

}  // namespace mercer::cuda
