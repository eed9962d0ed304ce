#include "mercer/base/hash.hpp"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <span>

using namespace mercer;

TEST_CASE("FNV-1a gives the known answers of its authors") {
  CHECK(hash_of("") == 0xcbf29ce484222325u);
  CHECK(hash_of("a") == 0xaf63dc4c8601ec8cu);
  CHECK(hash_of("foobar") == 0x85944171f73967e8u);
}

TEST_CASE("a hash of words knows their order, and one of bytes their number") {
  const auto of_words = [](std::initializer_list<std::uint64_t> words) {
    Hash hash;
    for (const std::uint64_t word : words)
      hash.add(word);
    return hash.value();
  };
  CHECK(of_words({}) == 1);
  CHECK(of_words({1, 2}) != of_words({2, 1}));
  CHECK(of_words({1, 2}) == 0xd7cc9674ff5ffa39u);
  const std::array<std::byte, 9> zeros{};
  const auto of_bytes = [&](std::size_t count) {
    Hash hash;
    hash.add(std::span(zeros).first(count));
    return hash.value();
  };
  CHECK(of_bytes(7) != of_bytes(8));
  CHECK(of_bytes(8) == of_words({8, 0}));
  CHECK(of_bytes(9) == of_words({9, 0, 0}));
}
