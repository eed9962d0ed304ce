#include "mercer/experiment/match.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/lower_case.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/vocabulary.hpp"
#include "mercer/experiment/encoding.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {

namespace {

constexpr std::size_t most_listed = 6;

using Names = std::vector<std::string>;
using Numbers = std::unordered_map<std::string, Index>;

std::string some_of(const Names& names) {
  std::string text;
  for (std::size_t n = 0; n < std::min(names.size(), most_listed); ++n)
    text += (n == 0 ? "" : ", ") + listed_name(names[n]);
  return names.size() > most_listed ? text + " and " + std::to_string(names.size() - most_listed) + " more" : text;
}

Numbers numbers_of(const Names& names) {
  Numbers numbers;
  for (std::size_t n = 0; n < names.size(); ++n)
    numbers.emplace(names[n], static_cast<Index>(n));
  return numbers;
}

std::vector<Index> class_sizes(const Dataset& data) {
  std::vector<Index> sizes(data.class_names.size(), 0);
  for (const std::int32_t label : data.labels)
    if (label >= 0) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

/// Numbers the labels by the classes of the model.
void match_classes(Dataset& data, const Names& classes) {
  const Numbers numbers = numbers_of(classes);
  const std::vector<Index> sizes = class_sizes(data);
  std::vector<std::int32_t> number(sizes.size(), -1);
  Names unknown;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    const auto found = numbers.find(data.class_names[c]);
    if (found != numbers.end())
      number[c] = static_cast<std::int32_t>(found->second);
    else if (sizes[c] > 0)
      unknown.push_back(data.class_names[c]);
  }
  if (!unknown.empty())
    throw ValueError(data.name + ": " + some_of(unknown) +
                     (unknown.size() == 1 ? " is no class of the model, which knows "
                                          : " are no classes of the model, which knows ") +
                     some_of(classes) + "; give the labels these names, or leave the labels out to predict only");
  for (std::int32_t& label : data.labels)
    if (label >= 0) label = number[static_cast<std::size_t>(label)];
  data.class_names = classes;
  Names without;
  const std::vector<Index> now = class_sizes(data);
  for (std::size_t c = 0; c < now.size(); ++c)
    if (now[c] == 0) without.push_back(classes[c]);
  if (!without.empty() && without.size() < classes.size())
    data.notes.push_back(std::string("no ") + data.example_in_words() + " is of the model's " +
                         (without.size() == 1 ? "class " : "classes ") + some_of(without));
}

/// Names that differ from wanted ones in their case alone, and from all others, become those.
Names in_case_of(Names own, const Names& wanted) {
  std::unordered_map<std::string, int> own_count, wanted_count;
  for (const std::string& name : own)
    ++own_count[lower_case(name)];
  for (const std::string& name : wanted)
    ++wanted_count[lower_case(name)];
  std::unordered_map<std::string, std::string> spelling;
  for (const std::string& name : wanted)
    if (const std::string lower = lower_case(name); wanted_count[lower] == 1 && own_count[lower] == 1)
      spelling.emplace(lower, name);
  for (std::string& name : own)
    if (const auto found = spelling.find(lower_case(name)); found != spelling.end()) name = found->second;
  return own;
}

/// Does the name say no more than that a column is what is learned, as that of labels without a name?
bool is_general(const std::string& name) {
  constexpr std::array general{"value", "values", "label", "labels", "target", "targets", "class", "y"};
  return std::ranges::find(general, lower_case(name)) != general.end();
}

/// The columns of targets in the order of the model's, by name; of a single column and a single target, either of which
/// has a general name, whatever the other one is called.
void match_targets(Dataset& data, const Names& wanted) {
  data.class_names = in_case_of(std::move(data.class_names), wanted);
  const Numbers numbers = numbers_of(data.class_names);
  const bool single =
      wanted.size() == 1 && data.classes() == 1 && (is_general(wanted.front()) || is_general(data.class_names.front()));
  const bool any = std::ranges::any_of(data.labels, [](std::int32_t label) { return label >= 0; });
  Tensor targets = Tensor::filled(data.examples(), std::ssize(wanted), std::numeric_limits<Real>::quiet_NaN());
  Names missing;
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const auto found = numbers.find(wanted[c]);
    if (found == numbers.end() && !single) {
      missing.push_back(wanted[c]);
      continue;
    }
    for (Index i = 0; i < data.examples(); ++i)
      targets(i, static_cast<Index>(c)) = data.targets(i, single ? 0 : found->second);
  }
  if (any && !missing.empty())
    throw ValueError(data.name + ": the " + data.examples_in_words() + " have no label " + some_of(missing) +
                     ", which the model learned; they have " + some_of(data.class_names) +
                     "; give the labels these names, or leave the labels out to predict only");
  data.targets = std::move(targets);
  data.class_names = wanted;
}

