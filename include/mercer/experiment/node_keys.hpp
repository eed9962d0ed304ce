#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mercer/training/tensor_file.hpp"

namespace mercer {

/// The name of each example as a number below 2^63, by which a trained model knows it in another order; empty where
/// the examples have no names. The same on every machine.
using NodeKeys = std::vector<std::uint64_t>;

NodeKeys keys_of(const std::vector<std::string>& names);

/// A row of three numbers of 21 bits for each, [n, 3].
Tensor packed(const NodeKeys& keys);
/// The inverse. Throws ValueError.
NodeKeys unpacked_keys(const StoredTensor& stored);

}  // namespace mercer
