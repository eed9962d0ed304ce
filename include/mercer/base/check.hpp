#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace mercer {

/// An argument has a wrong size: "[attend] rows of k: got 5, want 7 (attend.cpp:31)".
class ShapeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// An argument has a wrong value: an option, a name, a node out of range.
class ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A file can't be used: "FILE: PLACE: what was found, what was expected".
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An output can't be written, though its name and place are in order: a full disk, an error of the device.
class WriteError : public FileError {
 public:
  using FileError::FileError;
};

/// A device operation failed: "[attend] CUDA: out of memory (cudaErrorMemoryAllocation)".
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device has not enough free memory.
class DeviceMemoryError : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

struct Extent {
  const char* name;
  std::int64_t got;
  std::int64_t want;
};

/// Throws ShapeError on the first extent that differs.
void expect(const char* op, std::initializer_list<Extent> extents, const char* file = __builtin_FILE(),
            int line = __builtin_LINE());

/// Throws ValueError "[op] message" unless `holds`.
void require(bool holds, const char* op, const std::string& message);
/// The same with a message that is made only when it is wanted, by `message()`: in loops, making it would take longer
/// than what is checked.
template <class Message>
requires std::is_invocable_r_v<std::string, Message>
void require(bool holds, const char* op, Message&& message) {
  if (!holds) require(false, op, std::string(message()));
}

/// Throws ValueError "[op] NAME: got …, want at least 1".
void expect_at_least_one(const char* op, const char* name, std::int64_t got);

}  // namespace mercer
