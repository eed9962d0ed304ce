#include "data/files/npz_members.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/npy.hpp"
#include "data/files/read_file.hpp"
#include "data/labels/label_array.hpp"
#include "data/labels/labels.hpp"
#include "data/rounding.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

std::string text_of(const std::vector<Index>& shape) {
  std::string text = "(";
  for (const Index length : shape)
    text += (text.size() > 1 ? ", " : "") + (length < 0 ? "any" : std::to_string(length));
  return text + ")";
}

bool matches(const std::vector<Index>& shape, const std::vector<Index>& wanted) {
  if (shape.size() != wanted.size()) return false;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (wanted[d] >= 0 && shape[d] != wanted[d]) return false;
  return true;
}

/// What the optional member task says of the labels.
std::optional<LabelKind> task_of(const Npz& archive) {
  if (!has_readable(archive, "task")) return std::nullopt;
  const NpyArray member = member_of_shape(archive, "task", {1});
  const std::string task = member.strings()[0];
  if (task == "regression") return LabelKind::real;
  if (task == "multi-label") return LabelKind::several;
  if (task != "classification")
    refuse_file(member.source, "", "got " + in_quotes(task) + ", want classification, multi-label or regression");
  return std::nullopt;
}

}  // namespace

std::string name_of(const std::filesystem::path& path) { return path.stem().string(); }

void refuse_shape(const NpyArray& array, const std::string& wanted) {
  refuse_file(array.source, "", "has the shape " + text_of(array.shape) + ", want " + wanted);
}

NpyArray member_of_shape(const Npz& archive, const std::string& name, const std::vector<Index>& shape) {
  const NpyArray array = archive.header(name);  // its items are read only when they are as many as is wanted
  if (!matches(array.shape, shape))
    refuse_file(array.source, "", "has the shape " + text_of(array.shape) + ", want " + text_of(shape));
  return archive.at(name);
}

bool has_readable(const Npz& archive, const std::string& name) {
  return archive.contains(name) && !holds_objects(archive.header(name));
}

std::string first_of(const Npz& archive, std::span<const char* const> names) {
  for (const char* name : names)
    if (archive.contains(name)) return name;
  return {};
}

std::vector<std::string> notes_on_unread(const Npz& archive, std::initializer_list<std::string_view> known,
                                         std::span<const std::array<const char*, 3>> splits) {
  std::set<std::string, std::less<>> read(known.begin(), known.end());
  for (const auto& names : splits)
    read.insert(names.begin(), names.end());
  read.insert({first_of(archive, edge_feature_members), first_of(archive, edge_weight_members), "edge_feature_names"});
  std::vector<std::string> notes;
  for (const std::string& name : archive.names())
    if (holds_objects(archive.header(name)))
      notes.push_back("member " + in_quotes(name) + " holds pickled Python objects and was skipped");
    else if (!read.contains(name))
      notes.push_back(in_quotes(name) + " is not read");
  return notes;
}

Features dense_features(const NpyArray& array, Index nodes, std::vector<std::string>& notes) {
  if (!matches(array.shape, {nodes, -1})) refuse_shape(array, text_of({nodes, -1}) + ": features of each node");
  const Index width = array.shape[1];
  if (width > std::numeric_limits<Node>::max()) refuse_shape(array, "less than 2^31 features");
  const std::vector<Real> values = reals_of(array, notes);
  FeatureRows rows(array.source, "", width);
  for (Index i = 0; i < nodes; ++i) {
    for (Index c = 0; c < width; ++c)
      if (const Real x = values[static_cast<std::size_t>(i * width + c)]; x != 0) rows.add(c, x);
    rows.end_row();
  }
  return in_fitting_form(std::move(rows).matrix());
}

bool flag_of(const Npz& archive, const std::string& name) {
  if (!archive.contains(name)) return false;
  const std::vector<bool> flag = archive.at(name).as<bool>();
  return !flag.empty() && flag.front();
}

void read_labels(Dataset& set, const Npz& archive, const std::string& name, Index nodes) {
  const NpyArray header = archive.header(name);
  if (nodes < 0 && header.shape.empty()) refuse_shape(header, "one label for each node");
  if (holds_texts(header)) {
    const Index rows = nodes < 0 ? header.shape[0] : nodes;
    const std::vector<std::string> texts = member_of_shape(archive, name, {rows}).strings();
    if (archive.contains("class_names"))
      set.notes.emplace_back("'class_names' is not read: the labels are names themselves");
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return set_labels({.file = header.source, .texts = views, .example = set.example_in_words()}, task_of(archive),
                      set);
  }
  const bool named = has_readable(archive, "class_names");
  set_labels(archive.at(name), nodes < 0 ? header.shape[0] : nodes, set, {task_of(archive), named});
  const Index classes = set.classes();
  if (!named) return;
  const NpyArray names = member_of_shape(archive, "class_names", {-1});
  set.class_names = names.strings();
  if (set.classes() < classes)
    refuse_file(names.source, "",
                "names " + std::to_string(set.classes()) + " classes, the labels want " + std::to_string(classes) +
                    (std::ranges::find(set.labels, 0) == set.labels.end() ? ": no node has the label 0" : ""));
}

}  // namespace mercer
