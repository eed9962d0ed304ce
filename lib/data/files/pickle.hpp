#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace mercer {

struct PickleObject;

/// A value in a pickle: None, a boolean, a number, text or bytes (a view into the pickle) or an object of the heap.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, const PickleObject*>;

struct PickleObject {
  enum class Kind { tuple, list, dictionary, global, dtype, array, sparse, storage, tensor, instance };
  Kind kind;
  /// Of a global "numpy dtype"; of a dtype or storage the items as in numpy's files, "<i4"; of a sparse matrix or an
  /// instance its class, "csr_matrix".
  std::string_view name;
  /// Of a tuple or list (a set is one, too) its items; of a dictionary key, value, key, value …; of an array (version,
  /// shape, dtype, is Fortran order, bytes or a list of objects); of a sparse matrix or an instance its state; of a
  /// storage its key and number of items; of a tensor (storage, offset, shape, strides, …), as
  /// torch._utils._rebuild_tensor_v2 takes them.
  std::vector<PickleValue> items;
};

/// Owns the objects and the texts that are not in the file as such. Addresses stay valid.
class PickleHeap {
 public:
  const PickleObject* add(PickleObject::Kind kind, std::string_view name, std::vector<PickleValue> items) {
    return &objects_.emplace_back(PickleObject{kind, name, std::move(items)});
  }
  std::string_view add(std::string text) { return texts_.emplace_back(std::move(text)); }

  /// The bytes whose latin-1 text this UTF-8 is, made once for each text; throws std::invalid_argument when there are
  /// none.
  std::string_view latin1(std::string_view utf8);

 private:
  std::deque<PickleObject> objects_;
  std::deque<std::string> texts_;
  std::unordered_map<const char*, std::string_view> latin1_;
};

/// A pickle of protocol 2 to 5 (PEP 307, 3154, 574 and Python's pickletools) of numpy arrays, matrices of scipy.sparse,
/// tensors of PyTorch, and lists, sets and dictionaries of them. A pickle is a program: this reader runs only the
/// opcodes that such data need, calls nothing, and builds only the objects listed in pickle_globals.cpp. Throws
/// FileError "FILE: byte N: …" on everything else. Time and memory are bounded by the size of the file.
class Pickle {
 public:
  explicit Pickle(const std::filesystem::path& file);
  Pickle(std::filesystem::path file, std::string bytes);  // the file is for messages
  Pickle(const Pickle&) = delete;                         // the values point into the bytes
  Pickle& operator=(const Pickle&) = delete;

  const std::filesystem::path& file() const { return file_; }
  std::size_t bytes() const { return bytes_.size(); }
  const PickleValue& root() const { return root_; }

 private:
  std::filesystem::path file_;
  std::string bytes_;
  PickleHeap heap_;
  PickleValue root_;
};

/// The object of this kind that a value refers to; null for anything else.
const PickleObject* object_of(const PickleValue& value, PickleObject::Kind kind);

/// The value of a key of a dictionary; null without one.
const PickleValue* value_of(const PickleObject& dictionary, std::string_view key);

}  // namespace mercer
