#include "data/tables/edge_table.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "data/tables/edge_ends.hpp"
#include "data/tables/edge_header.hpp"
#include "data/tables/edge_reader.hpp"

namespace mercer {

std::optional<std::int64_t> number_of(std::string_view text, TextTable* table) {
  auto number = whole_number(text);
  if (!number) number = whole_with_exponent(text);
  if (table != nullptr && (!number || *number < 0)) {
    refuse_missing_end(*table, text);
    const auto real = real_number(text);
    if (number) table->refuse("node " + std::to_string(*number) + " is out of range, want 0 or more");
    const bool large = real && std::abs(*real) > 9e15 && text.find_first_of(".eE") == std::string_view::npos;
    table->refuse("got " + in_quotes(text) + ", want the number of a node" +
                  (large  ? ", below 2^31; nodes.txt can hold ids of any form"
                   : real ? ": a whole number without a point"
                          : "; nodes.txt gives nodes names, a line each"));
  }
  return number;
}

EdgeTable::EdgeTable(const std::filesystem::path& file, const NodeIds& ids, bool counted)
    : file_(file), ids_(ids), is_named_(ids.named()), ids_decide_(ids.decide()), counted_(counted) {
  std::error_code error;
  if (std::filesystem::file_size(file, error) == 0 && !error) return;
  if (is_named_) {
    reader_ = std::make_unique<EdgeReader>(file, [this](std::string_view text) { return ids_.find(text).has_value(); });
    return;
  }
  reader_ = std::make_unique<EdgeReader>(file);
  reader_->read(number_of, counted, false);
  reader_->note_exponents();
  if (!ids_decide_) reader_->refuse_two_kinds();
  reader_->settle_first_pair(ids.nodes());
  reader_->settle_first_counts(ids.nodes());
  extent_ = extent_of(reader_->ends);
  const int first = reader_->counted_from();
  const bool ends_decide = first < 0 && extent_.most == ids.nodes();
  from_one_ = extent_.least >= 1 && extent_.most <= ids.nodes() && (first == 1 || ends_decide);
}

void EdgeTable::read_names() {
  reader_->read(
      [&](std::string_view text, TextTable* table) -> std::optional<std::int64_t> {
        const auto node = ids_.find(text);
        if (!node && table != nullptr) refuse_missing_end(*table, text);
        if (!node && table != nullptr)
          table->refuse(in_quotes(text) + " is not among the names of " + ids_.counted() + ids_.near(text));
        return node ? std::optional<std::int64_t>(*node) : std::nullopt;
      },
      counted_, false);
  reader_->settle_first_pair(ids_.nodes());
}

EdgeTable::~EdgeTable() = default;

void EdgeTable::set(Dataset& data) {
  const std::string name = file_.filename().string();
  const Index nodes = ids_.nodes();
  if (!reader_) {
    data.notes.push_back(name + " is empty: the graph has no edges");
    return set_graph(nodes, {}, {}, data);
  }
  if (is_named_) read_names();
  reader_->give(nodes, data);
  if (extent_.most >= nodes && !from_one_) reader_->refuse_outside(nodes, ids_.counted(), ids_.hint_of_ids());
  if (from_one_) {
    data.notes.push_back(name + ": nodes are numbered 1 … " + std::to_string(nodes) +
                         "; these numbers are their names" + (ids_decide_ ? "" : ", in other files, too"));
    data.node_names = names_from_one(nodes);
  } else if (!ids_decide_ && extent_.least >= 1 && extent_.most >= 0 && reader_->counted_from() < 0) {
    data.notes.push_back(
        name + ": neither 0 nor " + std::to_string(nodes) +
        " is there: nodes are counted from 0; where they count from 1, nodes.txt says so, a number a line");
  }
  reader_->set(nodes, from_one_ ? 1 : 0, data);
}

void read_bare_edges(const std::filesystem::path& file, Dataset& data) {
  EdgeReader reader(file);
  TextTable& table = reader.table();
  const std::vector<Fields> rows = table.first_rows();
  const bool words = !rows.empty() && rows.back().size() > 1 && !real_number(rows.back()[0]);
  if (words) {
    constexpr std::int64_t zero = 0;
    const FirstRow first = first_of_words(table);
    const bool is_edge = first != FirstRow::header;
    if (is_edge) refuse_triples(table);
    std::unordered_map<std::string_view, std::int64_t> number;
    reader.read(
        [&](std::string_view text, TextTable* at) -> std::optional<std::int64_t> {
          if (at == nullptr) return is_edge ? std::optional(zero) : std::nullopt;
          refuse_missing_end(*at, text);
          const auto [found, is_new] = number.emplace(text, std::ssize(number));
          if (is_new) data.node_names.emplace_back(text);
          return found->second;
        },
        false, true);
    reader.give(std::ssize(number), data);
    if (first == FirstRow::edge_or_header)
      data.notes.push_back(table.text().name() +
                           ": the first line is read as an edge, though neither of its nodes is there again: where it "
                           "is a header, want names such as source,target");
    return reader.set(std::ssize(number), 0, data);
  }
  reader.read(number_of, false, false);
  reader.note_exponents();
  reader.refuse_two_kinds();
  reader.settle_first_pair(std::nullopt);
  reader.settle_first_counts(std::nullopt);
  const IdExtent extent = extent_of(reader.ends);
  reader.give(extent.most + 1, data);
  const bool from_one = reader.counted_from() < 0 ? extent.least == 1 : reader.counted_from() == 1 && extent.least >= 1;
  const std::int64_t first = from_one ? 1 : 0;
  if (mostly_gaps(reader.ends, extent.most)) {
    for (const std::int64_t id : compressed(reader.ends))
      data.node_names.push_back(std::to_string(id));
    data.notes.push_back("ids have gaps: the " + std::to_string(data.node_names.size()) +
                         " that occur are the nodes, in ascending order");
    return reader.set(std::ssize(data.node_names), 0, data);
  }
  if (from_one) {
    data.notes.emplace_back("nodes are numbered from 1; these numbers are their names");
    data.node_names = names_from_one(extent.most);
  }
  reader.set(extent.most + 1 - first, first, data);
}

}  // namespace mercer
