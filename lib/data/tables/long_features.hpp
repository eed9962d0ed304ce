#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/tables/node_ids.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Features in long form: a row for each value, `node_id,feature_id,value`, or two columns for values of 1.
class LongFeatures {
 public:
  /// Does the table have such a header above ids of features? Numbers that are not whole, and under feature, feat and
  /// the like a whole number for each node, are a column of features.
  static bool is(TextTable& table);
  explicit LongFeatures(std::unique_ptr<TextTable> text);

  Index nodes() const;  // the largest number of a node + 1; throws FileError when ids are words
  /// Features whose ids are numbers are columns 0 … the largest; others are columns in the order of their names, which
  /// `names` gets. Throws FileError on unknown nodes, and values given twice.
  Features matrix(const NodeIds& ids, std::vector<std::string>& names) const;
  std::string note() const;  // says that the long form was read

 private:
  struct Entry {
    Index line;
    std::string_view node, feature;
    Real value;
  };
  std::unique_ptr<TextTable> text_;
  std::string name_;  // of the column of features
  std::vector<Entry> entries_;
};

}  // namespace mercer
