#include <algorithm>
#include <vector>

#include "backend/cpu/tiles/panels.hpp"
#include "backend/cpu/tiles/score_tile.hpp"
#include "backend/cpu/tiles/scratch.hpp"
#include "backend/linear_ops.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace tiles {
namespace {

constexpr Index chunk_columns = 256;

/// The columns of each segment, cut into chunks.
class Chunks {
 public:
  explicit Chunks(std::span<const Index> column_offset) : offset_(column_offset) {
    for (std::size_t s = 0; s + 1 < offset_.size(); ++s) {
      for (Index first = offset_[s]; first < offset_[s + 1]; first += chunk_columns)
        chunk_.push_back({first, std::min(first + chunk_columns, offset_[s + 1])});
      first_.push_back(std::ssize(chunk_));
    }
  }

  struct Range {
    Index begin, end;
  };
  Index count() const { return std::ssize(chunk_); }
  Range columns(Index chunk) const { return chunk_[static_cast<std::size_t>(chunk)]; }
  Index segments() const { return std::ssize(first_) - 1; }
  Range of(Index segment) const {
    return {first_[static_cast<std::size_t>(segment)], first_[static_cast<std::size_t>(segment) + 1]};
  }

 private:
  std::span<const Index> offset_;
  std::vector<Range> chunk_;
  std::vector<Index> first_{0};  // [segments + 1]
};

/// Rows of one segment. The chunks that all their runs hold are summed in the state of one chunk; the block's columns
/// are the rest of the runs.
struct LinearBlock {
  RowBlock rest;
  Index state;  // −1: none
};

/// The block of the rows first … last − 1 of a segment with chunks.
LinearBlock block_of(const SegmentRuns& runs, const Chunks& chunks, Index segment, Index first, Index last) {
  const auto [none, all] = chunks.of(segment);
  const auto s = static_cast<std::size_t>(segment);
  const Index begin = runs.column_offset[s], end = runs.column_offset[s + 1];
  const auto end_of = [&](Index i) { return runs.rows.run[i] + runs.rows.degree(i); };
  // within a segment, runs begin and end ever later
  if (runs.from_end) {
    const Index missing = (runs.rows.run[last - 1] - begin + chunk_columns - 1) / chunk_columns;
    const Index from = std::min(begin + missing * chunk_columns, end);
    return {{first, last, runs.rows.run[first], from}, none + missing < all ? none + missing : -1};
  }
  const Index whole = end_of(first) == end ? all - none : (end_of(first) - begin) / chunk_columns;
  const Index to = std::min(begin + whole * chunk_columns, end);
  return {{first, last, to, std::max(to, end_of(last - 1))}, whole > 0 ? none + whole - 1 : -1};
}

std::vector<LinearBlock> blocks_of(const SegmentRuns& runs, const Chunks& chunks) {
  std::vector<LinearBlock> blocks;
  for (Index s = 0; s < chunks.segments(); ++s) {
    const Index end = runs.row_offset[static_cast<std::size_t>(s) + 1];
    for (Index first = runs.row_offset[static_cast<std::size_t>(s)]; first < end; first += block_rows)
      blocks.push_back(block_of(runs, chunks, s, first, std::min(first + block_rows, end)));
  }
  return blocks;
}

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
        chunks_(runs.column_offset),
        blocks_(blocks_of(runs, chunks_)),
        c_panels_(c, heads),
        states_(Tensor::uninitialized(chunks_.count() * heads, d_ * padded_)) {
    const bool has_rest = std::any_of(blocks_.begin(), blocks_.end(),
                                      [](const LinearBlock& each) { return each.rest.begin < each.rest.end; });
    if (has_rest) b_transposed_ = TransposedPanels(b, heads);
  }

  void operator()() {
    // pass 1: Σ_j b_jᵀ c_j of each chunk
    parallel_blocks(chunks_.count() * heads_, [&](Index n) { sum_chunk(n / heads_, n % heads_); });
    // pass 2: the same over all chunks up to each, or from each on
    parallel_blocks(chunks_.segments() * heads_, [&](Index n) { add_up(n / heads_, n % heads_); });
    // pass 3: y_i = a_i Σ_j b_jᵀ c_j over whole chunks, and the rest of the run by its scores
    parallel_blocks(std::ssize(blocks_) * heads_,
                    [&](Index n) { find_rows(blocks_[static_cast<std::size_t>(n / heads_)], n % heads_); });
  }

 private:
  /// [d, e] in panels
  Real* state(Index chunk, Index h) { return states_.row(chunk * heads_ + h); }

  void sum_chunk(Index chunk, Index h) {
    const auto [begin, end] = chunks_.columns(chunk);
    multiply({b_.row(begin) + h * d_, 1, b_.columns}, d_, end - begin, c_panels_.at(h, begin), padded_, false,
             {state(chunk, h), lane_count, d_ * lane_count});
  }

  void add_up(Index segment, Index h) {
    const auto [begin, end] = chunks_.of(segment);
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
    for_each_score_tile(runs_.rows, rest, [&](const ScoreTile& tile) {
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
  Chunks chunks_;
  std::vector<LinearBlock> blocks_;
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
