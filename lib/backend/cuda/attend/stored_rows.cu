#include "backend/cuda/attend/stored_rows.cuh"

namespace mercer::cuda {
namespace {

/// Writes x rounded to brain floats into `packed` if there is such memory, else into Real.
__global__ void __launch_bounds__(threads_of_block)
    round_rows(Index count, const Real* x, BrainFloat* brain, Real* rounded) {
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index n = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; n < count; n += step) {
    const BrainFloat nearest = BrainFloat::nearest(__ldg(x + n));
    if (brain != nullptr)
      __stwb(&brain[n].bits, nearest.bits);
    else
      __stwb(rounded + n, nearest.value());
  }
}

}  // namespace

StoredRows::StoredRows(const EdgeTerms& terms, ConstView x) : gathered_(x) {
  if (terms.storage == Storage::real || x.size() == 0) return;
  const bool narrow = by_fours(x.columns / terms.heads);
  scratch_ = Buffer(static_cast<std::size_t>(x.size()) * (narrow ? sizeof(BrainFloat) : sizeof(Real)), Device::cuda);
  auto* brain = narrow ? static_cast<BrainFloat*>(scratch_.data()) : nullptr;
  auto* rounded = narrow ? nullptr : static_cast<Real*>(scratch_.data());
  launch("attend", {{blocks_for(x.size(), threads_of_block)}}, round_rows, x.size(), x.data, brain, rounded);
  gathered_.brain = brain;
  if (!narrow) gathered_.real = rounded;
}

}  // namespace mercer::cuda
