// Rows whose ids begin with #, % or //, as comments do.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/write.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::TempFolder;
using test::Texts;

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
  CHECK(
      has_note(read_dataset(folder.write("c.csv", "# no edges\n")), "all lines are comments: the graph has no edges"));
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

TEST_CASE("a line of known names is a row, also the first") {
  const Dataset bazel = read_texts({{"edges.txt", "//app:main //lib:core\n//lib:core base\n# base zlib\nbase //zlib\n"},
                                    {"nodes.txt", "//app:main\n//lib:core\nbase\n//zlib\n"}});
  CHECK(bazel.graph.edges() == 3);
  CHECK_FALSE(has_note(bazel, "taken for rows"));
  const Texts tables{{"edges.csv", "#a;#b\n#b;#c\n#c;d\n"}, {"features.csv", "id;x\n#a;1\n#b;2\n#c;3\nd;4\n"}};
  CHECK(read_texts(tables).graph.edges() == 3);
  Texts headed = tables;
  headed["edges.csv"] = "#directed\n#a b\nsource,target\n#a,#b\n#b,#c\n#c,d\n";
  CHECK(read_texts(headed).graph.edges() == 3);
  CHECK(read_texts(headed).directed);
}

TEST_CASE("a first line that is left out as a comment and has the form of a row is noted") {
  const TempFolder folder;
  CHECK(has_note(read_dataset(folder.write("b.txt", "#a b\nb #c\nc d\n")),
                 "b.txt: line 1, '#a b', is taken for a comment: where it is an edge, write a header such as "
                 "source,target above it"));
  CHECK(has_note(read_dataset(folder.write("s.txt", "//a b\nb //c\nc d\n")), "line 1, '//a b', is taken"));
  for (const char* comment : {"# a b", "#source target", "#directed graph", "#a b c", "## b"})
    CHECK_FALSE(has_note(read_dataset(folder.write("c.txt", std::string(comment) + "\na b\nb c\n")), "is taken for"));
  CHECK_FALSE(has_note(read_dataset(folder.write("n.txt", "#a b\n0 1\n1 2\n")), "is taken for"));
}

TEST_CASE("names of nodes that begin as comments do are written in quotes") {
  Dataset data;
  data.node_names = {"//a", "%b", "#c"};
  data.graph = from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}, {0, 2}});
  data.features = Tensor(3, 1);
  data.labels.assign(3, -1);
  const TempFolder folder;
  write_dataset(data, folder.path() / "written");
  const Dataset again = read_dataset(folder.path() / "written");
  CHECK(again.node_names == data.node_names);
  CHECK(again.graph == data.graph);
  CHECK(test::bytes_of(folder.path() / "written" / "edges.txt").find("\"//a\"") != std::string::npos);
}
