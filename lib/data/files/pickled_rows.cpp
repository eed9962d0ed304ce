#include "data/files/pickled_rows.hpp"

#include <limits>
#include <string>
#include <utility>

#include "data/files/pickled_arrays.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

using Kind = PickleObject::Kind;

/// A matrix of scipy.sparse: its class and the entries of its state.
class Sparse {
 public:
  Sparse(const Pickle& pickle, const PickleObject& object) : pickle_(pickle), class_(object.name) {
    if (object.items.empty()) refuse("", "was given no state");
    state_ = object_of(object.items[0], Kind::dictionary);
    const std::vector<Index> shape = pickled_shape(pickle, "'_shape'", entry(state_has("shape") ? "shape" : "_shape"));
    constexpr Index most = std::numeric_limits<Node>::max();
    if (shape.size() != 2 || shape[0] >= most || shape[1] > most)
      refuse_file(pickle.file(), "'_shape'", "is no pair of rows and columns below 2^31");
    result_.rows = shape[0];
    result_.columns = shape[1];
  }

  PickledRows read() && {
    if (class_.starts_with("csr")) {
      read_offsets(result_.rows);
      result_.column = integers("indices");
      result_.value = numbers("data");
      check_entries();
    } else if (class_.starts_with("csc")) {
      read_csc();
    } else if (class_.starts_with("coo")) {
      read_coo();
    } else {
      read_lil();
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse(const std::string& place, const std::string& what) const {
    refuse_file(pickle_.file(), std::string(class_) + (place.empty() ? "" : ": " + place), what);
  }
  bool state_has(std::string_view key) const { return value_of(*state_, key) != nullptr; }
  const PickleValue& entry(std::string_view key) const {
    const PickleValue* value = value_of(*state_, key);
    if (value == nullptr) refuse("", "has no entry '" + std::string(key) + "'");
    return *value;
  }
  static std::string quoted(std::string_view key) { return "'" + std::string(key) + "'"; }
  NpyArray vector(std::string_view key, const PickleValue& value) const {
    NpyArray array = pickled_array(pickle_, quoted(key), value);
    if (array.shape.size() != 1)
      refuse_file(pickle_.file(), quoted(key), "has " + std::to_string(array.shape.size()) + " dimensions, want 1");
    return array;
  }
  std::vector<std::int64_t> integers(std::string_view key) const { return vector(key, entry(key)).as<std::int64_t>(); }
  std::vector<double> numbers(std::string_view key) const { return vector(key, entry(key)).as<double>(); }

  void read_offsets(Index lines) {
    std::vector<std::int64_t>& offset = result_.offset;
    offset = integers("indptr");
    const auto bad = [&](const std::string& what) { refuse_file(pickle_.file(), "'indptr'", what); };
    if (static_cast<Index>(offset.size()) != lines + 1)
      bad("has " + std::to_string(offset.size()) + " offsets, want " + std::to_string(lines + 1));
    if (offset[0] != 0) bad("starts with " + std::to_string(offset[0]) + ", want 0");
    for (std::size_t i = 1; i < offset.size(); ++i)
      if (offset[i] < offset[i - 1]) bad("the offsets fall at row " + std::to_string(i - 1));
  }
  void check_entries() const {
    const auto nonzeros = static_cast<std::size_t>(result_.offset.back());
    if (result_.column.size() != nonzeros || result_.value.size() != nonzeros)
      refuse("", "has " + std::to_string(result_.column.size()) + " columns and " +
                     std::to_string(result_.value.size()) + " values, its offsets want " + std::to_string(nonzeros));
  }

  /// By columns: `column` holds rows until it is sorted.
  void read_csc() {
    read_offsets(result_.columns);
    result_.column = integers("indices");
    result_.value = numbers("data");
    check_entries();
    std::vector<std::int64_t> column(result_.column.size());
    for (std::size_t c = 0; c + 1 < result_.offset.size(); ++c)
      for (auto e = static_cast<std::size_t>(result_.offset[c]); e < static_cast<std::size_t>(result_.offset[c + 1]);
           ++e)
        column[e] = static_cast<std::int64_t>(c);
    sort_by_rows(result_.column, column, result_.value);
  }

  void read_coo() {
    std::vector<std::int64_t> row, column;
    if (state_has("coords")) {  // since scipy 1.13
      const PickleObject* both = object_of(entry("coords"), Kind::tuple);
      if (both == nullptr || both->items.size() != 2) refuse("'coords'", "is no pair of arrays");
      row = vector("coords", both->items[0]).as<std::int64_t>();
      column = vector("coords", both->items[1]).as<std::int64_t>();
    } else {
      row = integers("row");
      column = integers("col");
    }
    const std::vector<double> value = numbers("data");
    if (row.size() != value.size() || column.size() != value.size())
      refuse("", "has " + std::to_string(row.size()) + " rows, " + std::to_string(column.size()) + " columns and " +
                     std::to_string(value.size()) + " values, want as many of each");
    sort_by_rows(row, column, value);
  }

  /// Lists of columns and of values for each row.
  void read_lil() {
    const PickleObject *columns = lists("rows"), *values = lists("data");
    result_.offset.assign(1, 0);
    for (std::size_t r = 0; r < columns->items.size(); ++r) {
      const std::string place = "'rows', row " + std::to_string(r);
      const PickleObject* line = object_of(values->items[r], Kind::list);
      const std::vector<std::int64_t> column = pickled_integers(pickle_, place, columns->items[r]);
      if (line == nullptr || line->items.size() != column.size())
        refuse("row " + std::to_string(r), "has not as many columns as values");
      if (column.size() > pickle_.bytes() - result_.column.size())  // many rows may share one list
        refuse("", "has more entries than the file has bytes");
      result_.column.insert(result_.column.end(), column.begin(), column.end());
      for (const PickleValue& item : line->items)
        result_.value.push_back(number(item, place));
      result_.offset.push_back(static_cast<std::int64_t>(result_.column.size()));
    }
  }
  /// The list of lists in an array of objects, one for each row.
  const PickleObject* lists(std::string_view key) const {
    const PickleObject* array = object_of(entry(key), Kind::array);
    const PickleObject* list =
        array == nullptr || array->items.empty() ? nullptr : object_of(array->items[4], Kind::list);
    if (list == nullptr || static_cast<Index>(list->items.size()) != result_.rows)
      refuse(quoted(key), "is no array of " + std::to_string(result_.rows) + " lists");
    return list;
  }
  double number(const PickleValue& item, const std::string& place) const {
    if (const auto* integer = std::get_if<std::int64_t>(&item)) return static_cast<double>(*integer);
    if (const auto* flag = std::get_if<bool>(&item)) return *flag ? 1 : 0;
    if (const auto* real = std::get_if<double>(&item)) return *real;
    refuse_file(pickle_.file(), place, "got something else than a number");
  }

  /// Counting sort; entries of a row keep their order.
  void sort_by_rows(const std::vector<std::int64_t>& row, const std::vector<std::int64_t>& column,
                    const std::vector<double>& value) {
    if (static_cast<std::size_t>(result_.rows) > pickle_.bytes() + 65536)
      refuse("", "claims " + std::to_string(result_.rows) + " rows, more than the file has bytes");
    std::vector<std::int64_t> offset(static_cast<std::size_t>(result_.rows) + 1, 0);
    for (const std::int64_t r : row) {
      if (r < 0 || r >= result_.rows)
        refuse("", "row " + std::to_string(r) + " is out of range, want 0 … " + std::to_string(result_.rows - 1));
      ++offset[static_cast<std::size_t>(r) + 1];
    }
    for (std::size_t r = 1; r < offset.size(); ++r)
      offset[r] += offset[r - 1];
    std::vector<std::int64_t> next = offset, sorted_column(row.size());
    std::vector<double> sorted_value(row.size());
    for (std::size_t e = 0; e < row.size(); ++e) {
      const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(row[e])]++);
      sorted_column[place] = column[e];
      sorted_value[place] = value[e];
    }
    result_.offset = std::move(offset);
    result_.column = std::move(sorted_column);
    result_.value = std::move(sorted_value);
  }

