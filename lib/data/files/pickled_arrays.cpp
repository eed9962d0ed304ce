#include "data/files/pickled_arrays.hpp"

#include <limits>
#include <type_traits>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

using Kind = PickleObject::Kind;

std::vector<Index> shape_of(const Pickle& pickle, const std::string& what, const PickleValue& value) {
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

/// True when a shape has exactly `items` items. It divides, since a product of malicious lengths could overflow.
bool holds(const std::vector<Index>& shape, std::size_t items) {
  for (const Index length : shape)
    if (length == 0) return items == 0;
  for (const Index length : shape) {
    if (items % static_cast<std::size_t>(length) != 0) return false;
    items /= static_cast<std::size_t>(length);
  }
  return items == 1;
}

/// An array's state is (version, shape, dtype, is Fortran order, bytes).
template <class T>
PickledArray<T> array_of(const Pickle& pickle, const std::string& what, const PickleValue& value,
                         std::size_t dimensions) {
  const PickleObject* array = object_of(value, Kind::array);
  if (array == nullptr || array->items.empty()) refuse_file(pickle.file(), what, "is no numpy array");
  const auto& state = array->items;
  const std::string_view wanted = std::is_same_v<T, float> ? "f4" : "i4";
  const PickleObject* dtype = object_of(state[2], Kind::dtype);
  if (dtype == nullptr || dtype->name != wanted)
    refuse_file(pickle.file(), what,
                "has items " + in_quotes(dtype == nullptr ? "" : dtype->name) + ", want '" + std::string(wanted) + "'");
  if (state[3] != PickleValue(false)) refuse_file(pickle.file(), what, "is in Fortran order, want C order");
  const auto* bytes = std::get_if<std::string_view>(&state[4]);
  if (bytes == nullptr) refuse_file(pickle.file(), what, "has no bytes");

  PickledArray<T> result{shape_of(pickle, what, state[1]), *bytes};
  if (result.shape.size() != dimensions)
    refuse_file(pickle.file(), what,
                "has " + std::to_string(result.shape.size()) + " dimensions, want " + std::to_string(dimensions));
  if (bytes->size() % sizeof(T) != 0 || !holds(result.shape, bytes->size() / sizeof(T)))
    refuse_file(pickle.file(), what, "its shape doesn't fit its " + std::to_string(bytes->size()) + " bytes");
  return result;
}

const PickleValue& entry(const Pickle& pickle, const PickleObject& matrix, std::string_view key) {
  if (matrix.items.empty()) refuse_file(pickle.file(), "csr_matrix", "was given no state");
  const PickleObject& dictionary = *object_of(matrix.items[0], Kind::dictionary);
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2)
    if (dictionary.items[i] == PickleValue(key)) return dictionary.items[i + 1];
  refuse_file(pickle.file(), "csr_matrix", "has no entry '" + std::string(key) + "'");
}

void check_offsets(const Pickle& pickle, const PickledCsr& matrix) {
  const auto& offset = matrix.offset;
  if (static_cast<Index>(offset.size()) != matrix.rows + 1)
    refuse_file(pickle.file(), "'indptr'",
                "has " + std::to_string(offset.size()) + " offsets, want " + std::to_string(matrix.rows + 1));
  if (offset[0] != 0) refuse_file(pickle.file(), "'indptr'", "starts with " + std::to_string(offset[0]) + ", want 0");
  for (std::size_t i = 1; i < offset.size(); ++i)
    if (offset[i] < offset[i - 1])
      refuse_file(pickle.file(), "'indptr'", "the offsets fall at row " + std::to_string(i - 1));
  const auto nonzeros = static_cast<std::size_t>(offset[offset.size() - 1]);
  if (matrix.column.size() != nonzeros || matrix.value.size() != nonzeros)
    refuse_file(pickle.file(), "csr_matrix",
                "has " + std::to_string(matrix.column.size()) + " columns and " + std::to_string(matrix.value.size()) +
                    " values, its offsets want " + std::to_string(nonzeros));
}

}  // namespace

PickledArray<std::int32_t> pickled_matrix(const Pickle& pickle) {
  return array_of<std::int32_t>(pickle, "", pickle.root(), 2);
}

PickledCsr pickled_csr(const Pickle& pickle) {
  const PickleObject* object = object_of(pickle.root(), Kind::csr_matrix);
  if (object == nullptr) refuse_file(pickle.file(), "", "holds no scipy.sparse.csr_matrix");
  const std::vector<Index> shape = shape_of(pickle, "'_shape'", entry(pickle, *object, "_shape"));
  constexpr Index most = std::numeric_limits<Node>::max();
  if (shape.size() != 2 || shape[0] >= most || shape[1] > most)
    refuse_file(pickle.file(), "'_shape'", "is no pair of rows and columns below 2^31");
  PickledCsr matrix{shape[0], shape[1], array_of<std::int32_t>(pickle, "'indptr'", entry(pickle, *object, "indptr"), 1),
                    array_of<std::int32_t>(pickle, "'indices'", entry(pickle, *object, "indices"), 1),
                    array_of<float>(pickle, "'data'", entry(pickle, *object, "data"), 1)};
  check_offsets(pickle, matrix);
  return matrix;
}

}  // namespace mercer
