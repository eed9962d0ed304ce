#include "mercer/graph/segments.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check(const std::string& name, const std::vector<Index>& offset) {
  require(!offset.empty(), "Segments", name + " offsets: got none, want one more than there are segments");
  require(offset.front() == 0, "Segments",
          name + " offsets: the first is " + std::to_string(offset.front()) + ", want 0");
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    require(offset[s] <= offset[s + 1], "Segments", [&] {
      return name + " offsets fall at segment " + std::to_string(s) + ": got " + std::to_string(offset[s + 1]) +
             " after " + std::to_string(offset[s]) + ", want them to rise";
    });
  constexpr Index most = std::numeric_limits<Node>::max();
  require(offset.back() <= most, "Segments",
          name + ": got " + std::to_string(offset.back()) + ", want at most " + std::to_string(most));
}

}  // namespace

void Segments::Runs::add(Index first_column, Index count) {
  offset.push_back(offset.back() + count);
  first.push_back(static_cast<Node>(first_column));
}

EdgeRows Segments::Runs::rows(Index columns) const {
  return {static_cast<Index>(first.size()), columns, offset.data(), first.data()};
}

Segments::Segments(std::vector<Index> offset, bool causal) : Segments(offset, offset, causal) {}

Segments::Segments(std::vector<Index> target_offset, std::vector<Index> source_offset, bool causal) {
  check("target", target_offset);
  check("source", source_offset);
  expect("Segments", {{"source offsets", std::ssize(source_offset), std::ssize(target_offset)}});
  auto data = std::make_shared<Data>();
  for (std::size_t s = 0; s + 1 < target_offset.size(); ++s) {
    const Index first_target = target_offset[s], targets = target_offset[s + 1] - first_target;
    const Index first_source = source_offset[s], sources = source_offset[s + 1] - first_source;
    data->longest = std::max(data->longest, targets);
    // target a attends to its first a + more sources when causal
    const Index more = sources - targets + 1;
    for (Index a = 0; a < targets; ++a)
      data->adjacency.add(first_source, causal ? std::clamp<Index>(a + more, 0, sources) : sources);
    for (Index b = 0; b < sources; ++b) {
      const Index first = causal ? std::clamp<Index>(b - more + 1, 0, targets) : 0;
      data->transpose.add(first_target + first, targets - first);
    }
  }
  data->target_offset = std::move(target_offset);
  data->source_offset = std::move(source_offset);
  data->causal = causal;
  data_ = std::move(data);
}

TopologyView Segments::view() const& {
  return {.adjacency = data_->adjacency.rows(sources()),
          .transpose = data_->transpose.rows(targets()),
          .cache = data_->cache.get()};
}

}  // namespace mercer
