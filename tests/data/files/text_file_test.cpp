#include "data/files/text_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "data/files/gunzip.hpp"
#include "data/files/text_table.hpp"
#include "data/formats/feature_text.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
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

TEST_CASE("short decimals are the same doubles as the general parser gives") {
  Random random(5);
  for (int n = 0; n < 20000; ++n) {
    std::string text = random.below(3) == 0 ? "-" : "";
    const std::uint32_t digits = 1 + random.below(18), point = random.below(20);
    for (std::uint32_t d = 0; d < digits; ++d) {
      if (d == point && d > 0) text += '.';
      text += static_cast<char>('0' + random.below(10));
    }
    double wanted = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    REQUIRE(error == std::errc());
    CAPTURE(text);
    REQUIRE(real_number(text) == wanted);
  }
  for (const char* text : {"-0", "1e5", "+2.5", "0.1", "1.0000000000000001"})
    CHECK(real_number(text).has_value());
  CHECK(std::signbit(*real_number("-0")));
  for (const char* text : {"", "-", "+-1", "1.2.3", "1,5", "x"})
    CHECK_FALSE(real_number(text).has_value());
}

TEST_CASE("entries of svmlight in short and in other forms are the same rows") {
  const test::TempFolder folder;
  TextFile file(folder.write("a.svmlight", "1:0.5 3:-2 07:1e1 9:+4\n\n2:0.12345678901234567  \t 16777216:3\n"));
  const FeatureText read = read_svmlight(file);
  const auto& x = std::get<SparseMatrix>(read.features);
  CHECK(std::ranges::equal(x.column(), std::vector<Node>{0, 2, 6, 8, 1, 16777215}));
  CHECK(std::ranges::equal(x.value(), std::vector<Real>{Real(0.5), -2, 10, 4, Real(0.12345678901234567), 3}));
  for (const auto& [text, why] :
       std::vector<std::pair<std::string, std::string>>{{"3:1 2:1\n", "feature 2 follows 3"},
                                                        {"1:1 2:1.\n3:x\n", "column 3: got 'x'"},
                                                        {"1:1 16777217:1\n", "feature 16777217 is out of range"},
                                                        {"1:1 2:\n", "column 2: got ''"},
                                                        {"1:1 :2\n", "want INDEX:VALUE"}}) {
    TextFile bad(folder.write("b.svmlight", text));
    CHECK_THROWS_WITH_AS(read_svmlight(bad), doctest::Contains(why.c_str()), FileError);
  }
}
