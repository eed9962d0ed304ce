#include "mercer/experiment/node_keys.hpp"

#include <cmath>
#include <variant>

#include "mercer/base/check.hpp"
#include "mercer/base/hash.hpp"

namespace mercer {

namespace {

constexpr Index numbers_of_key = 3;
constexpr int bits_of_number = 21;  // a float has all whole numbers of 24 bits
constexpr std::uint64_t largest_number = (std::uint64_t{1} << bits_of_number) - 1;

/// A hash, folded to 63 bits.
std::uint64_t key_of(const std::string& name) {
  const std::uint64_t hash = hash_of(name);
  return (hash ^ (hash >> 63)) & ~(std::uint64_t{1} << 63);
}

}  // namespace

NodeKeys keys_of(const std::vector<std::string>& names) {
  NodeKeys keys;
  keys.reserve(names.size());
  for (const std::string& name : names)
    keys.push_back(key_of(name));
  return keys;
}

Tensor packed(const NodeKeys& keys) {
  Tensor numbers(std::ssize(keys), numbers_of_key);
  for (Index i = 0; i < numbers.rows(); ++i) {
    std::uint64_t rest = keys[static_cast<std::size_t>(i)];
    for (Index c = 0; c < numbers_of_key; ++c, rest >>= bits_of_number)
      numbers(i, c) = static_cast<Real>(rest & largest_number);
  }
  return numbers;
}

NodeKeys unpacked_keys(const StoredTensor& stored) {
  require(stored.shape.size() == 2 && stored.shape[1] == numbers_of_key, "split.names", "want rows of 3 numbers");
  NodeKeys keys(static_cast<std::size_t>(stored.shape[0]), 0);
  const auto unpack = [&](const auto& numbers) {
    for (std::size_t n = keys.size() * numbers_of_key; n-- > 0;) {
      const double number = numbers.at(n);
      require(number >= 0 && number <= static_cast<double>(largest_number) && number == std::floor(number),
              "split.names", "want whole numbers below 2^21");
      std::uint64_t& key = keys[n / numbers_of_key];
      key = key << bits_of_number | static_cast<std::uint64_t>(number);
    }
  };
  std::visit(unpack, stored.values);
  return keys;
}

}  // namespace mercer
