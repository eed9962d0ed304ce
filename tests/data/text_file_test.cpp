#include "data/files/text_file.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "data/files/gunzip.hpp"
#include "data/files/text_table.hpp"
#include "mercer/base/check.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"
#include "support/memory_meter.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

std::vector<std::string> lines_of(const std::string& bytes) {
  const TempFolder folder;
  TextFile file(folder.write("text", bytes));
  std::vector<std::string> lines;
  for (std::string_view line; file.next(line);)
    lines.emplace_back(line);
  CHECK(file.line() == static_cast<Index>(lines.size()));
  return lines;
}

}  // namespace

TEST_CASE("lines end as on any system, the last one optionally") {
  const std::vector<std::string> want{"a b", "", "c"};
  CHECK(lines_of("a b\n\nc\n") == want);
  CHECK(lines_of("a b\n\nc") == want);
  CHECK(lines_of("a b\r\n\r\nc\r\n") == want);
  CHECK(lines_of("\xEF\xBB\xBF"
                 "a b\n\nc") == want);  // a byte order mark
  CHECK(lines_of(test::gzipped("a b\n\nc\n")) == want);
  CHECK(lines_of("Bücher\n") == std::vector<std::string>{"Bücher"});
  CHECK(lines_of("\n").empty());
}

TEST_CASE("bytes that are not text are refused with line and column") {
  CHECK_THROWS_WITH_AS(lines_of(std::string("ab\nc\0d\n", 7)),
                       doctest::Contains("text: line 2: column 2 holds the byte '\\x00'"), FileError);
  CHECK_THROWS_WITH_AS(lines_of("a\rb\n"), doctest::Contains("line 1: column 2"), FileError);
  CHECK_THROWS_WITH_AS(lines_of(""), doctest::Contains("empty"), FileError);
}

TEST_CASE("blank lines at the end are counted, not given") {
  const auto blank_end = [](const std::string& bytes) {
    const TempFolder folder;
    return TextFile(folder.write("text", bytes)).blank_end();
  };
  CHECK(lines_of("a\n\n \n\n") == std::vector<std::string>{"a"});
  CHECK(blank_end("a\n\n \n\n") == 3);
  CHECK(blank_end("a\r\n\r\n") == 1);
  CHECK(blank_end("a\n ") == 1);
  CHECK(blank_end("a\n") == 0);
  CHECK(blank_end("a") == 0);
  CHECK(blank_end("\n\n") == 2);
}

TEST_CASE("UTF-16 is refused by name, with a byte order mark or without") {
  CHECK_THROWS_WITH_AS(lines_of(std::string("\xFF\xFE"
                                            "a\0b\0",
                                            6)),
                       doctest::Contains("this is UTF-16, want UTF-8"), FileError);
  CHECK_THROWS_WITH_AS(lines_of(std::string("\0a\0b\0\n", 6)), doctest::Contains("this is UTF-16, want UTF-8"),
                       FileError);
}

TEST_CASE("line ends take no memory of their own") {
  const TempFolder folder;
  const auto file = folder.write("text", "a" + std::string(std::size_t{32} << 20, '\n'));
  const test::MemoryMeter meter;
  TextTable table(file);
  CHECK(table.next());
  CHECK_FALSE(table.next());
  CHECK(table.text().blank_end() == (Index{32} << 20) - 1);
  CHECK(meter.peak() < std::size_t{3} * (std::size_t{32} << 20));
}

TEST_CASE("a number is the whole text, independent of the locale") {
  CHECK(whole_number("+17") == 17);
  CHECK(whole_number("-3") == -3);
  for (const char* text : {"", "+", "+-3", "1.0", "1 ", "0x10", "9223372036854775808"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(whole_number(text));
  }
  CHECK(real_number("-1.5e2") == -150);
  CHECK(real_number("+.5") == 0.5);
  CHECK(std::isnan(*real_number("nan")));
  for (const char* text : {"", "1,5", "1e999", "1.5x", "--1", "0x1p3"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(real_number(text));
  }
}

TEST_CASE("gzip members are joined; broken ones are refused where they break") {
  const std::string text(100000, 'x'), packed = test::gzipped(text);
  CHECK(gunzip("f", packed) == text);
  CHECK(gunzip("f", packed + test::gzipped("y")) == text + "y");
  CHECK(gunzip("f", test::gzipped("")).empty());
  for (std::size_t keep = 2; keep < packed.size(); ++keep) {
    CAPTURE(keep);
    CHECK_THROWS_WITH_AS(gunzip("f", packed.substr(0, keep)), doctest::Contains("the gzip stream ends early"),
                         FileError);
  }
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  CHECK_THROWS_WITH_AS(gunzip("f", damaged), doctest::Contains("damaged gzip stream: incorrect data check"), FileError);
  CHECK_THROWS_WITH_AS(gunzip("f", packed + "more"), doctest::Contains("damaged gzip stream"), FileError);
}

TEST_CASE("a gzip bomb is refused before it is unpacked") {
  const std::string bomb = test::gzipped(std::string(std::size_t{64} << 20, '\0'));
  REQUIRE(bomb.size() < 100000);
  CHECK_THROWS_WITH_AS(gunzip("bomb", bomb), doctest::Contains("bomb: grows beyond"), FileError);
}
