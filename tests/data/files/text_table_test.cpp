#include "data/files/text_table.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::TempFolder;

namespace {

using Rows = std::vector<std::vector<std::string>>;
using Cut = TextTable::Cut;

Rows rows_of(const std::string& text, Cut cut = Cut::columns) {
  const TempFolder folder;
  TextTable table(folder.write("text", text), cut);
  Rows rows;
  while (table.next())
    rows.emplace_back(table.row().begin(), table.row().end());
  return rows;
}

}  // namespace

TEST_CASE("the separator is the one that all rows have equally often") {
  const Rows want{{"a", "b"}, {"c", "d"}};
  for (const char* text : {"a,b\nc,d\n", "a\tb\nc\td\n", "a;b\nc;d\n", "a b\nc d\n", " a  b \nc\td\n", "a , b\r\nc,d"})
    CHECK(rows_of(text) == want);
  CHECK(rows_of("x y\tz\nu\tv w\n") == Rows{{"x y", "z"}, {"u", "v w"}});
  CHECK(rows_of("0,5;1\n2;3\n") == Rows{{"0,5", "1"}, {"2", "3"}});
  CHECK(rows_of("0 1\n1\t2\n2, 2\n") == Rows{{"0", "1"}, {"1", "2"}, {"2", "2"}});  // none: row by row
  CHECK(rows_of("\t0\t1\n0\t5\t6\n") == Rows{{"", "0", "1"}, {"0", "5", "6"}});
  CHECK(rows_of("a,b,,\n") == Rows{{"a", "b", "", ""}});
}

TEST_CASE("quotes hold separators and quotes") {
  CHECK(rows_of("\"a, b\",c\n\"d \"\"e\"\"\",f\n") == Rows{{"a, b", "c"}, {"d \"e\"", "f"}});
  CHECK(rows_of("\"a b\" c\n") == Rows{{"a b", "c"}});
  CHECK(rows_of("5\" disk,c\n") == Rows{{"5\" disk", "c"}});
  CHECK(rows_of("\"\",\n") == Rows{{"", ""}});
  CHECK_THROWS_WITH_AS(rows_of("a,b\n\"c,d\n"), doctest::Contains("line 2: the quote of"), FileError);
  CHECK_THROWS_WITH_AS(rows_of("\"a\"b,c\n"), doctest::Contains("got 'b' after a closing quote"), FileError);
}

TEST_CASE("comments and blank rows") {
  const TempFolder folder;
  TextTable table(folder.write("text", "# one\n%two\nfrom to\n\n# three\n0 1\n"));
  CHECK(table.first_rows() == std::vector<Fields>{{"from", "to"}, {"0", "1"}});
  table.skip_first_row();
  CHECK(table.next());
  CHECK(table.row().empty());
  CHECK(table.next());
  CHECK(table.row() == Fields{"0", "1"});
  CHECK(table.line() == 6);
  CHECK_FALSE(table.next());
  REQUIRE(table.comments().size() == 3);
  CHECK(table.comments()[0].text == " one");
  CHECK(table.comments()[1].text == "two");
  CHECK(table.comments()[2].text == " three");
}

TEST_CASE("lines are one field unless a separator is in all") {
  CHECK(rows_of("Birds, large\nmoss\n#1\n", Cut::lines) == Rows{{"Birds, large"}, {"moss"}, {"#1"}});
  CHECK(rows_of("\"Birds, large\"\n5 \"x\"\n", Cut::lines) == Rows{{"Birds, large"}, {"5 \"x\""}});
  CHECK(rows_of("1,a b\n2,c\n", Cut::lines) == Rows{{"1", "a b"}, {"2", "c"}});
  CHECK(rows_of("# note\na b\n", Cut::lines) == Rows{{"a b"}});
  CHECK(rows_of("0 1\n1 0\n", Cut::lines) == Rows{{"0 1"}, {"1 0"}});
  CHECK(rows_of("0 1\n1 0\n", Cut::labels) == Rows{{"0", "1"}, {"1", "0"}});
  CHECK(rows_of("NA NA\n1 0\n", Cut::labels) == Rows{{"NA", "NA"}, {"1", "0"}});
  CHECK(rows_of("NA NA\nnone none\n", Cut::labels) == Rows{{"NA NA"}, {"none none"}});
  CHECK(rows_of("graph theory\nset theory\n", Cut::labels) == Rows{{"graph theory"}, {"set theory"}});
}

TEST_CASE("numbers may have decimal commas where commas don't separate, or in quotes") {
  const TempFolder folder;
  TextTable german(folder.write("a", "0,5;1\n2;3\n")), english(folder.write("b", "5,1\n2,3\n")),
      plain(folder.write("c", "5 1\n2 3\n"));
  CHECK_FALSE(german.decimal_commas());
  CHECK(german.number("0,5") == 0.5);
  CHECK(german.number("-1,5e2") == -150);
  CHECK(german.decimal_commas());
  CHECK_FALSE(german.number("1,000,5"));
  CHECK(english.number("0,5") == 0.5);   // a field that holds the separator stood in quotes
  CHECK_FALSE(english.number("1,500"));  // 1500 or 1.5
  CHECK_FALSE(english.number("-123,456"));
  CHECK(english.number("0,125") == 0.125);
  CHECK(english.number("-0,125") == -0.125);
  CHECK(english.number("1234,125") == 1234.125);
  CHECK(english.number("1,5e3") == 1500);
  CHECK_FALSE(plain.number("0,5"));
  CHECK(english.number("+3") == 3);
}

TEST_CASE("missing values in their usual spellings") {
  for (const char* text : {"", "?", "-", "nan", "NaN", "NA", "n/a", "None", "null", "NULL", "<NA>", ".", "--", "\\N",
                           "n.a.", "1.#QNAN", "-1.#IND", "not applicable"})
    CHECK(is_missing(text));
  for (const char* text : {"0", "-1", "nano", "no", "unknown", ".5", "-.5", "1.", "-12", "\\n", "1.#inf"})
    CHECK_FALSE(is_missing(text));
}
