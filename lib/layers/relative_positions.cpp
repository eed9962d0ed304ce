#include "mercer/layers/relative_positions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

void RelativeOptions::declare(OptionList& list) {
  list.add("relative", kind, relative_choices,
           "added to the scores for the offset of two positions: a learned number for each offset or for each bucket");
  list.add("longest", longest, range::count,
           "longest sequence that learned positions and tables of relative ones take");
  list.add("buckets", buckets, {4, 510, "4 to 510"}, "of relative positions, an even number");
}

Index bucket_of(Index offset, Index buckets) {
  constexpr double farthest = 128;
  const Index half = buckets / 2, exact = half / 2, size = std::abs(offset), first = offset < 0 ? half : 0;
  if (size < exact) return first + size;
  const auto near = static_cast<double>(exact);
  const double share = std::log(static_cast<double>(size) / near) / std::log(farthest / near);
  const auto beyond = static_cast<Index>(share * static_cast<double>(half - exact));
  return first + std::min(half - 1, exact + std::max<Index>(beyond, 0));
}

RelativePositions::RelativePositions(const RelativeOptions& given, Index heads) : options(given) {
  if (options.kind == RelativeKind::none) return;
  const bool by_offset = options.kind == RelativeKind::table;
  expect_at_least_one("RelativePositions", "longest", options.longest);
  require(by_offset || (options.buckets >= 4 && options.buckets % 2 == 0 && options.buckets <= 510),
          "RelativePositions", "buckets: got " + std::to_string(options.buckets) + ", want an even number of 4 to 510");
  table = zeros(by_offset ? 2 * options.longest - 1 : options.buckets, heads);
}

Variable RelativePositions::operator()(const Segments& segments) const {
  constexpr Real most = 10;  // a ratio of e^10 between two offsets already decides
  const Index longest = std::max<Index>(segments.longest(), 1);
  const bool by_offset = options.kind == RelativeKind::table;
  require(!by_offset || longest <= options.longest, "RelativePositions",
          "length of a sequence: got " + std::to_string(longest) + ", want at most " + std::to_string(options.longest) +
              ", which the table of relative positions holds; set longest, or take " + "buckets");
  std::vector<Node> rows;
  for (Index r = 1 - longest; r < longest; ++r)
    rows.push_back(static_cast<Node>(by_offset ? options.longest - 1 + r : bucket_of(r, options.buckets)));
  return gather_rows(clamp(table, -most, most), rows);
}

}  // namespace mercer
