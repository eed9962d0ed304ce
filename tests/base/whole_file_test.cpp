#include "mercer/base/whole_file.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <stdexcept>
#include <string>

#include "mercer/base/check.hpp"
#include "support/files.hpp"

using namespace mercer;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a file is written whole, and replaces the one before") {
  const test::TempFolder folder;
  write_whole(folder / "a.txt", "one");
  CHECK(test::bytes_of(folder / "a.txt") == "one");
  write_whole(folder / "a.txt", std::string("t\0wo", 4));
  CHECK(test::bytes_of(folder / "a.txt") == std::string("t\0wo", 4));
  write_whole(folder / "a.txt", "");
  CHECK(test::bytes_of(folder / "a.txt").empty());
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file that can't be finished is left as it was") {
  const test::TempFolder folder;
  write_whole(folder / "a.txt", "before");
  CHECK_THROWS_AS(write_whole(folder / "a.txt",
                              [](const Write& write) {
                                write(std::as_bytes(std::span("half")));
                                throw std::runtime_error("no more");
                              }),
                  std::runtime_error);
  CHECK(test::bytes_of(folder / "a.txt") == "before");
  CHECK(files_in(folder.path()) == 1);
  CHECK_THROWS_AS(write_whole(folder / "no-folder/a.txt", "x"), FileError);
}
