#include "mercer/data/dataset.hpp"

#include <algorithm>

#include "mercer/base/check.hpp"

namespace mercer {

void add_label_note(Dataset& data, std::string note, Index unlabelled) {
  data.label_notes.push_back(note);
  data.notes.push_back(std::move(note));
  data.noted_unlabelled = std::max(data.noted_unlabelled, unlabelled);
}

void add_label_notes(Dataset& data, const LabelReading& taken) {
  for (const std::string& note : taken.notes)
    add_label_note(data, note);
  data.noted_unlabelled = std::max(data.noted_unlabelled, taken.noted_unlabelled);
}

void drop_label_notes(Dataset& data) {
  for (const std::string& note : data.label_notes)
    change_note(data, note, "");
  data.label_notes.clear();
  data.noted_unlabelled = 0;
}

void change_note(Dataset& data, const std::string& note, const std::string& now) {
  const auto found = std::ranges::find(data.notes, note);
  if (found == data.notes.end()) return;
  if (now.empty())
    data.notes.erase(found);
  else
    *found = now;
}

Index Dataset::feature_count() const {
  return std::visit([](const auto& x) { return x.columns(); }, features);
}

Index longest_item(const Dataset& data) {
  Index longest = 0;
  for (std::size_t a = 0; a + 1 < data.item_offset.size(); ++a)
    longest = std::max(longest, data.item_offset[a + 1] - data.item_offset[a]);
  return longest;
}

std::vector<std::string> edge_feature_names(const Dataset& data) {
  if (!data.edge_feature_names.empty()) return data.edge_feature_names;
  std::vector<std::string> names;
  for (Index c = 1; c <= data.edge_features.columns(); ++c)
    names.push_back("feature_" + std::to_string(c));
  return names;
}

void require_graph(const char* op, const Dataset& data) {
  require(!data.has_items(), op, data.name + ": got a set of sequences, want a graph");
}

}  // namespace mercer
