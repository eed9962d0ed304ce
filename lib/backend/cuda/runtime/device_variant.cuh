#pragma once

#include <cuda_runtime.h>

#include <cstring>
#include <type_traits>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer::cuda {

/// A value of one of several types, as an argument of a CUDA kernel. visit() branches once for a chunk of edges instead
/// of for every edge, so that one kernel serves all types.
template <class... Each>
class DeviceVariant {
 public:
  template <class One>
  void hold(const One& value) {
    static_assert(KernelList<Each...>::template has<One>);
    which_ = static_cast<int>(KernelList<Each...>::template position<One>);
    std::memcpy(bytes_, &value, sizeof value);
  }

  /// Calls f(value) with its type, which must be one of the list; code is generated for these types alone.
  template <class Only, class F>
  __device__ __forceinline__ void visit(F&& f) const {
    int n = 0;
    (offer<Each, Only>(n++, f), ...);
  }

 private:
  template <class One, class Only, class F>
  __device__ __forceinline__ void offer(int n, F&& f) const {
    if constexpr (Only::template has<One>)
      if (sizeof...(Each) == 1 || n == which_) f(*reinterpret_cast<const One*>(bytes_));
  }

  static_assert((std::is_trivially_copyable_v<Each> && ...));
  static constexpr std::size_t size() {
    std::size_t most = 0;
    ((most = sizeof(Each) > most ? sizeof(Each) : most), ...);
    return most;
  }

  int which_ = 0;
  alignas(8) unsigned char bytes_[size()] = {};
};

/// Each type once, in order of first appearance.
template <class Done, class... Rest>
struct Distinct {
  using Type = Done;
};
template <class... Done, class Next, class... Rest>
struct Distinct<KernelList<Done...>, Next, Rest...> {
  using Type = typename Distinct<
      std::conditional_t<KernelList<Done...>::template has<Next>, KernelList<Done...>, KernelList<Done..., Next>>,
      Rest...>::Type;
};

/// The pairings of the kernels in a list; a kernel of whole rows is its own.
template <class Kernels>
struct PairingsOfList;
template <class... K>
struct PairingsOfList<KernelList<K...>> {
  using Type = typename Distinct<KernelList<>, PairingOf<K>...>::Type;
};
template <class Kernels>
using PairingsOf = typename PairingsOfList<Kernels>::Type;

template <class List>
struct DeviceVariantOf;
template <class... Each>
struct DeviceVariantOf<KernelList<Each...>> {
  using Type = DeviceVariant<Each...>;
};

/// The kernels of a list for which hold(κ) is true.
template <template <class> class Holds, class Done, class... Rest>
struct Filtered {
  using Type = Done;
};
template <template <class> class Holds, class... Done, class Next, class... Rest>
struct Filtered<Holds, KernelList<Done...>, Next, Rest...> {
  using Type =
      typename Filtered<Holds, std::conditional_t<Holds<Next>::value, KernelList<Done..., Next>, KernelList<Done...>>,
                        Rest...>::Type;
};
template <template <class> class Holds, class Kernels>
struct FilteredList;
template <template <class> class Holds, class... K>
struct FilteredList<Holds, KernelList<K...>> {
  using Type = typename Filtered<Holds, KernelList<>, K...>::Type;
};

template <class K>
struct HasSlope : std::bool_constant<pairing_is_half_scores<PairingOf<K>> && !is_signed_kernel<K>()> {};
template <class K>
struct IsWeighted : std::bool_constant<pairing_is_weighted<PairingOf<K>>> {};

/// Kernels whose ∂y_i/∂q_i can be saved; kernels with a learned vector.
template <class Kernels>
using WithSlope = typename FilteredList<HasSlope, Kernels>::Type;
template <class Kernels>
using Weighted = typename FilteredList<IsWeighted, Kernels>::Type;

/// The kernels of a list that compare by P.
template <class P>
struct ComparedBy {
  template <class K>
  struct Holds : std::is_same<PairingOf<K>, P> {};
};
template <class P, class Kernels>
using KernelsBy = typename FilteredList<ComparedBy<P>::template Holds, Kernels>::Type;

/// One kernel of a list, and its pairing.
template <class Kernels>
struct DeviceKernel;
template <class... K>
struct DeviceKernel<KernelList<K...>> {
  DeviceVariant<K...> kernel;
  typename DeviceVariantOf<PairingsOf<KernelList<K...>>>::Type pairing;

  explicit DeviceKernel(const AnyKernel& any) { (void)(take<K>(any) || ...); }

 private:
  template <class One>
  bool take(const AnyKernel& any) {
    const One* kappa = any.get_if<One>();
    if (kappa == nullptr) return false;
    kernel.hold(*kappa);
    if constexpr (RowKernel<One>)
      pairing.hold(*kappa);
    else
      pairing.hold(kappa->pairing());
    return true;
  }
};

}  // namespace mercer::cuda
