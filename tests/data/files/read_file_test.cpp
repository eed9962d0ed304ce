#include "data/files/read_file.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mercer/base/check.hpp"
#include "support/files.hpp"

using namespace mercer;
using mercer::test::TempFolder;

TEST_CASE("read_file returns every byte") {
  const TempFolder folder;
  const std::string bytes("a\0\xff\r\n", 5);
  const auto file = folder.write("some", bytes);
  CHECK(read_file(file) == bytes);
  CHECK_THROWS_WITH_AS(read_file(file, 4), doctest::Contains("5 bytes long, want at most 4"), FileError);
}

TEST_CASE("read_file says what is wrong with a path") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(read_file(folder.path() / "none"), doctest::Contains("none: there is no such file"), FileError);
  CHECK_THROWS_WITH_AS(read_file(folder.path()), doctest::Contains("is a folder"), FileError);
  CHECK_THROWS_WITH_AS(read_file("/dev/null"), doctest::Contains("not a regular file"), FileError);
  CHECK_THROWS_WITH_AS(read_file(folder.write("void", "")), doctest::Contains("void: is empty"), FileError);
}

TEST_CASE("a message shows odd bytes by their codes") {
  CHECK(in_quotes(std::string_view("a\n\xe9\0b", 5)) == "'a\\x0a\\xe9\\x00b'");
  CHECK(in_quotes("abcdef", 3) == "'abc…'");
}
