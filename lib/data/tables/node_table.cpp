#include "data/tables/node_table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/tables/node_header.hpp"
#include "data/tables/node_labels.hpp"
#include "data/tables/part_names.hpp"
#include "data/tables/unnamed_ids.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// A column as it is read: words, or the next column of features.
struct Plan {
  Role role;
  std::string_view name;
  bool is_feature;
};

TextTable::Cut cut_of(Holds holds) {
  if (holds == Holds::labels) return TextTable::Cut::labels;
  return holds == Holds::names ? TextTable::Cut::lines : TextTable::Cut::columns;
}

/// Is the column y beside x, which may be a coordinate?
bool is_y_beside_x(const Fields& header, std::size_t c) {
  const auto is_x = [](std::string_view field) { return lower_case(field) == "x"; };
  return lower_case(header[c]) == "y" && std::ranges::any_of(header, is_x);
}

/// y beside x is a coordinate where another column or table has the labels.
Role role_beside(const Fields& header, std::size_t c, const NodeTableOptions& options) {
  const bool has_features = options.holds == Holds::features || options.holds == Holds::names;
  const auto role_of = has_features ? role_among_features : role_in_nodes;
  if (is_y_beside_x(header, c)) {
    bool other_labels = options.other_labels;
    for (std::size_t n = 0; n < header.size(); ++n)
      other_labels = other_labels || (n != c && role_of(header[n]) == Role::label);
    return other_labels ? Role::other : Role::label;
  }
  return c == 0 && header[c].empty() ? Role::id : role_of(header[c]);
}

/// How surely a name is that of the label: 0 for label, then class, target and y, and Neo4j's :LABEL, a kind of node.
std::size_t rank_of_label(std::string_view name) {
  static constexpr std::string_view parts[] = {"label", "class", "categor", "target"};
  const std::string text = lower_case(name);
  if (text.ends_with(":label")) return std::size(parts) + 1;
  const auto* part = std::ranges::find_if(parts, [&](std::string_view p) { return text.find(p) != std::string::npos; });
  return static_cast<std::size_t>(part - std::begin(parts));
}

/// Does a comment tell the task of labels?
bool is_task_told(TextTable& table) {
  return std::ranges::any_of(table.top_comments(),
                             [](const auto& comment) { return task_in(comment.text).has_value(); });
}

/// Of columns that are called label, class, target and y, the one with the surest name is the label; the first of
/// several in a table of more than labels, where label_id and the like are no features. Where a comment tells the task
/// of labels, all count.
void keep_surest_label(TextTable& table, Holds holds, std::vector<Plan>& plan, NodeTable& read) {
  if (holds == Holds::labels && is_task_told(table)) return;
  std::vector<Plan*> labels;
  for (Plan& column : plan)
    if (column.role == Role::label) labels.push_back(&column);
  if (labels.empty()) return;
  const Plan* kept =
      *std::ranges::min_element(labels, {}, [](const Plan* label) { return rank_of_label(label->name); });
  const std::size_t surest = rank_of_label(kept->name);
  std::vector<std::string> left_out;
  for (Plan* label : labels) {
    const bool may_count = holds == Holds::labels && rank_of_label(label->name) == surest;  // with all others
    if (label == kept || may_count) continue;
    label->role = Role::other;
    left_out.emplace_back(label->name);
  }
  for (Plan& column : plan)
    if (column.is_feature && may_copy_label(column.name)) {
      column.is_feature = false;
      left_out.emplace_back(column.name);
    }
  if (holds != Holds::labels && !left_out.empty())  // that of labels notes all columns beside the label
    read.notes.push_back(read.name() + ": columns beside " + std::string(kept->name) +
                         ", the label, are left out: " + joined(left_out));
}

/// Is the field a word for a missing value, or nan?
bool is_absent(TextTable& table, std::string_view field) {
  if (is_missing(field)) return true;
  const auto number = table.may_be_number(field);
  return number && std::isnan(*number);
}

/// Finds the columns of a split among features, or beside a label.
void find_splits(TextTable& table, const Fields& header, Holds holds, std::vector<Role>& roles, NodeTable& read) {
  if (holds == Holds::labels && is_task_told(table)) return;
  std::vector<Role> found = roles;
  std::vector<std::string> notes;
  (holds == Holds::splits ? find_masks_of_splits : find_split_columns)(table, header, found, notes);
  const auto may_be_label = [](Role role) { return role == Role::label || role == Role::other; };
  if (holds == Holds::labels && std::ranges::none_of(found, may_be_label)) return;
  roles = std::move(found);
  for (const std::string& note : notes)
    read.notes.push_back(read.name() + ": " + note);
}

