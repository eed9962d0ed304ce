#include "data/tables/split_files.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/tables/table_names.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> part_names{"train", "val", "test"};

std::vector<Node>& nodes_of(Split& split, std::size_t part) {
  return part == 0 ? split.train : part == 1 ? split.validation : split.test;
}

bool truth(const NodeTable& table, std::size_t row, std::string_view text) {
  const std::string word = lower_case(text);
  if (is_among(word, {"1", "1.0", "true", "yes"})) return true;
  if (!is_among(word, {"0", "0.0", "false", "no"}) && !is_missing(text))
    table.text->text().refuse(table.line[row], "got " + in_quotes(text) + " in a mask, want 0 or 1, or true or false");
  return false;
}

/// The same columns of three tables of masks, or of one, as splits. A node may be in one part only.
struct Mask {
  const NodeTable* table;
  const std::vector<Node>* node;
  std::vector<const NodeColumn*> columns;  // a column for each split
};

void add_masks_of(const std::array<Mask, 3>& masks, Index nodes, Dataset& data) {
  const std::size_t count = masks[0].columns.size();
  for (const Mask& mask : masks)
    if (mask.table != nullptr && mask.columns.size() != count)
      refuse_file(mask.table->file, "",
                  "got " + std::to_string(mask.columns.size()) + " masks, want " + std::to_string(count) +
                      " as for the training nodes");
  for (std::size_t k = 0; k < count; ++k) {
    Split& split = data.splits.emplace_back();
    std::vector<const char*> part_of(static_cast<std::size_t>(nodes), nullptr);
    for (std::size_t part = 0; part < masks.size(); ++part) {
      if (masks[part].table == nullptr) continue;
      const auto& [table, node, columns] = masks[part];
      for (std::size_t row = 0; row < table->line.size(); ++row) {
        if (!truth(*table, row, columns[k]->text[row])) continue;
        const char*& earlier = part_of[static_cast<std::size_t>((*node)[row])];
        if (earlier != nullptr)
          table->text->text().refuse(table->line[row], "the node is in " + std::string(earlier) + " already");
        earlier = part_names[part];
        nodes_of(split, part).push_back((*node)[row]);
      }
    }
    for (std::size_t part = 0; part < masks.size(); ++part)
      std::ranges::sort(nodes_of(split, part));
  }
}

/// The nodes of a file of one id a line.
std::vector<Node> read_list(const fs::path& file, const NodeIds& ids, std::vector<const char*>& part_of,
                            const char* part) {
  TextTable table(file, TextTable::Cut::lines);
  std::vector<Node> nodes;
  while (table.next()) {
    if (table.row().empty()) continue;
    table.want_fields(1, ": a node");
    const auto node = ids.find(table.row()[0]);
    if (!node && nodes.empty() && !whole_number(table.row()[0])) continue;  // a header
    if (!node)
      table.refuse("got " + in_quotes(table.row()[0]) + ", want a node of " + ids.counted() +
                   (ids.named() ? "" : ", 0 … " + std::to_string(ids.nodes() - 1)));
    const char*& earlier = part_of[static_cast<std::size_t>(*node)];
    if (earlier != nullptr) table.refuse("node " + in_quotes(table.row()[0]) + " is in " + earlier + " already");
    earlier = part;
    nodes.push_back(*node);
  }
  return nodes;
}

}  // namespace

/// Splits of two places must not quietly stand for one another.
void SplitFiles::want_new(const std::string& file) {
  if (!from_.empty())
    refuse_file(file, "", "gives a split, and so does " + from_ + ", want one of the two: remove or rename the other");
  from_ = file;
}

