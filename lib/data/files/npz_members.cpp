#include "data/files/npz_members.hpp"

#include <cstdint>

#include "data/assemble.hpp"
#include "data/files/npy.hpp"
#include "data/files/read_file.hpp"

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

}  // namespace

std::string name_of(const std::filesystem::path& path) { return path.stem().string(); }

NpyArray member_of_shape(const Npz& archive, const std::string& name, const std::vector<Index>& shape) {
  NpyArray array = archive.at(name);
  if (!matches(array.shape, shape))
    refuse_file(array.source, "", "has the shape " + text_of(array.shape) + ", want " + text_of(shape));
  return array;
}

bool has_readable(const Npz& archive, const std::string& name) {
  return archive.contains(name) && !holds_objects(archive.header(name));
}

std::vector<std::string> notes_on_objects(const Npz& archive) {
  std::vector<std::string> notes;
  for (const std::string& name : archive.names())
    if (holds_objects(archive.header(name)))
      notes.push_back("member '" + name + "' holds pickled Python objects and was skipped");
  return notes;
}

void read_labels(Dataset& set, const Npz& archive, const std::string& name, Index nodes) {
  const NpyArray labels = member_of_shape(archive, name, {nodes});
  set.labels = checked_labels(labels.source, labels.as<std::int64_t>());
  const Index classes = classes_of(set.labels);
  if (!has_readable(archive, "class_names")) {
    set.class_names = numbered_classes(classes);
    return;
  }
  const NpyArray names = member_of_shape(archive, "class_names", {-1});
  set.class_names = names.strings();
  if (set.classes() < classes)
    refuse_file(names.source, "",
                "names " + std::to_string(set.classes()) + " classes, the labels want " + std::to_string(classes));
}

}  // namespace mercer
