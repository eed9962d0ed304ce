#include "data/files/pickled_arrays.hpp"

#include <cstring>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

using Kind = PickleObject::Kind;

/// Bytes of an item of numbers: the digit behind the letter of "<f4"; 0 for other items.
std::size_t item_bytes(std::string_view dtype) {
  const bool numbers = dtype.size() == 3 && std::string_view("biuf").find(dtype[1]) != std::string_view::npos;
  return numbers && dtype[2] >= '1' && dtype[2] <= '8' ? static_cast<std::size_t>(dtype[2] - '0') : 0;
}

bool is_flag(const PickleValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);  // early versions of numpy write 0 and 1
  return value == PickleValue(true) || (number != nullptr && *number == 1);
}

/// The integers of a list, appended.
void append_integers(const Pickle& pickle, const std::string& what, const std::vector<PickleValue>& items,
                     std::vector<std::int64_t>& all) {
  for (const PickleValue& item : items) {
    const auto* integer = std::get_if<std::int64_t>(&item);
    if (integer == nullptr) refuse_file(pickle.file(), what, "got something else than an integer");
    all.push_back(*integer);
  }
}

}  // namespace

std::vector<Index> pickled_shape(const Pickle& pickle, const std::string& what, const PickleValue& value) {
  const PickleObject* tuple = object_of(value, Kind::tuple);
  if (tuple == nullptr) refuse_file(pickle.file(), what, "its shape is no tuple");
  std::vector<Index> shape;
  for (const PickleValue& item : tuple->items) {
    const auto* length = std::get_if<std::int64_t>(&item);
    if (length == nullptr || *length < 0) refuse_file(pickle.file(), what, "its shape is no tuple of lengths");
    shape.push_back(*length);
  }
  return shape;
}

bool holds(const std::vector<Index>& shape, std::size_t items) {
  for (const Index length : shape)
    if (length == 0) return items == 0;
  for (const Index length : shape) {  // a product of malicious lengths could overflow
    if (items % static_cast<std::size_t>(length) != 0) return false;
    items /= static_cast<std::size_t>(length);
  }
  return items == 1;
}

bool is_array_of_numbers(const PickleValue& value) {
  const PickleObject* array = object_of(value, Kind::array);
  const PickleObject* dtype =
      array == nullptr || array->items.empty() ? nullptr : object_of(array->items[2], Kind::dtype);
  return dtype != nullptr && item_bytes(dtype->name) != 0 && dtype->name[0] != '>' &&
         std::holds_alternative<std::string_view>(array->items[4]);
}

NpyArray pickled_array(const Pickle& pickle, const std::string& what, const PickleValue& value) {
  const PickleObject* object = object_of(value, Kind::array);
  if (object == nullptr || object->items.empty()) refuse_file(pickle.file(), what, "is no numpy array");
  const std::vector<PickleValue>& state = object->items;
  const PickleObject* dtype = object_of(state[2], Kind::dtype);
  const std::size_t width = dtype == nullptr ? 0 : item_bytes(dtype->name);
  const auto* bytes = std::get_if<std::string_view>(&state[4]);
  if (width == 0 || dtype->name[0] == '>' || bytes == nullptr)
    refuse_file(pickle.file(), what,
                "has items " + in_quotes(dtype == nullptr ? "" : dtype->name) + ", want little-endian numbers");
  NpyArray array;
  array.source = pickle.file().string() + (what.empty() ? "" : ": " + what);
  array.dtype = std::string(width == 1 ? "|" : "<") + std::string(dtype->name.substr(1));
  array.shape = pickled_shape(pickle, what, state[1]);
  array.fortran_order = is_flag(state[3]);
  if (bytes->size() % width != 0 || !holds(array.shape, bytes->size() / width))
    refuse_file(pickle.file(), what, "its shape doesn't fit its " + std::to_string(bytes->size()) + " bytes");
  array.bytes.resize(bytes->size());
  if (!bytes->empty()) std::memcpy(array.bytes.data(), bytes->data(), bytes->size());
  return array;
}

std::vector<std::int64_t> pickled_integers(const Pickle& pickle, const std::string& what, const PickleValue& value) {
  if (object_of(value, Kind::array) != nullptr) {
    const NpyArray array = pickled_array(pickle, what, value);
    if (array.shape.size() != 1) refuse_file(pickle.file(), what, "is no list of integers");
    return array.as<std::int64_t>();
  }
  const PickleObject* list = object_of(value, Kind::list);
  if (list == nullptr) list = object_of(value, Kind::tuple);
  if (list == nullptr) refuse_file(pickle.file(), what, "are no list");
  std::vector<std::int64_t> all;
  all.reserve(list->items.size());
  append_integers(pickle, what, list->items, all);
  return all;
}

}  // namespace mercer
