#include <algorithm>
#include <vector>

#include "backend/cpu/edge_pass.hpp"
#include "backend/cpu/rounded.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

/// Replaces t by the share of the norms in ln κ, f′(t) (target_i + source_j).
void take_norms(const EdgePass& pass, const Tile& tile, ConstView target, ConstView source, Real* norms, Real* t) {
  const Index heads = pass.terms.heads;
  for (int e = 0; e < tile.edges; ++e) {
    const auto at = static_cast<std::size_t>(e);
    const Real *mine = target.row(tile.near[at]), *theirs = source.row(tile.far[at]);
    for (Index h = 0; h < heads; ++h)
      norms[e * heads + h] = mine[h] + theirs[h];
  }
  pass.kernel.slope(pass.terms.kernel.data(), norms, t, tile.edges * heads);
}

}  // namespace

void edge_factors(const EdgeTerms& terms, const EdgeList& adjacency, ConstView target, ConstView source,
                  View similarity, View log_magnitude) {
  if (terms.storage != Storage::real)
    return edge_factors(Rounded(terms).terms, adjacency, target, source, similarity, log_magnitude);
  const EdgePass pass(terms, adjacency, true);
  const Index heads = terms.heads;
  const bool splits = target.data != nullptr;
  parallel_blocks(pass.block_count(), [&](Index b) {
    const auto count = static_cast<std::size_t>(Tile::capacity * heads);
    std::vector<Real> t(count * static_cast<std::size_t>(pass.kernel.values)), f(count), m(count), norms(count);
    for_each_tile(pass.list.edges, pass.first_row(b), pass.first_row(b + 1), TakesAll{}, [&](const Tile& tile) {
      pass.kernel.score(terms.kernel.data(), pass.ends, tile, t.data(), f.data());
      std::ranges::fill(m, Real(0));
      pass.add_magnitude(tile, m.data());
      if (splits) take_norms(pass, tile, target, source, norms.data(), t.data());
      for (int e = 0; e < tile.edges; ++e)
        for (Index h = 0; h < heads; ++h) {
          const auto n = static_cast<std::size_t>(e * heads + h);
          const Edge slot = tile.slot[static_cast<std::size_t>(e)];
          const Real of_norms = splits ? t[n] : Real(0);
          similarity(slot, h) = f[n] - of_norms;
          log_magnitude(slot, h) = m[n] + of_norms;
        }
    });
  });
}

}  // namespace mercer::cpu
