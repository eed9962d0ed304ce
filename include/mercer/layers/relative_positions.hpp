#pragma once

#include "mercer/base/option_list.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

/// What is added to ln κ for the offset i − j of two rows of a sequence.
enum class RelativeKind {
  none,
  table,    // a number for each offset
  buckets,  // offsets of one bucket have one number: near ones each their own, farther ones by their logarithm
};
inline constexpr Choice<RelativeKind> relative_choices[]{
    {"none", RelativeKind::none}, {"table", RelativeKind::table}, {"buckets", RelativeKind::buckets}};

struct RelativeOptions {
  RelativeKind kind = RelativeKind::none;
  Index longest = 512;  // of a table: the longest sequence
  Index buckets = 32;   // half of them for j < i, half for j > i

  void declare(OptionList& list);
};

/// The bucket of an offset among `buckets`: half of them for negative offsets; of each half the first half holds one
/// offset each, the rest grow with the logarithm up to 128, and the last one holds all beyond (Raffel et al., Exploring
/// the Limits of Transfer Learning, JMLR 2020, section 2.1; its released code).
Index bucket_of(Index offset, Index buckets);

/// b, learned for each head from 0 and held in ±10 [2 n − 1, h]: row n − 1 + i − j, for the longest segment's n rows.
/// Throws ValueError for a segment that is longer than a table.
struct RelativePositions {
  RelativeOptions options;
  Variable table;  // [2 longest − 1, h] or [buckets, h]; undefined without relative positions

  RelativePositions(const RelativeOptions& options, Index heads);

  Variable operator()(const Segments& segments) const;
  Parameters parameters(const std::string& prefix = "") const { return named(prefix, {{"table", table, false}}); }
};

}  // namespace mercer
