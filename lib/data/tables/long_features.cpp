#include "data/tables/long_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_set>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"

namespace mercer {

namespace {

bool names_feature_id(std::string_view name) {
  return is_among(lower_case(name), {"feature_id", "featureid", "feat_id", "word", "word_id"});
}

/// Does the second column below the header hold words, or whole numbers of which a node has several, or, where it is
/// named so, one? Other numbers, and one for each node, are a feature.
bool hold_feature_ids(TextTable& table, bool named) {
  std::unordered_set<std::string_view> nodes;
  bool again = false, words = false, broken = false;
  table.rewind();
  table.next();
  while (!broken && table.next()) {
    if (table.row().size() < 2) continue;
    const std::string_view field = table.row()[1];
    const auto number = table.number(field);
    broken = number ? *number != std::trunc(*number) : is_list_of_numbers(field);
    words = words || !number;
    again = again || !nodes.insert(table.row()[0]).second;
  }
  table.rewind();
  return !broken && (again || words || named);
}

}  // namespace

bool LongFeatures::is(TextTable& table) {
  const std::vector<Fields> rows = table.first_rows();
  return !rows.empty() && (rows[0].size() == 2 || rows[0].size() == 3) && role_in_nodes(rows[0][0]) == Role::id &&
         (names_feature_id(rows[0][1]) ||
          is_among(lower_case(rows[0][1]), {"feature", "feat", "column", "attribute"})) &&
         (rows[0].size() == 2 || is_among(lower_case(rows[0][2]), {"value", "val", "weight", "count"})) &&
         hold_feature_ids(table, names_feature_id(rows[0][1]));
}

LongFeatures::LongFeatures(std::unique_ptr<TextTable> text) : text_(std::move(text)) {
  const std::size_t width = text_->first_rows()[0].size();
  name_ = std::string(text_->first_rows()[0][1]);
  text_->skip_first_row();
  while (text_->next()) {
    text_->want_fields(width, width == 3 ? ": node, feature and value" : ": node and feature");
    const Fields& row = text_->row();
    const Real value = width == 3 ? feature_value(*text_, 2, "value", row[2]) : Real{1};
    entries_.push_back({text_->line(), row[0], row[1], value});
  }
}

Index LongFeatures::nodes() const {
  Index most = -1;
  for (const Entry& entry : entries_) {
    const auto node = whole_number(entry.node);
    if (!node || *node < 0 || *node >= std::numeric_limits<Node>::max())
      text_->text().refuse(entry.line, "got the node " + in_quotes(entry.node) +
                                           ", want a number from 0, or nodes.txt with the names of the nodes");
    most = std::max(most, *node);
  }
  return most + 1;
}

std::string LongFeatures::note() const {
  return text_->text().name() + ": read in long form, a line for each value of a node: where column " +
         column_of(1, name_) + " holds a number of each node, give it another name";
}

Features LongFeatures::matrix(const NodeIds& ids, std::vector<std::string>& names) const {
  std::map<std::string_view, Index> column;
  bool numbers = true;
  Index width = 0;
  for (const Entry& entry : entries_) {
    const auto number = whole_number(entry.feature);
    numbers = numbers && number && *number >= 0 && *number < SparseRows::most_columns;
    if (numbers) width = std::max(width, *number + 1);
    column.emplace(entry.feature, numbers ? *number : 0);
  }
  if (!numbers) {
    width = 0;
    for (auto& [name, c] : column) {
      c = width++;
      names.emplace_back(name);
    }
  }
  std::vector<std::vector<const Entry*>> rows(static_cast<std::size_t>(ids.nodes()));
  for (const Entry& entry : entries_) {
    const auto node = ids.find(entry.node);
    if (!node)
      text_->text().refuse(
          entry.line, "the id " + in_quotes(entry.node) + " is not a node of " + ids.counted() + ids.near(entry.node));
    rows[static_cast<std::size_t>(*node)].push_back(&entry);
  }
  SparseRows features;
  for (auto& row : rows) {
    const auto place = [&](const Entry* entry) { return column.at(entry->feature); };
    std::ranges::stable_sort(row, {}, place);
    for (std::size_t e = 0; e < row.size(); ++e) {
      if (e > 0 && place(row[e]) == place(row[e - 1]))
        text_->text().refuse(row[e]->line, "node " + in_quotes(row[e]->node) + " has feature " +
                                               in_quotes(row[e]->feature) + " already");
      features.add(place(row[e]), row[e]->value);
    }
    features.end_row();
  }
  return features.take(width);
}

}  // namespace mercer
