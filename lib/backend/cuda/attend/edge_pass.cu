#include "backend/cuda/attend/edge_pass.cuh"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <typeindex>

#include "backend/cuda/attend/kernel_passes.hpp"

namespace mercer::cuda {
namespace {

/// Heads of one warp: a power of two, at most the number of heads, with no more columns than a warp can sum.
int group_bits_for(Index heads, Index widest) {
  const Index fit = std::clamp<Index>(panel / std::max<Index>(widest, 1), 1, most_heads);
  const auto few = std::bit_ceil(static_cast<std::uint64_t>(heads)),
             room = std::bit_floor(static_cast<std::uint64_t>(fit));
  return std::countr_zero(std::min(few, room));
}

/// Edges of a chunk. The backward pass reads a chunk's rows twice, so they should fit the first-level cache.
int chunk_for(Index row_values) {
  constexpr Index cached = 2048;  // values of one warp
  const auto fit = static_cast<std::uint64_t>(std::max<Index>(cached / std::max<Index>(row_values, 1), 4));
  return static_cast<int>(std::min<std::uint64_t>(std::bit_floor(fit), chunk_capacity));
}

}  // namespace

EdgePass::EdgePass(const EdgeTerms& terms, const EdgeList& edge_list, bool over_rows, Gathered far, Gathered values)
    : list(edge_list),
      over_rows(over_rows),
      is_signed(terms.kernel.traits().is_signed),
      row_sum(terms.row_sum),
      compares(terms.q.data != nullptr),
      weighted(terms.kernel_weight.data != nullptr),
      heads(narrowed("attend", "heads", terms.heads)),
      d(narrowed("attend", "columns of a head of q", terms.q.columns / terms.heads)),
      e(narrowed("attend", "columns of a head of v", values.columns / terms.heads)),
      near(over_rows ? terms.q : terms.k),
      far(far),
      values(values),
      storage(terms.storage),
      weight(terms.kernel_weight),
      query_bias(terms.query_bias),
      key_bias(terms.key_bias),
      relative_bias(terms.relative_bias),
      edge_bias(terms.edge_bias),
      edge_weight(terms.edge_weight),
      row_shift(terms.row_shift),
      column_shift(terms.column_shift),
      dropout(terms.dropout),
      magnitude_dropout(terms.magnitude_dropout),
      guard(terms.guard) {
  planes = static_cast<int>(terms.kernel.traits().values);
  group_bits = group_bits_for(terms.heads, std::max(d, e));
  chunk = chunk_for(static_cast<Index>(group()) * (d + e));
}

namespace {

struct OwnPasses {
  std::mutex mutex;
  std::map<std::type_index, KernelPasses> of;
};
OwnPasses& own() {
  static OwnPasses all;
  return all;
}

}  // namespace

void register_passes(const std::type_info& kernel, const KernelPasses& passes) {
  const std::lock_guard lock(own().mutex);
  own().of.insert_or_assign(kernel, passes);
}

const KernelPasses* own_passes(const AnyKernel& kernel) {
  if (kernel.is_of_catalogue()) return nullptr;
  const std::lock_guard lock(own().mutex);
  const auto found = own().of.find(kernel.type());
  if (found == own().of.end())
    throw DeviceError("[attend] the kernel " + std::string(kernel.name()) +
                      " was not compiled for CUDA: name its header by mercer_add_kernel(target HEADER … KERNEL …) in "
                      "CMake, or take operands on the CPU");
  return &found->second;
}

}  // namespace mercer::cuda