/// The column of each name that is wanted, and names that are not. Throws ValueError "WHO have no feature …".
std::pair<std::vector<Index>, Names> columns_by_name(const std::string& who, const Names& own, const Names& wanted) {
  const Numbers numbers = numbers_of(own);
  std::vector<Index> columns;
  Names missing, extra;
  for (const std::string& name : wanted) {
    const auto found = numbers.find(name);
    if (found == numbers.end())
      missing.push_back(name);
    else
      columns.push_back(found->second);
  }
  if (!missing.empty())
    throw ValueError(who + " have no feature " + some_of(missing) + ", which the model reads; they have " +
                     some_of(own));
  const Numbers read = numbers_of(wanted);
  for (const std::string& name : own)
    if (!read.contains(name)) extra.push_back(name);
  return {columns, extra};
}

/// Brings the columns into the order of the model's, by name.
void match_names(Dataset& data, const Names& wanted) {
  data.feature_names = in_case_of(std::move(data.feature_names), wanted);
  const auto [columns, extra] = columns_by_name(data.name + ": the nodes", data.feature_names, wanted);
  data = with_columns(std::move(data), columns);
  if (!extra.empty()) data.notes.push_back("the model doesn't read the features " + some_of(extra));
}

/// Sparse text features: the same index is the same column, whichever indices occur.
void match_indices(Dataset& data, const TrainedModel& trained) {
  const Index got = data.feature_count(), shift = *data.first_index - *trained.first_index;
  if (got > 0 && (shift < 0 || got + shift > trained.features))
    throw ValueError(data.name + ": the features have the indices " + std::to_string(*data.first_index) + " … " +
                     std::to_string(*data.first_index + got - 1) + ", the model reads " +
                     std::to_string(*trained.first_index) + " … " +
                     std::to_string(*trained.first_index + trained.features - 1));
  std::vector<Index> columns(static_cast<std::size_t>(trained.features), -1);
  for (Index c = 0; c < got; ++c)
    columns[static_cast<std::size_t>(c + shift)] = c;
  data = with_columns(std::move(data), columns);
  data.first_index = trained.first_index;
  data.notes.push_back("the features that occur end at index " + std::to_string(*data.first_index + got + shift - 1) +
                       "; they get the width of the model's, " + std::to_string(trained.features));
}

/// Of a model whose features are those of the data alone.
void match_own_features(Dataset& data, const TrainedModel& trained) {
  const bool named = !data.feature_names.empty() && !trained.feature_names.empty();
  if (named && data.feature_names == trained.feature_names) return;
  if (named && has_tokens(data) && trained.feature_names.front() == unknown_word) {
    data = with_vocabulary(std::move(data), trained.feature_names);
    return;
  }
  if (named) return match_names(data, trained.feature_names);
  const Index got = data.feature_count();
  const bool by_index = data.first_index && trained.first_index;
  if (got == trained.features && (!by_index || data.first_index == trained.first_index)) return;
  if (by_index) return match_indices(data, trained);
  throw ValueError(data.name + ": the " + data.examples_in_words() + " have " + std::to_string(got) +
                   " features, the model wants " + std::to_string(trained.features));
}

/// Is the name COLUMN=WORD, not among the names, one more word of a column that they have words of?
bool is_word_of_column(const Names& names, const std::string& name) {
  const std::size_t sign = name.find('=');
  if (sign == std::string::npos || std::ranges::find(names, name) != names.end()) return false;
  const std::string column = name.substr(0, sign + 1);
  return std::ranges::any_of(names, [&](const std::string& other) { return other.starts_with(column); });
}

/// Throws ValueError where a column of words has none that the model knows: all edges would look alike.
void require_a_word(const std::string& name, const Names& own, const Names& wanted) {
  std::unordered_map<std::string, std::pair<Names, Names>> words;  // of a column: the model's, the graph's
  const auto add = [&](const Names& names, auto part) {
    for (const std::string& full : names)
      if (const std::size_t sign = full.find('='); sign != std::string::npos)
        (words[full.substr(0, sign)].*part).push_back(full.substr(sign + 1));
  };
  add(wanted, &std::pair<Names, Names>::first);
  add(own, &std::pair<Names, Names>::second);
  for (const auto& entry : words) {
    const auto& of = entry.second;
    const auto is_known = [&](const std::string& word) { return std::ranges::find(of.first, word) != of.first.end(); };
    if (of.first.empty() || of.second.empty() || std::ranges::any_of(of.second, is_known)) continue;
    throw ValueError(name + ": the edges have the words " + some_of(of.second) + " in the column " + entry.first +
                     ", of which the model knows none; it reads " + some_of(of.first) +
                     ": want these words, spelled so");
  }
}

