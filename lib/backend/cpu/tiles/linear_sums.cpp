#include <algorithm>

#include "backend/cpu/tiles/panels.hpp"
#include "backend/cpu/tiles/score_tile.hpp"
#include "backend/cpu/tiles/scratch.hpp"
#include "backend/linear_blocks.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace tiles {
namespace {

class LinearSums {
 public:
  LinearSums(const SegmentRuns& runs, Index heads, ConstView a, ConstView b, ConstView c, View y)
      : runs_(runs),
        heads_(heads),
        d_(a.columns / heads),
        e_(c.columns / heads),
        padded_(whole_panels(e_)),
        a_(a),
        b_(b),
        y_(y),
        cut_(runs, block_rows),
        c_panels_(c, heads),
        states_(Tensor::uninitialized(std::ssize(cut_.chunks) * heads, d_ * padded_)) {
    const bool has_rest = std::any_of(cut_.blocks.begin(), cut_.blocks.end(),
                                      [](const LinearBlock& each) { return each.rest.begin < each.rest.end; });
    if (has_rest) b_transposed_ = TransposedPanels(b, heads);
  }

  void operator()() {
    // pass 1: Σ_j b_jᵀ c_j of each chunk
    parallel_blocks(std::ssize(cut_.chunks) * heads_, [&](Index n) { sum_chunk(n / heads_, n % heads_); });
    // pass 2: the same over all chunks up to each, or from each on
    parallel_blocks((std::ssize(cut_.first_chunk) - 1) * heads_, [&](Index n) { add_up(n / heads_, n % heads_); });
    // pass 3: y_i = a_i Σ_j b_jᵀ c_j over whole chunks, and the rest of the run by its scores
    parallel_blocks(std::ssize(cut_.blocks) * heads_,
                    [&](Index n) { find_rows(cut_.blocks[static_cast<std::size_t>(n / heads_)], n % heads_); });
  }

 private:
  /// [d, e] in panels
  Real* state(Index chunk, Index h) { return states_.row(chunk * heads_ + h); }

  void sum_chunk(Index chunk, Index h) {
    const auto [begin, end, segment] = cut_.chunks[static_cast<std::size_t>(chunk)];
    multiply({b_.row(begin) + h * d_, 1, b_.columns}, d_, end - begin, c_panels_.at(h, begin), padded_, false,
             {state(chunk, h), lane_count, d_ * lane_count});
  }

  void add_up(Index segment, Index h) {
    const auto s = static_cast<std::size_t>(segment);
    const Index begin = cut_.first_chunk[s], end = cut_.first_chunk[s + 1];
    const auto add = [&](Index chunk, Index to) {
      const Real* from = state(chunk, h);
      Real* sum = state(to, h);
      for (Index n = 0; n < states_.columns(); ++n)
        sum[n] += from[n];
    };
    if (runs_.from_end)
      for (Index chunk = end - 1; chunk > begin; --chunk)
        add(chunk, chunk - 1);
    else
      for (Index chunk = begin; chunk + 1 < end; ++chunk)
        add(chunk, chunk + 1);
  }

  void find_rows(const LinearBlock& block, Index h) {
    const RowBlock& rest = block.rest;
    const Left a{a_.row(rest.first) + h * d_, a_.columns};
    const Scratch sums(block_rows * padded_), scores(block_rows * tile_columns);
    std::fill_n(sums.at(), rest.rows() * padded_, Real(0));
    if (block.state >= 0)
      multiply(a, rest.rows(), d_, {state(block.state, h), d_ * lane_count}, padded_, true, {sums.at(), padded_});
    for_each_score_tile(runs_.rows(), rest, [&](const ScoreTile& tile) {
      multiply(a, tile.rows(), d_, b_transposed_.at(h, tile.first), tile.columns, false, {scores.at(), tile.columns});
      fill_outside(tile, 0, scores.at());
      multiply({scores.at(tile.begin()), tile.columns}, tile.rows(), tile.end() - tile.begin(),
               c_panels_.at(h, tile.first + tile.begin()), padded_, true, {sums.at(), padded_});
    });
    for (Index i = rest.first; i < rest.last; ++i)
      std::copy_n(sums.at((i - rest.first) * padded_), e_, y_.row(i) + h * e_);
  }

  const SegmentRuns& runs_;
  Index heads_, d_, e_, padded_;
  ConstView a_, b_;
  View y_;
  LinearBlocks cut_;
  HeadPanels c_panels_;
  TransposedPanels b_transposed_;
  Tensor states_;  // [chunks * h, d * padded]
};

}  // namespace
}  // namespace tiles

void linear_sums(const SegmentRuns& runs, Index heads, ConstView a, ConstView b, ConstView c, View y) {
  tiles::LinearSums(runs, heads, a, b, c, y)();
}

}  // namespace mercer::cpu