/// A lone column of features that is called train, fold or the like is one in doubt.
void note_doubtful_splits(const std::vector<Plan>& plan, NodeTable& read) {
  std::vector<std::string> doubtful;
  const bool masks = std::ranges::any_of(plan, [](const Plan& column) { return column.role == Role::train_mask; });
  for (const Plan& column : plan)
    if (column.is_feature && may_be_split(column.name, masks)) doubtful.emplace_back(column.name);
  if (!doubtful.empty())
    read.notes.push_back(
        read.name() + ": read as features: " + joined(doubtful) +
        "; a split is a column split of train, val, test, or train_mask, val_mask, test_mask of 0 and 1");
}

std::vector<Plan> plan_by_header(TextTable& table, const NodeTableOptions& options, const Fields& header,
                                 NodeTable& read) {
  const Holds holds = options.holds;
  const std::vector<Fields> rows = table.first_rows();
  std::vector<Plan> plan;
  const bool counted = counts_columns(header);
  read.counted_header = counted;
  std::vector<std::string> ignored;
  std::vector<Role> roles;
  for (std::size_t c = 0; c < header.size(); ++c)
    roles.push_back(counted && !header[c].empty() ? Role::other : role_beside(header, c, options));
  if (!counted && holds != Holds::masks) find_splits(table, header, holds, roles, read);
  for (std::size_t c = 0; c < header.size(); ++c) {
    Role role = roles[c];
    if (role == Role::label && is_y_beside_x(header, c))
      read.notes.push_back(read.name() +
                           ": y is read as the label, though it stands beside x; a coordinate has another name, "
                           "such as pos_y");
    const auto is_number = [&] {
      if (rows.empty() || c >= rows[0].size()) return true;
      const bool plain = table.may_be_number(rows[0][c]) || truth_value(rows[0][c]);
      if (plain && !is_absent(table, rows[0][c])) return true;
      const Held held = held_in(table, c);
      return held.numbers > held.words || (held.words == 0 && !is_missing(rows[0][c]));
    };
    const bool number = role == Role::other && holds == Holds::names && is_number();
    const bool feature = role == Role::other && (holds == Holds::features || number);
    if (role == Role::other && holds == Holds::splits) role = Role::split;
    if (role == Role::other && holds == Holds::masks) role = Role::train_mask;
    if (role == Role::other && holds == Holds::names && !number) ignored.emplace_back(header[c]);
    plan.push_back({role, counted ? std::string_view{} : header[c], feature});
  }
  keep_surest_label(table, holds, plan, read);
  note_doubtful_splits(plan, read);
  if (!ignored.empty())
    read.notes.push_back(read.name() + ": columns of words are left out: " + joined(ignored) + "; " + way_of_words);
  return plan;
}

/// A table of features may begin with ids that no name tells.
void find_first_ids(TextTable& table, const NodeTableOptions& options, std::vector<Plan>& plan, NodeTable& read) {
  const auto is_id = [](const Plan& column) { return column.role == Role::id; };
  if (options.holds != Holds::features || plan.size() < 2 || !plan[0].is_feature) return;
  if (read.counted_header || std::ranges::any_of(plan, is_id)) return;
  const bool named = !plan[0].name.empty();
  const char* const why = why_first_is_id(table, options.first_is_id, named);
  if (why == nullptr) return;
  const bool may_be_feature = named && std::string_view(why).starts_with("counts");
  plan[0].role = Role::id;
  plan[0].is_feature = false;
  read.notes.push_back(read.name() + ": " + (named ? "column " + std::string(plan[0].name) : "the first column") + " " +
                       why + " and is read as the nodes' ids" +
                       (may_be_feature ? ": where it is a feature, let another column be the first" : ""));
}

/// Roles by the kind of file.
std::vector<Plan> plan_without_header(TextTable& table, const NodeTableOptions& options, NodeTable& read) {
  const Holds holds = options.holds;
  static constexpr Role usual[] = {Role::other, Role::label, Role::id, Role::split, Role::train_mask};
  const std::vector<Fields> rows = table.first_rows();
  const std::size_t width = rows.empty() ? 0 : rows[0].size();
  std::vector<Plan> plan(width, Plan{usual[static_cast<int>(holds)], "", holds == Holds::features});
  if (holds == Holds::names && width > 1)
    refuse_file(
        read.file, "",
        "got " + std::to_string(width) + " fields in a line, want the node's name alone, or a header such as id,label");
  return plan;
}

