#include "mercer/data/torch_file.hpp"

#include <algorithm>
#include <fstream>
#include <unordered_map>
#include <utility>

#include "data/files/pickled_arrays.hpp"
#include "data/files/read_file.hpp"
#include "data/files/zip_archive.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;
using Kind = PickleObject::Kind;

constexpr std::size_t most_names = 100000, deepest = 4;

/// The member "NAME/data.pkl" of an archive; empty without one.
std::string pickle_member(const ZipArchive& zip) {
  for (const std::string& name : zip.names())
    if (name == "data.pkl" || name.ends_with("/data.pkl")) return name;
  return {};
}

std::string pickle_of(const ZipArchive& zip) {
  const std::string member = pickle_member(zip);
  if (member.empty()) refuse_file(zip.file(), "", "has no member data.pkl, want a file of torch.save");
  return zip.read(member);
}

std::size_t width_of_item(std::string_view dtype) {
  return dtype.size() == 3 ? static_cast<std::size_t>(dtype[2] - '0') : 0;
}

/// Items at offset + Σ_d index_d stride_d, copied in C order.
class Strided {
 public:
  Strided(std::vector<Index> shape, std::vector<Index> stride, Index offset)
      : shape_(std::move(shape)), stride_(std::move(stride)), offset_(offset) {}

  /// False when an item lies outside the storage, or there are more items than it has.
  bool fits(Index items) const {
    if (offset_ < 0 || offset_ > items) return false;
    if (std::ranges::find(shape_, Index{0}) != shape_.end()) return true;
    Index last = offset_, count = 1;
    for (std::size_t d = 0; d < shape_.size(); ++d) {
      if (stride_[d] < 0 || stride_[d] > items || shape_[d] > items / count) return false;
      count *= shape_[d];
      if (stride_[d] > 0 && shape_[d] - 1 > (items - 1 - last) / stride_[d]) return false;
      last += (shape_[d] - 1) * stride_[d];
    }
    return last < items;
  }

  void copy(const std::string& from, std::size_t width, std::vector<std::byte>& to) const {
    Index count = 1;
    for (const Index length : shape_)
      count *= length;
    to.resize(static_cast<std::size_t>(count) * width);
    std::vector<Index> index(shape_.size(), 0);
    Index place = offset_;
    for (std::size_t item = 0; item < static_cast<std::size_t>(count); ++item) {
      std::copy_n(reinterpret_cast<const std::byte*>(from.data()) + static_cast<std::size_t>(place) * width, width,
                  to.data() + item * width);
      for (std::size_t d = shape_.size(); d-- > 0;) {
        place += stride_[d];
        if (++index[d] < shape_[d]) break;
        place -= stride_[d] * shape_[d];
        index[d] = 0;
      }
    }
  }

 private:
  std::vector<Index> shape_, stride_;
  Index offset_;
};

bool is_tensor(const PickleValue& value) {
  return object_of(value, Kind::tensor) != nullptr || is_array_of_numbers(value);
}

/// Are all keys texts? Those of an optimizer's state are numbers.
bool has_names(const PickleObject& dictionary) {
  for (std::size_t i = 0; i < dictionary.items.size(); i += 2)
    if (!std::holds_alternative<std::string_view>(dictionary.items[i])) return false;
  return true;
}

}  // namespace

struct TorchFile::Content {
  ZipArchive zip;
  Pickle pickle;
  bool is_data = false;
  std::vector<std::string> names, others;
  std::unordered_map<std::string, PickleValue> values;  // by name

  explicit Content(const fs::path& file)
      : zip(file, "zip archive of torch.save"), pickle(file / "data.pkl", pickle_of(zip)) {
    collect(pickle.root());
  }

  [[noreturn]] void refuse(const std::string& place, const std::string& what) const {
    refuse_file(zip.file(), place, what);
  }

  void collect(const PickleValue& root) {
    const PickleObject *list = object_of(root, Kind::list), *tuple = object_of(root, Kind::tuple);
    if (list != nullptr) refuse_list(*list, "list");
    if (tuple != nullptr && (tuple->items.empty() || count_graphs(*tuple) > 1)) refuse_list(*tuple, "tuple");
    if (tuple != nullptr) return collect_set(*tuple);
    if (object_of(root, Kind::instance) != nullptr) return collect_data(root);
    const PickleObject* dictionary = object_of(root, Kind::dictionary);
    if (dictionary == nullptr) refuse("", "holds neither a dictionary of tensors nor a Data of PyTorch Geometric");
    collect_items(*dictionary, "", 1);
    is_data = values.contains("edge_index");
  }

