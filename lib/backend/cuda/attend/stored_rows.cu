#include "backend/cuda/attend/stored_rows.cuh"

namespace mercer::cuda {
namespace {

/// Writes x rounded to brain floats, four at a time.
__global__ void __launch_bounds__(threads_of_block) round_rows(Index fours, const Real* x, BrainFloat* brain) {
  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;
  for (Index n = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x; n < fours; n += step) {
    const Pack<4> four = load<4>(x + 4 * n);
    const auto pair = [&](int c) {
      return BrainFloat::nearest(four.x[c]).bits | static_cast<unsigned>(BrainFloat::nearest(four.x[c + 1]).bits) << 16;
    };
    __stwb(reinterpret_cast<uint2*>(brain + 4 * n), make_uint2(pair(0), pair(2)));
  }
}

/// The same, kept as Real.
void round_values(Index count, const Real* x, Real* rounded) {
  for_each("attend", count, [=] __device__(Index n) { rounded[n] = BrainFloat::nearest(x[n]).value(); });
}

}  // namespace

StoredRows::StoredRows(const EdgeTerms& terms, ConstView x, bool gathers) : gathered_(x) {
  if (!gathers || terms.storage == Storage::real || x.size() == 0) return;
  const bool narrow = by_fours(x.columns / terms.heads);
  const std::size_t of_value = narrow ? sizeof(BrainFloat) : sizeof(Real);
  scratch_ = Buffer(static_cast<std::size_t>(x.size()) * of_value, Device::cuda);
  if (narrow) {
    auto* brain = static_cast<BrainFloat*>(scratch_.data());
    launch("attend", {{blocks_for(x.size() / 4, threads_of_block)}}, round_rows, x.size() / 4, x.data, brain);
    gathered_.brain = brain;
  } else {
    auto* rounded = static_cast<Real*>(scratch_.data());
    round_values(x.size(), x.data, rounded);
    gathered_.real = rounded;
  }
}

}  // namespace mercer::cuda