/// A value of the features. Throws FileError at what is none, with the way out where the column holds words.
Real value_in(TextTable& table, std::size_t c, std::string_view name, std::string_view field, Rounding& rounding) {
  try {
    return feature_value(table, c, name, field, &rounding);
  } catch (const FileError&) {
    const Index line = table.line();
    const std::string got = in_quotes(field);
    const Held held = held_in(table, c);
    if (!held.mostly_words()) throw;
    table.text().refuse(line, "column " + column_of(c, name) + ": got " + got +
                                  ", want a finite number; the column holds words (" + joined(held.some) +
                                  "): " + (held.may_be_ids() ? "where they are the nodes' ids, name it id; " : "") +
                                  way_of_words);
  }
}

/// A missing value of the features.
struct Missing {
  Index row, column;
};

/// Missing values become the most frequent of their column, as in GraphLand (Bazhenov et al., 2025).
Features imputed(const Features& features, const std::vector<Missing>& missing, NodeTable& read) {
  Tensor x = std::holds_alternative<Tensor>(features) ? std::get<Tensor>(features)
                                                      : std::get<SparseMatrix>(features).to_dense();
  std::map<Index, std::set<Index>> rows_of;  // by column
  for (const auto& [row, column] : missing)
    rows_of[column].insert(row);
  for (const auto& [column, rows] : rows_of) {
    std::map<Real, Index> count;
    for (Index i = 0; i < x.rows(); ++i)
      if (!rows.contains(i)) ++count[x(i, column)];
    const auto most = std::ranges::max_element(count, {}, [](const auto& of) { return of.second; });
    for (const Index i : rows)
      x(i, column) = most == count.end() ? Real(0) : most->first;
  }
  read.notes.push_back(read.name() + ": " + std::to_string(missing.size()) + " missing values in " +
                       std::to_string(rows_of.size()) +
                       " columns take the most frequent value of their column, as GraphLand's authors do");
  return in_fitting_form(SparseMatrix::from_dense(x));
}

/// Does a column of features count the rows, from 0 or 1? It may be ids without a name.
class Counting {
 public:
  void add(Index row, Real value) {
    if (row == 0) first_ = value;
    counts_ = counts_ && (first_ == 0 || first_ == 1) && value == first_ + static_cast<Real>(row);
  }
  void note(const NodeTable& read, std::size_t c, std::string_view name, std::vector<std::string>& notes) const {
    constexpr Index few_rows = 3;  // so many may count by chance
    if (!counts_ || read.rows() < few_rows) return;
    const char* way_out = read.column(Role::id) ? " beside the ids: leave it out where it is a row number"
                          : name.empty()        ? ": where it is the nodes' ids, write a header that names it id"
                                                : ": where it is the nodes' ids, name it id";
    notes.push_back(read.name() + ": column " + column_of(c, name) + " counts the rows and is read as a feature" +
                    way_out);
  }

 private:
  Real first_ = -1;
  bool counts_ = true;
};

/// Names the columns of ids beside the first one, which counts.
void note_other_ids(NodeTable& read) {
  if (!read.other_ids().empty())
    read.notes.push_back(read.name() + ": columns beside the ids " + std::string(read.column(Role::id)->name) +
                         " are left out: " + joined(read.other_ids()));
}

/// Reads all rows of words and features.
void read_rows(TextTable& table, const std::vector<Plan>& plan, Holds holds, bool imputes, NodeTable& read) {
  SparseRows features;
  std::vector<Missing> missing;
  std::vector<Rounding> rounding(plan.size());
  std::vector<Counting> counting(plan.size());
  const bool one_column = plan.size() == 1 && holds != Holds::features;
  for (const Plan& column : plan) {
    if (column.is_feature)
      read.feature_names.emplace_back(column.name);
    else
      read.columns.push_back({column.role, column.name, {}});
  }
  while (table.next()) {
    const Fields& row = table.row();
    const bool blank = one_column && row.empty();
    if (!blank && row.size() != plan.size())
      table.refuse("got " + std::to_string(row.size()) + " fields, want " + std::to_string(plan.size()) +
                   " as in the first line" + table.hint_of_row_names(plan.size()));
    for (std::size_t c = 0, word = 0, number = 0; c < plan.size(); ++c)
      if (plan[c].is_feature && imputes && is_absent(table, row[c])) {
        missing.push_back({features.rows(), static_cast<Index>(number++)});
        counting[c].add(0, -1);
      } else if (plan[c].is_feature) {
        const Real value = value_in(table, c, plan[c].name, row[c], rounding[c]);
        counting[c].add(features.rows(), value);
        features.add(static_cast<Index>(number++), value);
      } else
        read.columns[word++].text.push_back(blank ? std::string_view{} : row[c]);
    features.end_row();
    read.line.push_back(table.line());
  }
  for (std::size_t c = 0; c < plan.size(); ++c)
    if (plan[c].is_feature) counting[c].note(read, c, plan[c].name, read.notes);
  note_other_ids(read);
  for (std::size_t c = 0; c < plan.size(); ++c)
    rounding[c].note(read.name() + ": column " + column_of(c, plan[c].name), read.notes);
  const auto width = static_cast<Index>(read.feature_names.size());
  if (width > 0 || holds == Holds::features) read.features = features.take(width);
  if (!missing.empty()) read.features = imputed(*read.features, missing, read);
  if (std::ranges::all_of(read.feature_names, [](const std::string& name) { return name.empty(); }))
    read.feature_names.clear();
}

