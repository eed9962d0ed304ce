#include "data/read_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

using namespace mercer;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("mercer_read_file_" + std::to_string(sizeof(Real)));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("read_file returns every byte") {
  const Folder folder;
  const std::string bytes("a\0\xff\r\n", 5);
  std::ofstream(folder.path / "some", std::ios::binary) << bytes;
  CHECK(read_file(folder.path / "some") == bytes);
  CHECK_THROWS_WITH_AS(read_file(folder.path / "some", 4), doctest::Contains("5 bytes long, want at most 4"),
                       FileError);
}

TEST_CASE("read_file says what is wrong with a path") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_file(folder.path / "none"), doctest::Contains("none: there is no such file"), FileError);
  CHECK_THROWS_WITH_AS(read_file(folder.path), doctest::Contains("is a folder"), FileError);
  CHECK_THROWS_WITH_AS(read_file("/dev/null"), doctest::Contains("not a regular file"), FileError);
  std::ofstream(folder.path / "void").flush();
  CHECK_THROWS_WITH_AS(read_file(folder.path / "void"), doctest::Contains("void: is empty"), FileError);
}

TEST_CASE("a message shows odd bytes by their codes") {
  CHECK(quoted(std::string_view("a\n\xe9\0b", 5)) == "'a\\x0a\\xe9\\x00b'");
  CHECK(quoted("abcdef", 3) == "'abc…'");
}
