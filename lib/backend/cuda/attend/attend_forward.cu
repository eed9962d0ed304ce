#include "backend/cuda/attend/attend_rows.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"
#include "backend/cuda/runtime/capture.hpp"

namespace mercer::cuda {

void attend_over_rows(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept,
                      unsigned long long* guarded) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->attend_over_rows(terms, adjacency, v, y, kept, guarded);
  else
    attend_over_rows_of<Catalogue>(terms, adjacency, v, y, kept, guarded);
}

Index attend_forward(const EdgeTerms& terms, const EdgeList& adjacency, ConstView v, View y, const Kept& kept) {
  const bool guards = terms.kernel.traits().is_signed && terms.row_sum;  // only signed sums are guarded
  Buffer guarded(guards ? sizeof(unsigned long long) : 0, Device::cuda);
  if (guards) zero_bytes(guarded.data(), Device::cuda, guarded.bytes());
  auto* counter = static_cast<unsigned long long*>(guarded.data());
  attend_over_rows(terms, adjacency, v, y, kept, counter);
  if (!guards || count_after_replays(counter, terms.guarded)) return 0;
  unsigned long long count = 0;
  copy_bytes(&count, Device::cpu, guarded.data(), Device::cuda, sizeof count);
  return static_cast<Index>(count);
}

}  // namespace mercer::cuda