bool names_a_role(const Fields& header) {
  return std::ranges::any_of(header, [](std::string_view name) { return role_in_nodes(name) != Role::other; });
}

/// The name of the index that pandas writes before a table: the row's place, which gives way to a column of ids.
bool is_index(std::string_view name) { return name.empty() || lower_case(name) == "unnamed: 0"; }

/// The names in a comment before the first row, which names ids or labels, or the columns of features.
Fields commented_names(TextTable& table, Holds holds) {
  if (table.has_blanks_between()) return {};  // a comment of as many words may be a sentence
  Fields names = table.commented_row();
  const bool words = std::ranges::all_of(names, [&](std::string_view name) { return is_word(table, name); });
  if (!words || !(names_a_role(names) || holds == Holds::features)) names.clear();
  return names;
}

}  // namespace

const NodeColumn* NodeTable::column(Role role) const {
  const auto rank = [&](const NodeColumn& own) {
    if (role != Role::id) return 0;
    const std::string name = plain_name(own.name);
    if (is_index(own.name)) return 4;
    if (is_among(name, {"index", "idx"})) return 3;
    return names_thing(own.name) ? 2 : is_among(name, {"name", "node_name", "node_index"}) ? 1 : 0;
  };
  const NodeColumn* surest = nullptr;
  for (const NodeColumn& own : columns)
    if (own.role == role && (surest == nullptr || rank(own) < rank(*surest))) surest = &own;
  return surest;
}

std::vector<std::string> NodeTable::other_ids() const {
  std::vector<std::string> names;
  for (const NodeColumn& own : columns)
    if (own.role == Role::id && &own != column(Role::id) && !is_index(own.name)) names.emplace_back(own.name);
  return names;
}

NodeTable read_node_table(const std::filesystem::path& file, const NodeTableOptions& options) {
  return read_node_table(std::make_unique<TextTable>(file, cut_of(options.holds)), options);
}

NodeTable read_node_table(std::unique_ptr<TextTable> text, const NodeTableOptions& options) {
  const Holds holds = options.holds;
  NodeTable read;
  read.file = text->text().path();
  read.text = std::move(text);
  TextTable& table = *read.text;
  if (holds == Holds::labels) find_columns_of_labels(table);
  bool header = has_header(table, holds, options.nodes);
  if (options.first_is_node && header && counts_columns(table.first_rows()[0])) {
    header = false;
    read.notes.push_back(read.name() +
                         ": the first line could be a header that counts columns: it is taken as a node, "
                         "since another table has a line for each");
  }
  std::vector<Plan> plan;
  if (header) {
    const Fields names = table.first_rows()[0];
    if (counts_columns(names))
      read.notes.push_back(read.name() + ": the first line counts the columns; it is a header, not a node");
    else if (holds != Holds::features && !names_a_role(names))
      read.notes.push_back(
          read.name() + ": the first line, " + joined({names.begin(), names.end()}) +
          ", is a header: " + (options.nodes < 0 ? "words above values" : "there is a line more than nodes"));
    table.skip_first_row();
    plan = plan_by_header(table, options, names, read);
  } else if (const Fields names = commented_names(table, holds); !names.empty()) {
    read.notes.push_back(read.name() + ": the comment # " + joined({names.begin(), names.end()}) +
                         " is read as the header");
    plan = plan_by_header(table, options, names, read);
    header = true;
  } else {
    plan = plan_without_header(table, options, read);
  }
  find_first_ids(table, options, plan, read);
  read_rows(table, plan, holds, options.imputes, read);
  const std::vector<std::string> signs = table.notes_of_signs();
  if (holds == Holds::features) read.notes.insert(read.notes.end(), signs.begin(), signs.end());
  if (holds == Holds::labels || holds == Holds::splits) find_ids(read, header, options.other_ids);
  if (holds == Holds::labels) settle_labels(read, header);
  if (holds == Holds::names) drop_label_of_names(read);
  if (holds == Holds::splits) settle_splits(read, header);
  if (table.decimal_commas()) read.notes.push_back(read.name() + ": numbers have decimal commas; 0,5 is read as 0.5");
  return read;
}

}  // namespace mercer
