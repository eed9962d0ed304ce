// Quoted fields with line breaks, which a table of lines doesn't have.
#include <doctest/doctest.h>

#include <string>

#include "data/texts.hpp"

using namespace mercer;
using test::read_texts;
using test::refused_texts;

TEST_CASE("a line break within quotes is refused where the field begins") {
  constexpr const char* edges = "0,1\n1,2\n";
  const std::string want = " ends on line 4, want no line break within quotes: a row is one line (pandas: ";
  refused_texts(
      {{"edges.csv", edges},
       {"nodes.csv", "id,title,label\n0,\"A plain one, with a comma\",a\n1,\"Graphs:\na survey\",b\n2,C,a\n"}},
      ("nodes.csv: line 3: the quoted field that begins with 'Graphs:'" + want).c_str());
  refused_texts(
      {{"edges.csv", edges}, {"features.csv", "x,title\n1,\"A \"\"quoted\"\" one\"\n2,\"Graphs:\na survey\"\n3,C\n"}},
      ("features.csv: line 3: the quoted field that begins with 'Graphs:'" + want).c_str());
  refused_texts(
      {{"edges.csv", edges}, {"features.csv", "# a, b\nx;title;z\n1;A;1\n2;\"Graphs, \"\"trees\"\"\n\";1\n3;C;2\n"}},
      "line 4: the quoted field that begins with 'Graphs, \"\"trees\"\"' ends on line 5");
  refused_texts({{"edges.csv", edges}, {"labels.csv", "id,label,remark\n0,a,\n1,b,\"two\n\nmore\nlines\"\n2,a,\n"}},
                "labels.csv: line 3: the quoted field that begins with 'two' ends on line 6");
  refused_texts({{"edges.csv", "source,target,note\n0,1,a\n1,2,\"b\nc\"\n"}},
                "edges.csv: line 3: the quoted field that begins with 'b' ends on line 4");
}

TEST_CASE("quotes that a line closes, or none does, are no line breaks") {
  const Dataset data = read_texts(
      {{"edges.csv", "0,1\n"}, {"nodes.csv", "id,title,label\n0,\"6\"\" pipe, long\",a\n1,a 5\" pipe,b\n2,\"\",a\n"}});
  CHECK(data.nodes() == 3);
  CHECK(read_texts({{"edges.txt", "0 1\n"}, {"labels.txt", "\"a\n\"b\"\n\"a\n\"b\"\n"}}).classes() == 2);
  refused_texts({{"edges.csv", "0,1\n"}, {"features.csv", "x,title\n1,\"A\n2,B\n"}}, "isn't closed on its line");
}
