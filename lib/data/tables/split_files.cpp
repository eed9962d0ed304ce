#include "data/tables/split_files.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "data/check_parts.hpp"
#include "data/files/read_file.hpp"
#include "data/tables/part_names.hpp"
#include "data/tables/table_names.hpp"
#include "mercer/data/split.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> part_names{"train", "val", "test"};
constexpr std::array<Role, 3> mask_roles{Role::train_mask, Role::validation_mask, Role::test_mask};

constexpr const char* no_labels = "since no node has a label";

constexpr std::vector<Node> Split::*parts[] = {&Split::train, &Split::validation, &Split::test};

std::vector<Node>& nodes_of(Split& split, std::size_t part) { return split.*parts[part]; }
const std::vector<Node>& nodes_of(const Split& split, std::size_t part) { return split.*parts[part]; }

bool truth(const NodeTable& table, std::size_t row, std::string_view text) {
  const std::optional<bool> value = mask_value(text);
  if (!value && !is_missing(text))
    table.text->text().refuse(table.line[row], "got " + in_quotes(text) + " in a mask, want 0 or 1, or true or false");
  return value.value_or(false);
}

/// The way out where a cell of the column is no word for a part.
const char* way_to_words(const NodeColumn& column, std::size_t row) {
  const auto is_bit = [](std::string_view text) { return mask_value(text).has_value() || is_missing(text); };
  if (std::ranges::all_of(column.text, is_bit)) return ": masks are called train_mask, val_mask, test_mask";
  return whole_number(column.text[row]) ? ": write the word of each number in its place" : "";
}

/// Are all words of a row 0, 1, true or false?
bool are_bits(const Fields& row) {
  Fields words;
  return !row.empty() && std::ranges::all_of(row, [&](std::string_view field) {
    cut_at_blanks(field, words);
    return !words.empty() &&
           std::ranges::all_of(words, [](std::string_view word) { return mask_value(word).has_value(); });
  });
}

/// Has a file 0 or 1 for each node, perhaps below a header that names no ids?
bool can_be_mask(const fs::path& file, Index nodes) {
  TextTable table(file, TextTable::Cut::lines);
  Index rows = 0, lines = 0;
  bool counted = false;
  while (table.next()) {
    const Fields& row = table.row();
    const bool bits = are_bits(row), names_ids = !row.empty() && role_in_nodes(row[0]) == Role::id;
    if (!bits && (lines > 0 || names_ids)) return false;
    counted = counted || (lines == 0 && bits && counts_columns(row));
    rows += bits ? 1 : 0;
    ++lines;
  }
  return rows == nodes || (counted && rows == nodes + 1);
}

