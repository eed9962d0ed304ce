#include "backend/cpu/draws.hpp"

#include <doctest/doctest.h>

using namespace mercer;

TEST_CASE("vectorised draws are the draws of the stream, also beyond 32 bits of counter") {
  const Stream stream{0x123456789abcdef0u, 17, 5};
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{8}, (std::uint64_t{1} << 35) - 64}) {
    std::uint16_t bits[cpu::elements_at_once];
    cpu::draw_sixteen_bits(stream, first, bits);
    for (int n = 0; n < cpu::elements_at_once; ++n) {
      const std::uint64_t element = first + static_cast<std::uint64_t>(n), draw = element / 8;
      const auto words = stream.draw(static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32));
      CHECK(bits[n] == sixteen_bits(words, static_cast<int>(element % 8)));
    }
  }
}
