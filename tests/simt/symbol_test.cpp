#include "simt/machine/symbol.hpp"

#include <doctest/doctest.h>

namespace {

struct Dot {};

template <int N, class Kernel>
void attend(const float*, int) {}

void (*volatile attended)(const float*, int) = attend<4, Dot>;
void (*volatile plain)() = [] {};

}  // namespace

TEST_CASE("a function is found under its name") {
  const std::string name = simt::symbol_name(reinterpret_cast<const void*>(attended));
  CHECK(name == "(anonymous namespace)::attend<4, (anonymous namespace)::Dot>");
  CHECK(simt::plain_name(name) == "attend");
  CHECK_FALSE(simt::symbol_name(reinterpret_cast<const void*>(plain)).empty());
}

TEST_CASE("a plain name has no namespaces and no template arguments") {
  CHECK(simt::plain_name("saxpy") == "saxpy");
  CHECK(simt::plain_name("a::b::saxpy<a::c<3>, (int)2>") == "saxpy");
  CHECK(simt::plain_name("?") == "?");
}
