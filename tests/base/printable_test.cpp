#include "mercer/base/printable.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mercer;

TEST_CASE("letters of every script stay, what a terminal obeys is shown by its bytes") {
  CHECK(printable("naïve κ 数 😀") == "naïve κ 数 😀");
  CHECK(printable("a\n\x1b[2J\x7f") == "a\\x0a\\x1b[2J\\x7f");
  CHECK(printable("a\n\tb\r", true) == "a\n\tb\\x0d");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");           // a control character of two bytes
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // turns the direction of writing
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");           // no UTF-8, and half a character
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // longer than need be
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // half a pair of UTF-16
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond the last character
}

TEST_CASE("texts in quotes and long texts are cut between characters") {
  CHECK(in_quotes("abc") == "'abc'");
  CHECK(in_quotes("") == "''");
  CHECK(in_quotes("abcdef", 3) == "'abc…'");
  CHECK(in_quotes("aκκ", 4) == "'aκ…'");
  CHECK(in_quotes("\xff\xff\xff\xff", 2) == "'\\xff\\xff…'");
  CHECK(in_quotes(std::string(1'000'000, 'x')).size() < 100);
  CHECK(shortened("short", 5) == "short");
  const std::string long_text = "begin " + std::string(1'000'000, 'x') + " end";
  CHECK(shortened(long_text, 60).size() < 70);
  CHECK(shortened(long_text, 60).starts_with("begin "));
  CHECK(shortened(long_text, 60).ends_with(" end"));
  std::string greek;
  for (int n = 0; n < 100; ++n)
    greek += "κ";
  for (std::size_t most = 20; most < 30; ++most)
    CHECK(printable(shortened(greek, most)).find('\\') == std::string::npos);
}