/// The columns, zeros for those past the last one.
Tensor columns_at(const Tensor& x, const std::vector<Index>& columns) {
  Tensor picked(x.rows(), std::ssize(columns));
  for (Index i = 0; i < x.rows(); ++i)
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c] < x.columns()) picked(i, static_cast<Index>(c)) = x(i, columns[c]);
  return picked;
}

/// The features of edges in the order of the model's, by name; a word that no edge has is a column of zeros; of a model
/// that reads none, none.
void match_edge_features(Dataset& data, const TrainedModel& trained) {
  const Names& wanted = trained.edge_feature_names;
  const Names own = in_case_of(edge_feature_names(data), wanted);
  const auto width = static_cast<std::size_t>(trained.options.number("edge-columns").value_or(0));
  if (width == 0) {
    if (!own.empty()) data.notes.push_back("the model doesn't read the features of edges " + some_of(own));
    data.edge_features = data.repeated_features = {};
    data.edge_feature_names.clear();
    return;
  }
  if (wanted.empty() || data.edge_feature_names.empty()) {
    if (own.size() == width) return;
    throw ValueError(data.name + ": the edges have " + std::to_string(own.size()) + " features, the model reads " +
                     (wanted.empty() ? std::to_string(width) : some_of(wanted)));
  }
  require_a_word(data.name, own, wanted);
  Names all = own;  // and words that this graph lacks
  for (const std::string& name : wanted)
    if (is_word_of_column(own, name)) all.push_back(name);
  const auto [columns, extra] = columns_by_name(data.name + ": the edges", all, wanted);
  data.edge_features = columns_at(data.edge_features, columns);
  if (data.has_repeated_features()) data.repeated_features = columns_at(data.repeated_features, columns);
  data.edge_feature_names = wanted;
  if (!extra.empty()) data.notes.push_back("the model doesn't read the features of edges " + some_of(extra));
}

void match_features(Dataset& data, const TrainedModel& trained) {
  if (!trained.data.encoding) return match_own_features(data, trained);
  TrainedModel own = trained;  // without the columns of the encoding, the last ones
  own.features -= encoding_columns(*trained.data.encoding);
  own.feature_names = own_feature_names(trained);
  match_own_features(data, own);
}

}  // namespace

Dataset matched(Dataset data, const TrainedModel& trained) {
  match_edge_features(data, trained);
  if (!trained.data.features) match_features(data, trained);  // others are made of the graph
  if (data.label_kind == LabelKind::classes)
    match_classes(data, trained.class_names);
  else
    match_targets(data, trained.class_names);
  return data;
}

std::vector<std::string> own_feature_names(const TrainedModel& trained) {
  std::vector<std::string> names = trained.feature_names;
  if (!names.empty() && trained.data.encoding)  // whose columns are the last ones
    names.resize(names.size() - static_cast<std::size_t>(encoding_columns(*trained.data.encoding)));
  return names;
}

void note_columns_by_number(Dataset& data, const std::vector<std::string>& names_of_columns) {
  if (!names_of_columns.empty() && !data.feature_names.empty()) return;
  data.notes.push_back(std::string("the features are a column for each node, by number, since ") +
                       (names_of_columns.empty() ? "the model knows" : "these data have") +
                       " no names of nodes: row 0 is taken for row 0 of the training graph");
}

std::string difference(const Prepared& prepared, const TrainedModel& trained) {
  const std::vector<Split>& splits = prepared.data.splits;
  const auto is_learned = [&](const Split& split) { return same_parts(parts_of(prepared, split), trained.parts); };
  const auto has_learned = [&] {
    if (prepared.plan.of_model || splits.empty()) return false;
    if (std::ranges::any_of(splits, is_learned)) return true;
    return prepared.plan.kind == SplitPlan::Kind::given && is_learned(split_of(prepared, trained.seed, 0).split);
  };
  Fingerprint now = prepared.source;
  if (now.splits != trained.fingerprint.splits && has_learned()) now.splits = trained.fingerprint.splits;
  return difference(now, trained.fingerprint);
}

bool same_examples(const Prepared& prepared, const TrainedModel& trained) {
  Fingerprint now = prepared.source;
  now.splits = trained.fingerprint.splits;
  return difference(now, trained.fingerprint).empty();
}

void note_direction(Dataset& data, const TrainedModel& trained, bool own) {
  if (own && trained.fingerprint.directed.value_or(data.directed) == data.directed) return;
  if (data.has_items() || trained.data.symmetrise != data.directed || is_symmetric(data.graph)) return;
  data.notes.emplace_back(data.directed
                              ? "the source says that its edges are directed; the model was trained on edges "
                                "in both directions, and they are symmetrised as there"
                              : "the source doesn't say that its edges are directed; the model was trained on "
                                "directed ones, and they are used one way as there");
}

}  // namespace mercer
