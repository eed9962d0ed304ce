#pragma once

#include <typeinfo>

#include "backend/cuda/attend_passes.hpp"

namespace mercer::cuda {

/// Of either end of each edge, [n, h] and [m, h], or none.
struct HalfSquareViews {
  ConstView target, source;
};

/// The passes that were compiled for a kernel outside of the catalogue.
struct KernelPasses {
  void (*attend_over_rows)(const EdgeTerms&, const EdgeList&, ConstView v, View y, const Kept&,
                           unsigned long long* guarded);
  void (*differentiate_over_rows)(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&);
  void (*differentiate_over_columns)(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&);
  void (*attend_weights)(const EdgeTerms&, const EdgeList&, ConstView state, View alpha);
  void (*edge_factors)(const EdgeTerms&, const EdgeList&, const HalfSquareViews&, View similarity, View log_magnitude);
};

/// Makes the passes known, before main where a global object calls it.
void register_passes(const std::type_info& kernel, const KernelPasses& passes);

/// Null for a kernel of the catalogue. Throws DeviceError for one that was never compiled for a device.
const KernelPasses* own_passes(const AnyKernel& kernel);

}  // namespace mercer::cuda