  static Index count_graphs(const PickleObject& list) {
    return std::ranges::count_if(list.items, [](const PickleValue& v) { return object_of(v, Kind::instance); });
  }

  [[noreturn]] void refuse_list(const PickleObject& list, const std::string& what) const {
    const Index graphs = count_graphs(list);
    if (graphs == 0)
      refuse("", "holds a " + what + " of " + std::to_string(list.items.size()) +
                     " objects, want a Data of PyTorch Geometric or a dictionary of tensors");
    refuse_graphs("a " + what + " of " + std::to_string(graphs));
  }
  [[noreturn]] void refuse_graphs(const std::string& count) const {
    refuse("",
           "holds " + count +
               " graphs, want a single one, whose nodes are learned of: save one Data, torch.save(graphs[0], FILE), "
               "or all as parts of one: b = Batch.from_data_list(list(graphs)), then "
               "torch.save(Data(x=b.x, edge_index=b.edge_index, y=b.y), FILE)");
  }

  /// What InMemoryDataset saves: (data, slices, …), of a single graph.
  void collect_set(const PickleObject& tuple) {
    const PickleObject* slices = tuple.items.size() < 2 ? nullptr : object_of(tuple.items[1], Kind::dictionary);
    for (std::size_t i = 1; slices != nullptr && i < slices->items.size(); i += 2)
      if (const PickleObject* offsets = object_of(slices->items[i], Kind::tensor)) {
        const Index graphs = shape_of("slices", *offsets).at(0) - 1;
        if (graphs != 1) refuse_graphs(std::to_string(graphs));
      }
    collect(tuple.items[0]);
  }

  /// Data → _store → _mapping.
  void collect_data(const PickleValue& root) {
    const auto state_of = [&](const PickleValue* value, const char* what) -> const PickleObject& {
      const PickleObject* object = value == nullptr ? nullptr : object_of(*value, Kind::instance);
      if (object == nullptr || object->items.empty()) refuse(what, "is missing");
      return *object_of(object->items[0], Kind::dictionary);
    };
    const PickleObject& storage = state_of(value_of(state_of(&root, "Data"), "_store"), "Data._store");
    const PickleValue* mapping = value_of(storage, "_mapping");
    const PickleObject* items = mapping == nullptr ? nullptr : object_of(*mapping, Kind::dictionary);
    if (items == nullptr) refuse("Data._store", "has no _mapping");
    collect_items(*items, "", deepest);  // dictionaries in a Data are no tensors
    is_data = true;
  }

