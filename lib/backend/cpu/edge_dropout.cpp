#include "backend/cpu/edge_dropout.hpp"

#include <cstdint>

namespace mercer::cpu {
namespace {

constexpr int lanes = 16;

/// Philox::draw for 16 counters at once, word by word, so that the compiler makes vectors of it.
struct Lanes {
  std::uint32_t word[4][lanes];
};

void draw_lanes(const Stream& stream, Lanes& x) {
  std::uint32_t key0 = static_cast<std::uint32_t>(stream.seed), key1 = static_cast<std::uint32_t>(stream.seed >> 32);
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (int l = 0; l < lanes; ++l) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * x.word[0][l], b = std::uint64_t{0xCD9E8D57u} * x.word[2][l];
      const std::uint32_t c1 = x.word[1][l], c3 = x.word[3][l];
      x.word[0][l] = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ key0;
      x.word[1][l] = static_cast<std::uint32_t>(b);
      x.word[2][l] = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ key1;
      x.word[3][l] = static_cast<std::uint32_t>(a);
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

}  // namespace

void drop_edges(const Dropout& drop, const Tile& tile, bool near_listens, Index heads, Real* alpha) {
  const std::uint32_t threshold = drop.threshold();
  const Real scale = drop.scale();
  for (Index first_head = 0; first_head < heads; first_head += 8) {
    Stream stream = drop.stream;
    stream.call += static_cast<std::uint32_t>(first_head / 8) << 24;
    const int group = static_cast<int>(std::min<Index>(8, heads - first_head));
    for (int first = 0; first < tile.edges; first += lanes) {
      const int count = std::min(lanes, tile.edges - first);
      Lanes x{};
      for (int l = 0; l < count; ++l) {
        const auto e = static_cast<std::size_t>(first + l);
        x.word[0][l] = static_cast<std::uint32_t>(near_listens ? tile.near[e] : tile.far[e]);
        x.word[1][l] = static_cast<std::uint32_t>(near_listens ? tile.far[e] : tile.near[e]);
        x.word[2][l] = stream.call;
        x.word[3][l] = stream.step;
      }
      draw_lanes(stream, x);
      for (int l = 0; l < count; ++l) {
        Real* at = alpha + (first + l) * heads + first_head;
        for (int h = 0; h < group; ++h) {
          const std::uint32_t bits = (x.word[h >> 1][l] >> ((h & 1) * 16)) & 0xFFFFu;
          at[h] *= bits >= threshold ? scale : Real(0);
        }
      }
    }
  }
}

}  // namespace mercer::cpu
