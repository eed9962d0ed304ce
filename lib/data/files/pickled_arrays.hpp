#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/pickle.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// A view of a pickled numpy array of 4-byte items in C order: T is std::int32_t ("i4") or float ("f4").
template <class T>
struct PickledArray {
  std::vector<Index> shape;
  std::string_view bytes;  // not aligned

  std::size_t size() const { return bytes.size() / sizeof(T); }
  T operator[](std::size_t i) const {
    T item;
    std::memcpy(&item, bytes.data() + i * sizeof(T), sizeof(T));
    return item;
  }
};

/// A view of a pickled scipy.sparse.csr_matrix whose offsets ascend from 0 to the number of its nonzeros.
struct PickledCsr {
  Index rows = 0, columns = 0;
  PickledArray<std::int32_t> offset;  // [rows + 1]
  PickledArray<std::int32_t> column;  // [nonzeros]
  PickledArray<float> value;          // [nonzeros]
};

/// The root object of the pickle. Both throw FileError when it is something else.
PickledArray<std::int32_t> pickled_matrix(const Pickle& pickle);  // two dimensions
PickledCsr pickled_csr(const Pickle& pickle);

}  // namespace mercer
