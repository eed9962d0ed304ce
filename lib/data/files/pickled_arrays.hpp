#pragma once

#include <string>
#include <vector>

#include "data/files/pickle.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// A tuple of lengths. `what` is its place, for messages: "'_shape'". Throws FileError when it is something else.
std::vector<Index> pickled_shape(const Pickle& pickle, const std::string& what, const PickleValue& value);

/// True when a shape has exactly `items` items, whatever its lengths are.
bool holds(const std::vector<Index>& shape, std::size_t items);

/// Is it a numpy array of little-endian numbers, which pickled_array reads?
bool is_array_of_numbers(const PickleValue& value);

/// A numpy array of numbers in the form of numpy's files. Throws FileError when the value is something else, or its
/// bytes are not those of its shape.
NpyArray pickled_array(const Pickle& pickle, const std::string& what, const PickleValue& value);

/// The numbers of a list (a set, a tuple or a numpy array). Throws FileError on anything but integers.
std::vector<std::int64_t> pickled_integers(const Pickle& pickle, const std::string& what, const PickleValue& value);

}  // namespace mercer
