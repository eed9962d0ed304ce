#include "backend/cpu/tiles/tile_pass.hpp"

#include <cmath>

#include "backend/cpu/draws.hpp"

namespace mercer::cpu::tiles {
namespace {

/// Short segments share a task, long ones have a task for each block.
std::vector<Index> tasks_of(const std::vector<RowBlock>& blocks, bool few) {
  constexpr Index least = 1 << 16, most_tasks = 64;
  const auto pairs = [](const RowBlock& block) { return block.rows() * (block.end - block.begin + lane_count); };
  Index all = 0;
  for (const RowBlock& block : blocks)
    all += pairs(block);
  const Index pairs_of_task = few ? std::max(least, all / most_tasks) : least;
  std::vector<Index> first{0};
  Index work = 0;
  for (Index b = 0; b < std::ssize(blocks); ++b) {
    work += pairs(blocks[static_cast<std::size_t>(b)]);
    if (work < pairs_of_task) continue;
    first.push_back(b + 1);
    work = 0;
  }
  if (first.back() != std::ssize(blocks)) first.push_back(std::ssize(blocks));
  return first;
}

}  // namespace

TilePass::TilePass(const EdgeTerms& t, const EdgeList& l, bool rows)
    : terms(t),
      list(l),
      over_rows(rows),
      kernel(t.kernel.loops()),
      near(rows ? t.q : t.k),
      far(rows ? t.k : t.q),
      width(t.q.columns / t.heads),
      blocks(row_blocks(l.edges, block_rows)),
      tasks(tasks_of(blocks, t.relative_bias.data != nullptr)) {
  if (kernel.product == MatrixPairing::squared_distance) distances.emplace(near, far, t.k, t.heads);
  far_transposed = TransposedPanels(far, t.heads, centre());
}

void TilePass::pair(const ScoreTile& tile, Index h, const Real* near_rows, Real* t) const {
  multiply({near_rows, width}, tile.rows(), width, far_transposed.at(h, tile.first), tile.columns, false,
           {t, tile.columns});
  if (distances) distances->from_products(tile, h, t);
}

void TilePass::take_near(const RowBlock& block, Index h, Real* rows) const {
  take_rows(near, block, h * width, width, centre(), rows);
}

void take_rows(ConstView x, const RowBlock& block, Index first_column, Index width, const Real* centre, Real* rows) {
  for (Index i = block.first; i < block.last; ++i, rows += width)
    for (Index c = 0; c < width; ++c)
      rows[c] = x(i, first_column + c) - (centre != nullptr ? centre[first_column + c] : Real(0));
}

Tensor source_factors(const EdgeTerms& terms) {
  Tensor factors(terms.heads, whole_panels(terms.k.rows));
  const bool is_signed = terms.kernel.traits().is_signed,
             has_bias = terms.key_bias.data != nullptr && !terms.magnitude_dropout.active();
  for (Index j = 0; j < terms.k.rows; ++j)
    for (Index h = 0; h < terms.heads; ++h) {
      const Real bias = has_bias ? terms.key_bias(j, h) : Real(0);
      const Real log_factor = terms.column_shift.data != nullptr ? bias - terms.column_shift.data[j] : bias;
      factors(h, j) = is_signed ? std::exp(log_factor) : log_factor;
    }
  return factors;
}

void draw_masks(const TilePass& pass, const Dropout& dropout, const ScoreTile& tile, Index first_head,
                std::uint8_t* mask) {
  Stream stream = dropout.stream;
  stream.call += static_cast<std::uint32_t>(first_head / 8) << 24;
  const std::uint32_t threshold = dropout.threshold();
  const int of_near = pass.over_rows != dropout.transposed ? 0 : 1, of_far = 1 - of_near;  // the target's is first
  const Index last_column = tile.g.columns - 1;
  for (Index r = 0; r < tile.rows(); ++r)
    for (Index c = 0; c < tile.columns; c += draws_at_once) {
      Draws x;
      for (int l = 0; l < draws_at_once; ++l) {
        const auto j = static_cast<Node>(std::min(tile.first + c + l, last_column));
        x.word[of_near][l] = static_cast<std::uint32_t>(pass.list.number_of_near(tile.block.first + r));
        x.word[of_far][l] = static_cast<std::uint32_t>(pass.list.number_of_far(j));
        x.word[2][l] = stream.call;
        x.word[3][l] = stream.step;
      }
      draw_lanes(stream.seed, x);
      std::uint32_t kept[draws_at_once] = {};
      for (unsigned part = 0; part < 8; ++part)
        for (int l = 0; l < draws_at_once; ++l)
          kept[l] |= (((x.word[part >> 1][l] >> (part & 1) * 16) & 0xFFFFu) >= threshold ? 1u : 0u) << part;
      for (Index l = 0; l < std::min<Index>(draws_at_once, tile.columns - c); ++l)
        mask[r * tile.columns + c + l] = static_cast<std::uint8_t>(kept[l]);
    }
}

void drop(const ScoreTile& tile, const Dropout& dropout, const std::uint8_t* mask, Index bit, Real* x) {
  const Real scale = dropout.scale();
  for (Index n = 0; n < tile.count(); ++n)
    x[n] *= ((mask[n] >> bit) & 1) != 0 ? scale : Real(0);
}

}  // namespace mercer::cpu::tiles