  void collect_items(const PickleObject& dictionary, const std::string& prefix, std::size_t depth) {
    for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
      const auto* key = std::get_if<std::string_view>(&dictionary.items[i]);
      if (key == nullptr) refuse("", "a dictionary has a key that is no text");
      const std::string name = prefix + std::string(*key);
      const PickleValue& value = dictionary.items[i + 1];
      const PickleObject* inner = object_of(value, Kind::dictionary);
      if (inner != nullptr && depth < deepest && has_names(*inner)) {
        collect_items(*inner, name + ".", depth + 1);
        continue;
      }
      if (names.size() + others.size() >= most_names || name.size() > 1000)
        refuse("", "has more or longer names than are read");
      if (!values.emplace(name, value).second) refuse(in_quotes(name), "stands there twice");
      (is_tensor(value) ? names : others).push_back(name);
    }
  }

  const PickleObject& tensor(const std::string& name) const {
    const auto found = values.find(name);
    if (found == values.end() || !is_tensor(found->second)) refuse("", "has no tensor " + in_quotes(name));
    return *std::get<const PickleObject*>(found->second);
  }
  std::vector<Index> shape_of(const std::string& name, const PickleObject& tensor) const {
    std::vector<Index> shape = pickled_shape(pickle, in_quotes(name), tensor.items[tensor.kind == Kind::array ? 1 : 2]);
    if (shape.size() > 8) refuse(in_quotes(name), "has more than 8 dimensions");
    return shape;
  }

  NpyArray read_array(const std::string& name, const PickleObject& stored) const {
    shape_of(name, stored);  // throws on one of too many dimensions
    NpyArray array = pickled_array(pickle, in_quotes(name), &stored);
    array.source = zip.file().string() + ": " + in_quotes(name);
    return array;
  }

  NpyArray read(const std::string& name) const {
    const PickleObject& t = tensor(name);
    if (t.kind == Kind::array) return read_array(name, t);
    const PickleObject& storage = *object_of(t.items[0], Kind::storage);
    const auto* offset = std::get_if<std::int64_t>(&t.items[1]);
    const auto* key = std::get_if<std::string_view>(&storage.items[0]);
    const auto* items = std::get_if<std::int64_t>(&storage.items[1]);
    NpyArray array;
    array.source = zip.file().string() + ": " + in_quotes(name);
    array.dtype = std::string(storage.name);
    array.shape = shape_of(name, t);
    const std::size_t width = width_of_item(storage.name);
    if (width == 0) refuse(in_quotes(name), "has items " + array.dtype + ", want float32: see .float()");
    const std::vector<Index> stride = pickled_shape(pickle, in_quotes(name), t.items[3]);
    if (offset == nullptr || key == nullptr || items == nullptr || *items < 0 || stride.size() != array.shape.size())
      refuse(in_quotes(name), "is no tensor");
    const Strided places(array.shape, stride, *offset);
    if (!places.fits(*items)) refuse(in_quotes(name), "its shape doesn't fit its storage");
    const std::string member = pickle_member(zip);
    const std::string bytes = zip.read(member.substr(0, member.size() - 8) + "data/" + std::string(*key));
    if (bytes.size() / width < static_cast<std::size_t>(*items))
      refuse(in_quotes(name),
             "its storage has " + std::to_string(bytes.size()) + " bytes, want " + std::to_string(*items) + " items");
    places.copy(bytes, width, array.bytes);
    return array;
  }
};

TorchFile::TorchFile(const fs::path& file) : content_(std::make_unique<Content>(file)) {}
TorchFile::TorchFile(TorchFile&&) noexcept = default;
TorchFile& TorchFile::operator=(TorchFile&&) noexcept = default;
TorchFile::~TorchFile() = default;

const fs::path& TorchFile::file() const& { return content_->zip.file(); }
bool TorchFile::is_data() const { return content_->is_data; }
const std::vector<std::string>& TorchFile::names() const& { return content_->names; }
const std::vector<std::string>& TorchFile::others() const& { return content_->others; }

bool TorchFile::contains(const std::string& name) const {
  const auto found = content_->values.find(name);
  return found != content_->values.end() && is_tensor(found->second);
}

std::optional<Index> TorchFile::integer(const std::string& name) const {
  const auto found = content_->values.find(name);
  const auto* value = found == content_->values.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return value == nullptr ? std::nullopt : std::optional<Index>(*value);
}

std::string TorchFile::other_kind(const std::string& name) const {
  const auto found = content_->values.find(name);
  if (found == content_->values.end() || is_tensor(found->second)) return {};
  if (std::holds_alternative<std::monostate>(found->second)) return {};
  const auto* object = std::get_if<const PickleObject*>(&found->second);
  if (object == nullptr) return std::holds_alternative<std::string_view>(found->second) ? "a text" : "a single number";
  switch ((*object)->kind) {
    case Kind::list:
    case Kind::tuple:
      return "a list of Python";
    case Kind::dictionary:
      return "a dictionary of Python";
    case Kind::sparse:
      return "a matrix of scipy.sparse";
    case Kind::array:
      return "a numpy array of texts, objects or big-endian numbers";
    default:
      return "no tensor";
  }
}

std::vector<Index> TorchFile::shape(const std::string& name) const {
  return content_->shape_of(name, content_->tensor(name));
}

NpyArray TorchFile::at(const std::string& name) const { return content_->read(name); }

bool is_torch_file(const fs::path& file) {
  std::error_code error;  // an impossible path counts as missing
  if (!fs::is_regular_file(file, error)) return false;
  char first[2] = {};
  std::ifstream(file, std::ios::binary).read(first, 2);
  if (first[0] != 'P' || first[1] != 'K') return false;
  try {
    return !pickle_member(ZipArchive(file, "zip archive")).empty();
  } catch (const FileError&) {
    return false;
  }
}

}  // namespace mercer
