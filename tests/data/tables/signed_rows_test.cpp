// Rows whose ids begin with #, % or //, as comments do.
#include <doctest/doctest.h>

#include <string>

#include "data/texts.hpp"
#include "mercer/data/read.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::TempFolder;

TEST_CASE("below the first row a line such as #tag,u1 is a row where ids are words") {
  const TempFolder folder;
  const Dataset bare = read_dataset(folder.write("hl.txt", "# people\nalice #ml\n#ml bob\nbob carol\n%x //y\n"));
  CHECK(bare.node_names == std::vector<std::string>{"alice", "#ml", "bob", "carol", "%x", "//y"});
  CHECK(bare.graph.edges() == 4);
  CHECK(has_note(bare, "hl.txt: below the first row 2 lines with #, % or // before are taken for rows"));
  const Dataset tables = read_texts({{"edges.csv", "source,target\nu1,u2\n#t,u1\n#t,u2\n"},
                                     {"features.csv", "id,a\n#t,1\nu1,2\nu2,3\n"},
                                     {"labels.csv", "id,label\n#t,a\nu1,b\nu2,a\n"}});
  CHECK(tables.nodes() == 3);
  CHECK(tables.graph.edges() == 3);
  CHECK(read_texts({{"edges.csv", "source,target\n#0,#1\n#1,#2\n"}, {"features.csv", "id,a\n#0,1\n#1,2\n#2,3\n"}})
            .graph.edges() == 2);
}

TEST_CASE("edges of nothing but lines with a sign are noted") {
  const TempFolder folder;
  CHECK(has_note(read_dataset(folder.write("b.csv", "#a,#b\n#b,#c\n")), "b.csv: all lines are comments: where #"));
  CHECK_FALSE(has_note(read_dataset(folder.write("c.csv", "# no edges\n")), "comments"));
}

TEST_CASE("comments below the first row are counted") {
  const TempFolder folder;
  const Dataset data = read_dataset(folder.write("g.txt", "# top\n0 1\n#1 2\n# and so on\n2 0\n"));
  CHECK(data.graph.edges() == 2);
  CHECK(has_note(data, "g.txt: below the first row 2 lines with #, % or // before are taken for comments"));
  CHECK_FALSE(has_note(read_dataset(folder.write("h.txt", "# top\n% top\n0 1\n1 2\n")), "below"));
  const Dataset words = read_dataset(folder.write("w.txt", "a b\n# b c\n#x\nb c\n"));
  CHECK(words.graph.edges() == 2);
  CHECK(has_note(words, "2 lines with #, % or // before are taken for comments"));
}
