#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mercer {

struct PickleObject;

/// A value in a pickle: None, a boolean, an integer, bytes (a view into the file) or an object of the heap.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, std::string_view, const PickleObject*>;

struct PickleObject {
  enum class Kind { tuple, list, dictionary, global, dtype, array, csr_matrix };
  Kind kind;
  std::string_view name;           // of a global "numpy dtype" and of a dtype "i4"
  std::vector<PickleValue> items;  // of a tuple or list; key, value, key, value … of a dictionary;
                                   // of an array: its state, 5 items; of a csr_matrix: its dictionary
};

/// A Python 2 pickle (protocol 2; PEP 307 and Python's pickletools) of numpy arrays, a scipy.sparse.csr_matrix or a
/// dictionary of lists. A pickle is a program: this reader runs only the opcodes that such data need, calls nothing,
/// and builds only the objects listed in pickle.cpp. Throws FileError "FILE: byte N: …" on everything else. Time and
/// memory are bounded by the size of the file.
class Pickle {
 public:
  explicit Pickle(const std::filesystem::path& file);
  Pickle(const Pickle&) = delete;  // the values point into the bytes
  Pickle& operator=(const Pickle&) = delete;

  const std::filesystem::path& file() const { return file_; }
  std::size_t bytes() const { return bytes_.size(); }
  const PickleValue& root() const { return root_; }

 private:
  std::filesystem::path file_;
  std::string bytes_;
  std::deque<PickleObject> heap_;  // a deque: addresses stay valid
  PickleValue root_;
};

/// The object of this kind that a value refers to; null for anything else.
const PickleObject* object_of(const PickleValue& value, PickleObject::Kind kind);

}  // namespace mercer
