#include "backend/cuda/edge_pass.cuh"

#include <algorithm>
#include <bit>

namespace mercer::cuda {
namespace {

/// Heads of one warp: a power of two, no more than there are, and no more columns than it sums at once.
int group_bits_for(Index heads, Index widest) {
  const Index fit = std::clamp<Index>(panel / std::max<Index>(widest, 1), 1, most_heads);
  const auto few = std::bit_ceil(static_cast<std::uint64_t>(heads)),
             room = std::bit_floor(static_cast<std::uint64_t>(fit));
  return std::countr_zero(std::min(few, room));
}

/// Edges at a time: on the way back a chunk's rows are read twice, so that they had better stay in the first cache.
int chunk_for(Index row_values) {
  constexpr Index cached = 2048;  // values of one warp
  const auto fit = static_cast<std::uint64_t>(std::max<Index>(cached / std::max<Index>(row_values, 1), 4));
  return static_cast<int>(std::min<std::uint64_t>(std::bit_floor(fit), chunk_capacity));
}

AnyPairing pairing_of(const AnyKernel& kernel) {
  return std::visit(
      [](const auto& kappa) -> AnyPairing {
        if constexpr (RowKernel<std::remove_cvref_t<decltype(kappa)>>)
          return kappa;
        else
          return kappa.pairing();
      },
      kernel);
}

}  // namespace

EdgePass::EdgePass(const EdgeTerms& terms, const EdgeList& list, bool over_rows, Gathered far, Gathered values)
    : graph(list.edges),
      slots(list.slots),
      first(list.first),
      number(list.number),
      kernel(terms.kernel),
      pairing(pairing_of(terms.kernel)),
      over_rows(over_rows),
      is_signed(mercer::is_signed(terms.kernel)),
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
      key_bias(terms.key_bias),
      edge_bias(terms.edge_bias),
      edge_weight(terms.edge_weight),
      row_shift(terms.row_shift),
      column_shift(terms.column_shift),
      dropout(terms.dropout),
      guard(terms.guard) {
  const auto* mixture = std::get_if<SpectralMixture>(&terms.kernel);
  planes = mixture != nullptr ? static_cast<int>(2 * mixture->components) : 1;
  group_bits = group_bits_for(terms.heads, std::max(d, e));
  chunk = chunk_for(static_cast<Index>(group()) * (d + e));
}

}  // namespace mercer::cuda