  const Pickle& pickle_;
  std::string_view class_;
  const PickleObject* state_ = nullptr;
  PickledRows result_;
};

PickledRows rows_of_array(const Pickle& pickle) {
  const NpyArray array = pickled_array(pickle, "", pickle.root());
  if (array.shape.size() != 2)
    refuse_file(pickle.file(), "", "has " + std::to_string(array.shape.size()) + " dimensions, want 2");
  const std::vector<double> items = array.as<double>();
  PickledRows result{array.shape[0], array.shape[1], {0}, {}, {}};
  if (result.columns == 0) refuse_file(pickle.file(), "", "has no columns");
  std::size_t item = 0;
  for (Index r = 0; r < result.rows; ++r) {
    for (Index c = 0; c < result.columns; ++c, ++item)
      if (items[item] != 0) {
        result.column.push_back(c);
        result.value.push_back(items[item]);
      }
    result.offset.push_back(static_cast<std::int64_t>(result.column.size()));
  }
  return result;
}

}  // namespace

PickledRows pickled_rows(const Pickle& pickle) {
  if (const PickleObject* object = object_of(pickle.root(), Kind::sparse)) return Sparse(pickle, *object).read();
  if (object_of(pickle.root(), Kind::array) != nullptr) return rows_of_array(pickle);
  refuse_file(pickle.file(), "", "holds no matrix: want one of scipy.sparse (csr, csc, coo, lil) or a numpy array");
}

}  // namespace mercer
