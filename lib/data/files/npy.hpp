#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "mercer/data/npz.hpp"

namespace mercer {

/// Fills exactly `bytes` bytes or throws.
using ReadBytes = std::function<void(void* to, std::size_t bytes)>;

/// The type and shape of an array, and where its items begin.
struct NpyHeader {
  NpyArray array;                // without bytes
  std::size_t header_bytes = 0;  // before the first item
  std::size_t item_bytes = 0;    // of one item; 0 for pickled objects, whose length the header doesn't contain
  bool big_endian = false;       // in the file; the array's type is that of the swapped bytes
};

/// Reads magic, version and the dictionary of 'descr', 'fortran_order' and 'shape'. The size of the whole array fits an
/// Index. Throws FileError that begins with `source`.
NpyHeader read_npy_header(const std::string& source, const ReadBytes& read);

/// Swaps the bytes of the array's numbers or characters.
void swap_bytes(NpyArray& array);

bool holds_objects(const NpyArray& array);  // "|O": pickled Python objects
bool holds_texts(const NpyArray& array);    // "<U" or "|S"

}  // namespace mercer
