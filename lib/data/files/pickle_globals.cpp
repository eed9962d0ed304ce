#include "data/files/pickle_globals.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace mercer {
namespace {

using Kind = PickleObject::Kind;
using Values = std::vector<PickleValue>;

/// What a named object is to this reader.
enum class GlobalRole {
  reconstruct,
  from_buffer,
  scalar,
  array_type,
  dtype,
  encode,
  list,
  bytes,
  dictionary,
  sparse,
  tensor,
  parameter,
  storage,
  instance,
  enumeration
};

struct Global {
  std::string_view name;  // "MODULE NAME"
  GlobalRole role;
  std::string_view items = {};  // of a storage
};

/// The only names that a pickle may contain: of numpy before and since 2, scipy before and since 1.8, Python 2 and 3,
/// PyTorch and PyTorch Geometric.
constexpr Global globals[] = {
    {"numpy.core.multiarray _reconstruct", GlobalRole::reconstruct},
    {"numpy._core.multiarray _reconstruct", GlobalRole::reconstruct},
    {"numpy.core.numeric _frombuffer", GlobalRole::from_buffer},
    {"numpy._core.numeric _frombuffer", GlobalRole::from_buffer},
    {"numpy.core.multiarray scalar", GlobalRole::scalar},
    {"numpy._core.multiarray scalar", GlobalRole::scalar},
    {"numpy ndarray", GlobalRole::array_type},
    {"numpy matrix", GlobalRole::array_type},
    {"numpy.matrixlib.defmatrix matrix", GlobalRole::array_type},
    {"numpy dtype", GlobalRole::dtype},
    {"_codecs encode", GlobalRole::encode},
    {"__builtin__ list", GlobalRole::list},
    {"builtins list", GlobalRole::list},
    {"__builtin__ set", GlobalRole::list},
    {"builtins set", GlobalRole::list},
    {"__builtin__ frozenset", GlobalRole::list},
    {"builtins frozenset", GlobalRole::list},
    {"__builtin__ bytes", GlobalRole::bytes},
    {"builtins bytes", GlobalRole::bytes},
    {"__builtin__ bytearray", GlobalRole::bytes},
    {"builtins bytearray", GlobalRole::bytes},
    {"collections defaultdict", GlobalRole::dictionary},
    {"collections OrderedDict", GlobalRole::dictionary},
    {"scipy.sparse.csr csr_matrix", GlobalRole::sparse},
    {"scipy.sparse._csr csr_matrix", GlobalRole::sparse},
    {"scipy.sparse._csr csr_array", GlobalRole::sparse},
    {"scipy.sparse.csc csc_matrix", GlobalRole::sparse},
    {"scipy.sparse._csc csc_matrix", GlobalRole::sparse},
    {"scipy.sparse._csc csc_array", GlobalRole::sparse},
    {"scipy.sparse.coo coo_matrix", GlobalRole::sparse},
    {"scipy.sparse._coo coo_matrix", GlobalRole::sparse},
    {"scipy.sparse._coo coo_array", GlobalRole::sparse},
    {"scipy.sparse.lil lil_matrix", GlobalRole::sparse},
    {"scipy.sparse._lil lil_matrix", GlobalRole::sparse},
    {"scipy.sparse._lil lil_array", GlobalRole::sparse},
    {"torch._utils _rebuild_tensor_v2", GlobalRole::tensor},
    {"torch._utils _rebuild_parameter", GlobalRole::parameter},
    {"torch FloatStorage", GlobalRole::storage, "<f4"},
    {"torch DoubleStorage", GlobalRole::storage, "<f8"},
    {"torch LongStorage", GlobalRole::storage, "<i8"},
    {"torch IntStorage", GlobalRole::storage, "<i4"},
    {"torch ShortStorage", GlobalRole::storage, "<i2"},
    {"torch CharStorage", GlobalRole::storage, "|i1"},
    {"torch ByteStorage", GlobalRole::storage, "|u1"},
    {"torch BoolStorage", GlobalRole::storage, "|b1"},
    {"torch HalfStorage", GlobalRole::storage, "float16"},
    {"torch BFloat16Storage", GlobalRole::storage, "bfloat16"},
    {"torch_geometric.data.data Data", GlobalRole::instance},
    {"torch_geometric.data.storage GlobalStorage", GlobalRole::instance},
    {"torch_geometric.data.data DataEdgeAttr", GlobalRole::instance},
    {"torch_geometric.data.data DataTensorAttr", GlobalRole::instance},
    {"torch_geometric.data.storage AttrType", GlobalRole::enumeration},
};

constexpr std::string_view no_sparse =
    "sparse tensors are not read: save data.x.to_dense() as data.x, and edge_index in place of adj_t, as "
    "data.edge_index = torch_geometric.utils.to_edge_index(data.adj_t)[0].flip(0) makes it (then del data.adj_t)";

/// Objects that a graph of PyTorch Geometric may hold, by the beginning of their names.
constexpr std::pair<std::string_view, std::string_view> not_read[] = {
    {"torch._utils _rebuild_sparse", no_sparse},
    {"torch_sparse.", no_sparse},
    {"torch_geometric.data.hetero_data HeteroData",
     "a HeteroData is not read, want a Data of one kind of nodes: save data.to_homogeneous()"},
    {"torch_geometric.data.temporal TemporalData",
     "a TemporalData, whose edges are events in time, is not read, want a Data of one graph: save Data(x=x, "
     "edge_index=torch.stack([data.src, data.dst]), edge_attr=data.msg, y=y), with features and labels of the nodes"},
    {"torch_geometric.data.batch ",
     "a Batch of graphs is not read, want a single Data: save batch[0] for the first graph"},
};

/// The entry of a global object; its name is a view into the list.
const Global& entry_of(const PickleObject& global) {
  for (const Global& entry : globals)
    if (entry.name.data() == global.name.data()) return entry;
  throw std::logic_error("no such global");
}

/// The part behind the module.
std::string_view class_of(std::string_view global) { return global.substr(global.find(' ') + 1); }

bool names_role(const PickleValue& value, GlobalRole role) {
  const PickleObject* global = object_of(value, Kind::global);
  return global != nullptr && entry_of(*global).role == role;
}

const std::string_view* text_of(const PickleValue& value) { return std::get_if<std::string_view>(&value); }

/// The integer of a numpy scalar as Python's int, a real number as its float.
std::optional<PickleValue> scalar_value(const PickleValue& type, const PickleValue& bytes) {
  const PickleObject* dtype = object_of(type, Kind::dtype);
  const std::string_view* raw = text_of(bytes);
  if (dtype == nullptr || raw == nullptr) return std::nullopt;
  const auto as = [&]<class T>(T item) -> std::optional<PickleValue> {
    if (raw->size() != sizeof(T)) return std::nullopt;
    std::memcpy(&item, raw->data(), sizeof(T));
    if constexpr (std::is_floating_point_v<T>)
      return PickleValue(double{item});
    else
      return PickleValue(static_cast<std::int64_t>(item));
  };
  const std::string_view name = dtype->name.substr(1);  // without the order of the bytes
  if (name == "i8" || name == "u8") return as(std::int64_t{});
  if (name == "i4") return as(std::int32_t{});
  if (name == "u4") return as(std::uint32_t{});
  if (name == "i2") return as(std::int16_t{});
  if (name == "u2") return as(std::uint16_t{});
  if (name == "i1") return as(std::int8_t{});
  if (name == "u1" || name == "b1") return as(std::uint8_t{});
  if (name == "f4") return as(float{});
  if (name == "f8") return as(double{});
  return std::nullopt;
}

/// _frombuffer(bytes, dtype, shape, 'C' or 'F')
std::optional<PickleValue> array_of_buffer(const Values& given, PickleHeap& heap) {
  const std::string_view* order = given.size() == 4 ? text_of(given[3]) : nullptr;
  if (order == nullptr || (*order != "C" && *order != "F")) return std::nullopt;
  return heap.add(Kind::array, "", {std::int64_t{1}, given[2], given[1], *order == "F", given[0]});
}

/// list(…), set(…) or frozenset(…): the list given is taken itself, since nobody changes it afterwards.
std::optional<PickleValue> collection(const Values& given, PickleHeap& heap) {
  if (given.empty()) return heap.add(Kind::list, "", {});
  if (given.size() == 1 && object_of(given[0], Kind::list) != nullptr) return given[0];
  return std::nullopt;
}

/// dtype('i4', False, True); the state gives the order of the bytes.
std::optional<PickleValue> dtype_of(const Values& given, PickleHeap& heap) {
  const std::string_view* name = given.size() == 3 ? text_of(given[0]) : nullptr;
  if (name == nullptr || name->size() > 8) return std::nullopt;
  return heap.add(Kind::dtype, heap.add("|" + std::string(*name)), {});
}

/// bytes() or bytearray(b'…')
std::optional<PickleValue> bytes_of(const Values& given) {
  if (given.empty()) return PickleValue(std::string_view());
  if (given.size() == 1 && text_of(given[0]) != nullptr) return given[0];
  return std::nullopt;
}

/// encode(text, 'latin1'): how protocols before 3 write bytes.
std::optional<PickleValue> encoded(const Values& given, PickleHeap& heap) {
  const std::string_view* text = given.size() == 2 ? text_of(given[0]) : nullptr;
  if (text == nullptr || given[1] != PickleValue(std::string_view("latin1"))) return std::nullopt;
  try {
    return PickleValue(heap.latin1(*text));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<PickleValue> pickle_global(std::string_view module, std::string_view name, PickleHeap& heap) {
  for (const Global& known : globals)
    if (module.size() + 1 + name.size() == known.name.size() && known.name.starts_with(module) &&
        known.name.ends_with(name) && known.name[module.size()] == ' ')
      return heap.add(Kind::global, known.name, {});
  return std::nullopt;
}

std::string_view instead_of(std::string_view module, std::string_view name) {
  const std::string both = std::string(module) + " " + std::string(name);
  for (const auto& [beginning, instead] : not_read)
    if (both.starts_with(beginning)) return instead;
  return {};
}

std::optional<PickleValue> pickle_call(const PickleObject& global, const Values& given, PickleHeap& heap) {
  const Global& entry = entry_of(global);
  const std::size_t count = given.size();
  switch (entry.role) {
    case GlobalRole::reconstruct:  // (ndarray, (0,), 'b')
      if (count == 3 && names_role(given[0], GlobalRole::array_type)) return heap.add(Kind::array, "", {});
      return std::nullopt;
    case GlobalRole::from_buffer:
      return array_of_buffer(given, heap);
    case GlobalRole::scalar:
      return count == 2 ? scalar_value(given[0], given[1]) : std::nullopt;
    case GlobalRole::dtype:
      return dtype_of(given, heap);
    case GlobalRole::encode:
      return encoded(given, heap);
    case GlobalRole::list:
      return collection(given, heap);
    case GlobalRole::bytes:
      return bytes_of(given);
    case GlobalRole::dictionary:  // OrderedDict() or defaultdict(list)
      if (count == 0 || names_role(given[0], GlobalRole::list)) return heap.add(Kind::dictionary, "", {});
      return std::nullopt;
    case GlobalRole::tensor:
      if (count >= 6 && count <= 8 && object_of(given[0], Kind::storage) != nullptr)
        return heap.add(Kind::tensor, "", given);
      return std::nullopt;
    case GlobalRole::parameter:
      if (count == 3 && object_of(given[0], Kind::tensor) != nullptr) return given[0];
      return std::nullopt;
    case GlobalRole::storage:  // ('storage', FloatStorage, key, device, items)
      if (count == 5 && given[0] == PickleValue(std::string_view("storage")))
        return heap.add(Kind::storage, entry.items, {given[2], given[4]});
      return std::nullopt;
    case GlobalRole::enumeration:  // ('NODE',)
      return count == 1 && text_of(given[0]) != nullptr ? std::optional(given[0]) : std::nullopt;
    case GlobalRole::array_type:
    case GlobalRole::sparse:
    case GlobalRole::instance:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<PickleValue> pickle_instance(const PickleObject& global, PickleHeap& heap) {
  const GlobalRole role = entry_of(global).role;
  if (role == GlobalRole::sparse) return heap.add(Kind::sparse, class_of(global.name), {});
  if (role == GlobalRole::instance) return heap.add(Kind::instance, class_of(global.name), {});
  return std::nullopt;
}

bool pickle_state(PickleObject& object, const PickleValue& state, PickleHeap& heap) {
  const PickleObject *tuple = object_of(state, Kind::tuple), *dictionary = object_of(state, Kind::dictionary);
  switch (object.kind) {
    case Kind::array:
      if (tuple == nullptr || tuple->items.size() != 5) return false;
      object.items = tuple->items;
      return true;
    case Kind::sparse:
    case Kind::instance:
      if (dictionary == nullptr) return false;
      object.items = {state};
      return true;
    case Kind::dictionary:  // what a dictionary knows beside its items, such as a state_dict's versions, says nothing
      return dictionary != nullptr;
    case Kind::dtype: {  // (3, '<', …)
      const std::string_view* order = tuple == nullptr || tuple->items.size() < 2 ? nullptr : text_of(tuple->items[1]);
      if (order == nullptr || order->size() != 1) return false;
      object.name = heap.add(std::string(*order) + std::string(object.name.substr(1)));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace mercer
