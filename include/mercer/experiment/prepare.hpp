#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/data/dataset.hpp"
#include "mercer/data/fingerprint.hpp"
#include "mercer/partition/partition.hpp"

namespace mercer {

/// How to prepare the data; absent choices follow from the data.
struct DataChoice {
  std::string data{};                         // a name, a path, "planted" or "karate"
  std::optional<bool> symmetrise{};           // default: unless the source is directed
  std::optional<bool> loops{};                // default: yes
  std::optional<bool> largest_component{};    // default: where published results use that part
  std::optional<bool> normalise_features{};   // default: when they are sparse
  std::optional<Index> reorder{};             // number of parts; default: nodes keep their numbers
  std::optional<std::string> split{};         // "0", "1" … or "all"
  std::optional<std::string> split_random{};  // "per-class:20,30", "per-class:20,500,1000", "share:0.6,0.2"

  void declare(OptionList& list);  // all but the name
};

/// The choice of splits: one of the source's, all of the source's in turn, or random ones.
struct SplitPlan {
  enum class Kind { given, all, random } kind = Kind::given;
  Index index = 0;       // which of the given splits
  std::string random{};  // as typed

  std::string in_words() const;  // "given split 0"
};

/// A data set, prepared for training.
struct Prepared {
  Dataset data{};
  bool symmetrise = true, loops = true, largest_component = false, normalise_features = false;  // what was done
  SplitPlan plan{};
  std::vector<Node> source_nodes{};  // the source's number of each node; empty when they are the same
  std::vector<Node> order{};         // the number of each node before they were reordered; empty when they were not
  Partition parts{};                 // the parts of the reordering: runs of nodes
  Fingerprint source{};              // of the data as they were read

  Node source_node(Index i) const {
    return source_nodes.empty() ? static_cast<Node>(i) : source_nodes.at(static_cast<std::size_t>(i));
  }
};

/// Loads the data set that `choice.data` names and prepares it. Throws FileError, ValueError.
Prepared prepare(const DataChoice& choice);

/// Prepares data in memory; `choice.data` is not read. Throws ValueError.
Prepared prepare(Dataset data, const DataChoice& choice);

/// The split of seed number `turn`; `index` becomes the number of the given split. Throws ValueError.
Split split_of(const Prepared& prepared, std::uint64_t seed, Index turn, Index& index);

/// Throws ValueError when there are no classes or no training nodes.
void check_trainable(const Dataset& data, const Split& split);

}  // namespace mercer