/// Takes nodes without a label out of the splits from `first` on.
void SplitFiles::finish(const std::string& file, std::size_t first) {
  if (data_.classes() == 0) {
    data_.splits.clear();
    data_.notes.push_back(file + ": the split is left out, since no node has a label");
    return;
  }
  Index unlabelled = 0;
  for (std::size_t k = first; k < data_.splits.size(); ++k)
    for (std::size_t part = 0; part < 3; ++part)
      unlabelled += static_cast<Index>(std::erase_if(
          nodes_of(data_.splits[k], part), [&](Node i) { return data_.labels[static_cast<std::size_t>(i)] < 0; }));
  if (unlabelled > 0)
    data_.notes.push_back(file + ": " + std::to_string(unlabelled) +
                          " nodes without a label are left out of the split");
}

void SplitFiles::add_words(const NodeTable& table, const NodeColumn& column, const std::vector<Node>& node) {
  Split& split = data_.splits.emplace_back();
  for (std::size_t row = 0; row < node.size(); ++row) {
    const SplitPart part = part_named(column.text[row]);
    if (part == SplitPart::none) continue;
    const auto refuse = [&](const std::string& what) { table.text->text().refuse(table.line[row], what); };
    if (part == SplitPart::unknown) refuse("got " + in_quotes(column.text[row]) + ", want train, val, test or none");
    nodes_of(split, static_cast<std::size_t>(part)).push_back(node[row]);
  }
  for (std::size_t part = 0; part < 3; ++part)
    std::ranges::sort(nodes_of(split, part));
}

void SplitFiles::add_masks(const NodeTable& table, const std::vector<Node>& node) {
  std::array<Mask, 3> masks{};
  for (std::size_t part = 0; part < 3; ++part) {
    static constexpr Role roles[] = {Role::train_mask, Role::validation_mask, Role::test_mask};
    if (const NodeColumn* column = table.column(roles[part])) masks[part] = {&table, &node, {column}};
  }
  if (masks[0].table != nullptr) add_masks_of(masks, ids_.nodes(), data_);
}

void SplitFiles::add_columns(const NodeTable& table, const std::vector<Node>& node) {
  const std::size_t first = data_.splits.size();
  const bool masks = table.column(Role::train_mask) != nullptr;
  if (table.column(Role::split) == nullptr && !masks) return;
  want_new(table.file.string());
  for (const NodeColumn& column : table.columns)
    if (column.role == Role::split) add_words(table, column, node);
  if (masks) add_masks(table, node);
  finish(table.name(), first);
}

void SplitFiles::add_masks_and_lists(TextFolder& folder) {
  const std::size_t first = data_.splits.size();
  const std::array<std::optional<fs::path>, 3> masks{folder.find(table_names::train_mask),
                                                     folder.find(table_names::validation_mask),
                                                     folder.find(table_names::test_mask)};
  if (masks[0]) {
    want_new(masks[0]->string());
    std::array<Mask, 3> read{};
    std::array<NodeTable, 3> tables;
    std::array<std::vector<Node>, 3> nodes;
    for (std::size_t part = 0; part < 3; ++part) {
      if (!masks[part]) continue;
      tables[part] = read_node_table(*masks[part], {.holds = Holds::masks, .nodes = ids_.nodes()});
      nodes[part] = ids_.nodes_of(tables[part], true);
      read[part] = {&tables[part], &nodes[part], {}};
      for (const NodeColumn& column : tables[part].columns)
        if (column.role != Role::id) read[part].columns.push_back(&column);
    }
    add_masks_of(read, ids_.nodes(), data_);
    finish(masks[0]->filename().string(), first);
  }
  const std::array<std::optional<fs::path>, 3> lists{
      folder.find(table_names::train), folder.find(table_names::validation), folder.find(table_names::test)};
  if (!lists[0]) return;
  want_new(lists[0]->string());
  Split& split = data_.splits.emplace_back();
  std::vector<const char*> part_of(static_cast<std::size_t>(ids_.nodes()), nullptr);
  for (std::size_t part = 0; part < 3; ++part)
    if (lists[part]) nodes_of(split, part) = read_list(*lists[part], ids_, part_of, part_names[part]);
  finish(lists[0]->filename().string(), data_.splits.size() - 1);
}

}  // namespace mercer
