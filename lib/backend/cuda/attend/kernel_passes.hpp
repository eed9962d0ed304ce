#pragma once

#include <typeinfo>

#include "backend/cuda/attend/attend_passes.hpp"

namespace mercer::cuda {

/// Half squared norms of targets and sources, [n, h] and [m, h], or none.
struct HalfSquareViews {
  ConstView target, source;
};

/// The passes that were compiled for a user's kernel.
struct KernelPasses {
  void (*attend_over_rows)(const EdgeTerms&, const EdgeList&, ConstView v, View y, const Kept&,
                           unsigned long long* guarded);
  void (*differentiate_over_rows)(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&, Real* dt);
  void (*differentiate_over_columns)(const EdgeTerms&, const EdgeList&, const TargetRows&, const EdgeGradients&,
                                     Real* dt);
  bool (*leaves_slopes)(const EdgeTerms&, const EdgeList& transpose, Index value_columns);
  void (*attend_weights)(const EdgeTerms&, const EdgeList&, ConstView state, View alpha);
  void (*edge_factors)(const EdgeTerms&, const EdgeList&, const HalfSquareViews&, View similarity, View log_magnitude);
};

/// Registers the passes; a global object calls it before main.
void register_passes(const std::type_info& kernel, const KernelPasses& passes);

/// The passes of a user's kernel, null for a kernel of the catalogue. Throws DeviceError for one not compiled for
/// devices.
const KernelPasses* own_passes(const AnyKernel& kernel);

}  // namespace mercer::cuda