/// Is each row the id of another node?
bool can_be_list(const fs::path& file, const NodeIds& ids) {
  TextTable table(file, TextTable::Cut::lines);
  std::set<Node> found;
  while (table.next()) {
    if (table.row().empty()) continue;
    const auto node = table.row().size() == 1 ? ids.find(table.row()[0]) : std::nullopt;
    if (!node || !found.insert(*node).second) return false;
  }
  return true;
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

/// The columns of masks by the number of their split, −1 without one. Throws FileError where two are the same.
using Numbered = std::map<Index, const NodeColumn*>;
std::array<Numbered, 3> masks_by_number(const NodeTable& table) {
  std::array<Numbered, 3> columns;
  for (const NodeColumn& column : table.columns) {
    const auto part = static_cast<std::size_t>(std::ranges::find(mask_roles, column.role) - mask_roles.begin());
    if (part == mask_roles.size()) continue;
    const std::optional<NamedPart> named = part_of_name(column.name);
    const auto [other, is_new] = columns[part].emplace(named ? named->split : -1, &column);
    if (!is_new)
      refuse_file(table.file, "",
                  "the columns " + in_quotes(other->second->name) + " and " + in_quotes(column.name) +
                      " are both the mask of " + part_names[part] +
                      ", want one of the two: remove or rename the other");
  }
  return columns;
}

/// Throws FileError at a mask whose split has none of the training nodes, or lacks one that the other splits have.
void want_train(const NodeTable& table) {
  const std::array<Numbered, 3> columns = masks_by_number(table);
  for (const std::size_t part : {std::size_t{1}, std::size_t{2}})
    for (const auto& [number, column] : columns[part])
      if (!columns[0].contains(number))
        refuse_file(table.file, "",
                    "the column " + in_quotes(column->name) + " is by its name a mask of " + part_names[part] +
                        ", and there is none of the training nodes beside it, want train_mask" +
                        (number < 0 ? "" : "_" + std::to_string(number)) +
                        ", too; where it is a feature, give it another name");
}

bool is_csv(const fs::path& file) { return lower_case(file.filename().string()).find(".csv") != std::string::npos; }

/// How many rows of a list are 0.
Index count_zeros(const fs::path& file) {
  TextTable table(file, TextTable::Cut::lines);
  Index count = 0;
  while (table.next())
    count += !table.row().empty() && table.row()[0] == "0" ? 1 : 0;
  return count;
}

/// May 0 be the header that pandas writes before a list? So it is where no node is 0, or the lists have `zeros` of it.
bool is_header_of_list(const TextTable& table, bool is_node, Index zeros, Dataset& data) {
  if (table.row()[0] != "0" || !is_csv(table.text().path())) return false;
  const std::string name = table.text().name();
  const bool header = !is_node || zeros > 1;
  data.notes.push_back(name + (header ? ": the first line, '0', counts the columns; it is a header, not a node"
                                      : ": the first line, 0, is read as a node: where it is pandas' header, write "
                                        "to_csv(FILE, index=False, header=False)"));
  return header;
}

/// Throws FileError where the row is several nodes with blanks between.
void refuse_list_on_one_line(const TextTable& table, const NodeIds& ids) {
  Fields words;
  cut_at_blanks(table.row()[0], words);
  if (words.size() < 2 || ids.find(table.row()[0])) return;
  if (std::ranges::all_of(words, [&](std::string_view word) { return ids.find(word).has_value(); }))
    table.refuse("got " + std::to_string(words.size()) +
                 " nodes on one line, want a line for each (numpy.savetxt(FILE, ids, fmt='%d') of one column)");
}

/// The nodes of a file of one id a line; `zeros` are those of all lists.
std::vector<Node> read_list(const fs::path& file, const NodeIds& ids, std::vector<const char*>& part_of,
                            const char* part, Index zeros, Dataset& data) {
  TextTable table(file, TextTable::Cut::lines);
  std::vector<Node> nodes;
  bool at_first = true;
  while (table.next()) {
    if (table.row().empty()) continue;
    table.want_fields(1,
                      at_first ? ": a node a line; labels beside the ids belong into labels.csv" : ": a node a line");
    const std::string_view id = table.row()[0];
    if (at_first) refuse_list_on_one_line(table, ids);
    const auto node = ids.find(id);
    const bool header = !node && at_first && !real_number(id);
    const bool counts = at_first && is_header_of_list(table, node.has_value(), zeros, data);
    at_first = false;
    if (counts) continue;
    if (header) {
      data.notes.push_back(table.text().name() + ": the first line, " + in_quotes(id) + ", is no node: it is a header");
      continue;
    }
    if (!node)
      table.refuse("got " + in_quotes(id) + ", want a node of " + ids.counted() +
                   (ids.named() ? "" : ", 0 … " + std::to_string(ids.nodes() - 1)) + ids.near(id));
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
    data_.notes.push_back(file + ": the split is left out, " + no_labels);
    return;
  }
  leave_out_unlabelled(data_, file, first);
}

void SplitFiles::add_words(const NodeTable& table, const NodeColumn& column, const std::vector<Node>& node) {
  Split& split = data_.splits.emplace_back();
  for (std::size_t row = 0; row < node.size(); ++row) {
    const PartWord part = part_in(column.text[row]);
    if (part == PartWord::none) continue;
    if (part == PartWord::unknown)
      table.text->text().refuse(table.line[row],
                                (column.name.empty() ? "" : "column " + in_quotes(column.name) + ": ") + "got " +
                                    in_quotes(column.text[row]) + ", want train, val, test or none" +
                                    way_to_words(column, row));
    nodes_of(split, static_cast<std::size_t>(part)).push_back(node[row]);
  }
  for (std::size_t part = 0; part < 3; ++part)
    std::ranges::sort(nodes_of(split, part));
}

void SplitFiles::add_masks(const NodeTable& table, const std::vector<Node>& node) {
  std::array<Mask, 3> masks{};
  const auto columns = masks_by_number(table);
  for (std::size_t part = 0; part < 3; ++part) {
    if (!columns[part].empty()) masks[part] = {&table, &node, {}};
    for (const auto& [number, column] : columns[part])
      masks[part].columns.push_back(column);
  }
  if (masks[0].table != nullptr) add_masks_of(masks, ids_.nodes(), data_);
}

/// The same split may stand in a table as words and as masks. Throws FileError where the two differ.
void SplitFiles::keep_one(const NodeTable& table, const std::vector<Node>& node, std::size_t first) {
  const NodeColumn &words = *table.column(Role::split), &mask = *table.column(Role::train_mask);
  const std::string both =
      "the column " + in_quotes(words.name) + " and " + in_quotes(mask.name) + " with its like give ";
  if (data_.splits.size() != first + 2)
    refuse_file(table.file, "", both + "splits, of which one is of several, want one of the two: remove the other");
  const Split masks = std::move(data_.splits.back());
  data_.splits.pop_back();
  for (std::size_t part = 0; part < 3; ++part) {
    if (table.column(mask_roles[part]) == nullptr) continue;
    const std::vector<Node>&own = nodes_of(masks, part), &other = nodes_of(data_.splits[first], part);
    if (own == other) continue;
    std::vector<Node> differ;
    std::ranges::set_symmetric_difference(own, other, std::back_inserter(differ));
    const auto row = static_cast<std::size_t>(std::ranges::find(node, differ[0]) - node.begin());
    table.text->text().refuse(table.line[row], both + "splits that differ in " + part_names[part] +
                                                   ", want one of the two: remove the other");
  }
}

void SplitFiles::add_columns(const NodeTable& table, const std::vector<Node>& node) {
  const std::size_t first = data_.splits.size();
  const bool masks = table.column(Role::train_mask) != nullptr, words = table.column(Role::split) != nullptr;
  if (masks || (!words && data_.classes() > 0)) want_train(table);
  for (const Role role : {Role::validation_mask, Role::test_mask})
    if (const NodeColumn* column = table.column(role); column != nullptr && !masks)
      data_.notes.push_back(table.name() + ": the column " + in_quotes(column->name) +
                            " is left out: " + (words ? "another column gives the split" : no_labels));
  if (!words && !masks) return;
  want_new(table.file.string());
  for (const NodeColumn& column : table.columns)
    if (column.role == Role::split) add_words(table, column, node);
  if (masks) add_masks(table, node);
  if (words && masks) keep_one(table, node, first);
  finish(table.name(), first);
}

/// Are there files of these parts? Throws FileError where that of the training nodes lacks.
bool SplitFiles::has_train(const Files& files, const std::string& train) {
  if (files[0]) return true;
  for (const auto& file : files) {
    if (!file) continue;
    const std::string name = file->filename().string();
    if (data_.classes() > 0) refuse_no_train(file->parent_path(), "file", train + name.substr(name.find('.')), name);
    data_.notes.push_back(name + ": the split is left out, " + no_labels);
  }
  return false;
}

void SplitFiles::add_mask_files(const Files& files) {
  std::array<Mask, 3> read{};
  std::array<NodeTable, 3> tables;
  std::array<std::vector<Node>, 3> nodes;
  for (std::size_t part = 0; part < 3; ++part) {
    if (!files[part]) continue;
    tables[part] = read_node_table(*files[part], {.holds = Holds::masks, .nodes = ids_.nodes()});
    nodes[part] = ids_.nodes_of(tables[part], true);
    read[part] = {&tables[part], &nodes[part], {}};
    if (tables[part].column(Role::id) == nullptr) without_ids_.push_back(tables[part].name());
    for (const NodeColumn& column : tables[part].columns)
      if (column.role != Role::id) read[part].columns.push_back(&column);
  }
  add_masks_of(read, ids_.nodes(), data_);
}

/// Are train.txt, … masks, which go by the name of lists? Throws FileError where they may be either, or differ in form.
bool SplitFiles::are_masks(const Files& files) const {
  const fs::path* mask = nullptr;
  const fs::path* list = nullptr;
  const fs::path* either = nullptr;
  for (const auto& file : files) {
    if (!file) continue;
    const bool bits = can_be_mask(*file, ids_.nodes());
    (!bits ? list : can_be_list(*file, ids_) ? either : mask) = &*file;
  }
  if (mask != nullptr && list != nullptr)
    refuse_file(*list, "",
                "holds no 0 or 1 for each node, as " + mask->filename().string() +
                    " does, want masks in all of them, or lists of nodes in all of them");
  if (either != nullptr && mask == nullptr && list == nullptr)
    refuse_file(*either, "",
                "may be a list of nodes, or 0 or 1 for each node: name it " + either->stem().string() + "_mask" +
                    either->extension().string() + " for a mask, or write the header id for a list");
  return mask != nullptr;
}

void SplitFiles::add_lists(const Files& files) {
  Split& split = data_.splits.emplace_back();
  std::vector<const char*> part_of(static_cast<std::size_t>(ids_.nodes()), nullptr);
  Index zeros = 0;
  for (const auto& file : files)
    if (file) zeros += count_zeros(*file);
  for (std::size_t part = 0; part < 3; ++part)
    if (files[part]) nodes_of(split, part) = read_list(*files[part], ids_, part_of, part_names[part], zeros, data_);
}

void SplitFiles::add_masks_and_lists(TextFolder& folder) {
  namespace names = table_names;
  const auto find = [&](names::Names train, std::array<names::Names, 2> others, std::array<names::Names, 2> perhaps) {
    Files files{folder.find(train), folder.find(others[0]), folder.find(others[1])};
    for (std::size_t part = 1; part < 3; ++part)
      if (files[0] && !files[part]) files[part] = folder.find(perhaps[part - 1]);
    return files;
  };
  const Files masks = find(names::train_mask, {names::validation_mask, names::test_mask},
                           {names::perhaps_validation_mask, names::perhaps_test_mask});
  if (has_train(masks, "train_mask")) {
    want_new(masks[0]->string());
    const std::size_t first = data_.splits.size();
    add_mask_files(masks);
    finish(masks[0]->filename().string(), first);
  }
  const Files lists =
      find(names::train, {names::validation, names::test}, {names::perhaps_validation, names::perhaps_test});
  if (!has_train(lists, "train")) return;
  want_new(lists[0]->string());
  const std::size_t first = data_.splits.size();
  const std::string name = lists[0]->filename().string();
  if (are_masks(lists)) {
    data_.notes.push_back(name + " holds 0 or 1 for each node: it and those of the other parts are read as masks");
    add_mask_files(lists);
  } else {
    add_lists(lists);
  }
  finish(name, first);
}

}  // namespace mercer
