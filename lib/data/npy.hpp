#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "mercer/data/npz.hpp"

namespace mercer {

/// Fills exactly `bytes` bytes or throws.
using ReadBytes = std::function<void(void* to, std::size_t bytes)>;

/// Where the items begin, what they are.
struct NpyHeader {
  NpyArray array;                // without bytes
  std::size_t header_bytes = 0;  // before the first item
  std::size_t item_bytes = 0;    // of one item; 0 for pickled objects, whose length the header doesn't tell
};

/// Reads magic, version and the dictionary of 'descr', 'fortran_order' and 'shape'. Throws FileError led by `source`.
/// The size of the whole array is sure to fit an Index.
NpyHeader read_npy_header(const std::string& source, const ReadBytes& read);

bool holds_objects(const NpyArray& array);  // "|O": pickled Python objects

}  // namespace mercer
