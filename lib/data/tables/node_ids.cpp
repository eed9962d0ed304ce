#include "data/tables/node_ids.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/labels/alike_names.hpp"
#include "data/tables/node_header.hpp"

namespace mercer {
namespace {

/// The way out where the column is not that of the nodes' ids.
std::string hint_of_feature(const NodeColumn& ids) {
  const bool is_sure = ids.name.empty() || lower_case(ids.name) == "id";
  return is_sure ? std::string() : ": where " + std::string(ids.name) + " holds no ids of nodes, give it another name";
}

}  // namespace

std::optional<Index> first_of_numbers(const std::vector<std::string_view>& ids) {
  const auto rows = static_cast<Index>(ids.size());
  std::vector<bool> is_there(ids.size() + 1, false);
  for (const std::string_view id : ids) {
    const auto number = whole_number(id);
    if (!number || *number < 0 || *number > rows || is_there[static_cast<std::size_t>(*number)]) return std::nullopt;
    is_there[static_cast<std::size_t>(*number)] = true;
  }
  if (rows == 0 || (is_there[0] && is_there.back())) return std::nullopt;
  return is_there[0] ? 0 : 1;
}

std::vector<std::string> names_from_one(Index nodes) {
  std::vector<std::string> names;
  for (Index i = 1; i <= nodes; ++i)
    names.push_back(std::to_string(i));
  return names;
}

NodeIds::NodeIds(const NodeTable& table, bool names) : nodes_(table.rows()), counted_(table.name()) {
  const std::vector<std::string_view>& ids = table.column(Role::id)->text;
  if (const std::vector<std::string> others = table.other_ids(); !others.empty())
    others_ = in_quotes(table.column(Role::id)->name) + ", not " + joined(others) + ": name another one id to go by it";
  const auto number = first_of_numbers(ids);
  if (number && !names) {
    first_ = number;
    if (number == 1) names_ = names_from_one(nodes_);
    return;
  }
  const bool in_order = number && std::ranges::is_sorted(ids, {}, whole_number);
  order_is_a_tables_ = !in_order && (!names || table.columns.size() > 1 || table.features);
  names_.assign(ids.begin(), ids.end());
  number_.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) table.text->text().refuse(table.line[i], "the id of a node is empty, want its name");
    if (!number_.emplace(names_[i], static_cast<Node>(i)).second)
      table.text->text().refuse(table.line[i], in_quotes(names_[i]) + " names another node already" +
                                                   hint_of_feature(*table.column(Role::id)));
  }
}

void NodeIds::count_from_one(const std::string& edges) {
  if (decide()) return;
  first_ = 1;
  names_ = names_from_one(nodes_);
  from_one_in_ = edges;
}

std::optional<Node> NodeIds::find(std::string_view id) const {
  if (named() && !first_) {
    const auto found = number_.find(std::string(id));
    return found == number_.end() ? std::nullopt : std::optional(found->second);
  }
  const Index first = first_.value_or(0);
  auto number = whole_number(id);
  if (!number) number = whole_with_exponent(id);
  if (!number || *number < first || *number >= first + nodes_) return std::nullopt;
  return static_cast<Node>(*number - first);
}

std::string NodeIds::order() const {
  if (named() && !first_) return "in the order of " + counted_;
  const Index first = first_.value_or(0);
  return "as the nodes " + std::to_string(first) + ", " + std::to_string(first + 1) + " …";
}

std::string NodeIds::near(std::string_view id) const {
  const auto number = real_number(id);  // 10.0 is 10, which pandas writes so beside missing values
  const bool whole = number && std::abs(*number) < 1e15 && *number == std::trunc(*number);
  const std::string form = whole ? std::to_string(static_cast<std::int64_t>(*number)) : folded_name(id);
  if (!named() && form != id && find(form))
    return ": " + form + " is; " + (whole ? "write whole numbers without a point" : "other characters aren't seen");
  for (const std::string& name : names_) {
    if (name == id) continue;
    if (whole && real_number(name) == number)
      return ": " + in_quotes(name) + " is; names are compared as they are written";
    if (folded_name(name) == form)
      return ": " + in_quotes_seen(name) + " is, and " + in_quotes_seen(id) +
             " differs from it in case, blanks, characters that aren't seen or form of Unicode alone; names are "
             "compared "
             "as they are written";
  }
  if (!others_.empty()) return "; the ids are its column " + others_;
  return from_one_in_.empty() ? "" : ": " + from_one_in_ + " numbers them 1 … " + std::to_string(nodes_);
}

void NodeIds::want_rows(const std::filesystem::path& file, Index rows) const {
  if (rows == nodes_) return;
  const bool may_be_header = rows + 1 == nodes_ && features_ != nullptr && starts_with_whole_numbers(*features_->text);
  refuse_file(file, "",
              "got " + std::to_string(rows) + " lines, want " + std::to_string(nodes_) + ": one for each node of " +
                  counted_ +
                  (may_be_header ? ", whose first line is read as a node: where its numbers are names of columns, "
                                   "write them with a letter, as y2019"
                                 : ""));
}

std::string NodeIds::hint_of_ids() const {
  if (features_ == nullptr || !has_large_numbers_first(*features_->text)) return {};
  const bool named = !features_->feature_names.empty() && !features_->feature_names[0].empty();
  return "; where the first column of " + features_->name() + " holds the ids, " +
         (named ? "name it id, not " + in_quotes(features_->feature_names[0]) : "write a header such as id,x1,x2");
}

std::vector<Node> NodeIds::nodes_of(const NodeTable& table, bool partial) const {
  std::vector<Node> nodes;
  nodes.reserve(table.line.size());
  const NodeColumn* ids = table.column(Role::id);
  if (ids == nullptr) {
    if (table.counted_header && table.rows() + 1 == nodes_)
      table.text->text().refuse(1,
                                "counts the columns and was taken as a header, but with it there is a line for each "
                                "node of " +
                                    counted_ + ": where it is a node, write a header above it");
    want_rows(table.file, table.rows());
    for (Index i = 0; i < nodes_; ++i)
      nodes.push_back(static_cast<Node>(i));
    return nodes;
  }
  std::vector<bool> is_there(static_cast<std::size_t>(nodes_), false);
  for (std::size_t row = 0; row < table.line.size(); ++row) {
    const auto node = find(ids->text[row]);
    const auto refuse = [&](const std::string& what) {
      table.text->text().refuse(table.line[row], "the id " + in_quotes(ids->text[row]) + what);
    };
    const bool may_be_header = row == 0 && ids->name.empty() && !real_number(ids->text[row]);
    if (!node)
      refuse(" is not a node of " + counted_ + near(ids->text[row]) +
             (may_be_header ? "; where it heads the column of ids, name it id" : ""));
    if (is_there[static_cast<std::size_t>(*node)]) refuse(" is here twice");
    is_there[static_cast<std::size_t>(*node)] = true;
    nodes.push_back(*node);
  }
  if (!partial) want_rows(table.file, table.rows());
  return nodes;
}

}  // namespace mercer
