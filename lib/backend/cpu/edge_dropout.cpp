#include "backend/cpu/edge_dropout.hpp"

#include <cstdint>

#include "backend/cpu/draws.hpp"
#include "mercer/kernel/loops/lanes.hpp"

namespace mercer::cpu {
namespace {

typedef std::int32_t Bits __attribute__((vector_size(lane_count * sizeof(std::int32_t))));

/// scale or 0 for each of eight heads: the eight halves of the l-th draw against the threshold.
Lanes factors(const Draws& x, int l, std::int32_t threshold, Real scale) {
  const auto half = [&](int word) { return static_cast<std::int32_t>(x.word[word][l]); };
  const Bits words{half(0), half(0), half(1), half(1), half(2), half(2), half(3), half(3)};
  const Bits shift{0, 16, 0, 16, 0, 16, 0, 16};
  const Bits kept = ((words >> shift) & 0xFFFF) >= threshold;  // −1 where true
  return __builtin_convertvector(kept, Lanes) * -scale;
}

/// Heads first_head … first_head + 7 of the pass, or fewer, which share a draw.
void drop_heads(const EdgePass& pass, const Dropout& drop, const Tile& tile, Index first_head, Real* x_of_tile) {
  const Index heads = pass.terms.heads, number = pass.terms.first_head + first_head, lane = number % lane_count;
  Stream stream = drop.stream;
  stream.call += static_cast<std::uint32_t>(number / lane_count) << 24;
  const auto threshold = static_cast<std::int32_t>(drop.threshold());
  const Real scale = drop.scale();
  const int of_near = pass.over_rows != drop.transposed ? 0 : 1, of_far = 1 - of_near;  // the target's number is first
  for (int first = 0; first < tile.edges; first += draws_at_once) {
    const int count = std::min(draws_at_once, tile.edges - first);
    Draws x{};
    for (int l = 0; l < count; ++l) {
      x.word[of_near][l] = pass.number_of_near(tile.near[static_cast<std::size_t>(first + l)]);
      x.word[of_far][l] = pass.number_of_far(tile.far[static_cast<std::size_t>(first + l)]);
      x.word[2][l] = stream.call;
      x.word[3][l] = stream.step;
    }
    draw_lanes(stream.seed, x);
    for (int l = 0; l < count; ++l) {
      Real* at = x_of_tile + (first + l) * heads + first_head;
      const Lanes factor = factors(x, l, threshold, scale);
      if (heads - first_head >= lane_count)
        store(at, load<Lanes>(at) * factor);
      else
        for (Index h = 0; h < heads - first_head; ++h)
          at[h] *= factor[lane + h];
    }
  }
}

}  // namespace

void drop_edges(const EdgePass& pass, const Dropout& dropout, const Tile& tile, Real* x) {
  for (Index first = 0; first < pass.terms.heads; first += lane_count)
    drop_heads(pass, dropout, tile, first, x);
}

}  // namespace mercer::cpu
