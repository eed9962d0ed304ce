// First rows of tables that could be an edge, a node or a header; columns of labels and names of features.
#include <doctest/doctest.h>

#include <iterator>
#include <map>
#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::TempFolder;
using test::Texts;

namespace {

void given_is_refused(const Texts& files, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(read_texts(files), doctest::Contains(why), FileError);
}

}  // namespace

TEST_CASE("a first edge 0 1 2 of a weighted list is an edge; pandas' header stays one") {
  const Dataset blanks = read_texts({{"edges.txt", "0 1 2\n1 2 3\n2 3 1\n"}});
  CHECK(blanks.graph.edges() == 3);
  CHECK(blanks.edge_weights == std::vector<Real>{2, 3, 1});
  CHECK_FALSE(has_note(blanks, "header"));
  const Dataset commas = read_texts({{"edges.csv", "0,1,2\n1,2,3\n2,3,1\n"}});
  CHECK(commas.graph.edges() == 3);
  CHECK(has_note(commas, "the first line could be a header that counts columns: it is taken as an edge"));
  const Dataset again = read_texts({{"edges.csv", "0,1,2\n0,1,3\n2,3,1\n"}});
  CHECK(again.edge_weights == std::vector<Real>{3, 1});
  CHECK(has_note(again, "the first line counts the columns; it is a header, not an edge"));
  CHECK(has_note(read_texts({{"edges.csv", "0,1,2\na,b,3\nb,c,1\n"}}), "it is a header, not an edge"));
  CHECK(has_note(read_texts({{"edges.csv", "0,1,2\n5,6,3\n6,7,1\n"}, {"nodes.txt", "5\n6\n7\n"}}),
                 "it is a header, not an edge"));
  given_is_refused({{"edges.csv", "0,1,2\n1,2,3\n2,3,1\n"}, {"labels.txt", "a\nb\na\n"}},
                   "where line 1 counts the columns, want source,target in its place");
}

TEST_CASE("a line that was taken as a header is named where the numbers of lines differ") {
  const Texts eaten{
      {"edges.txt", "0 1\n1 2\n"}, {"features.txt", "0 1 2\n4 5 6\n7 8 9\n"}, {"labels.txt", "a\nb\na\n"}};
  CHECK(read_texts(eaten).nodes() == 3);  // the labels have a line for it
  Texts longer = eaten;
  longer["labels.txt"] = "a\nb\na\nb\n";
  given_is_refused(longer,
                   "want 2: one for each node of features.txt (its line 1 counts the columns and was taken as a "
                   "header: where it is a node, write a header above it)");
  Texts named = eaten;
  named["nodes.csv"] = "id,p\n0,1\n1,1\n2,1\n";
  named["labels.txt"] = "a\n-\nb\n";
  CHECK(read_texts(named).nodes() == 3);  // and so have their names
  named["features.txt"] = "x,y,z\n0,1,2\n4,5,6\n7,8,9\n";
  CHECK(read_texts(named).nodes() == 3);
}

TEST_CASE("of several columns of labels the one with the surest name counts") {
  const Texts graph{{"edges.txt", "0 1\n1 2\n"}};
  const auto with = [&](const char* name, const char* text) {
    Texts files = graph;
    files[name] = text;
    return read_texts(files);
  };
  const Dataset features = with("features.csv", "id,a,y,label\n0,1,7,cat\n1,2,8,dog\n2,3,9,cat\n");
  CHECK(features.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(has_note(features, "columns beside label, the label, are left out: y"));
  CHECK(with("features.csv", "a,target,class\n1,7,cat\n2,8,dog\n3,9,cat\n").class_names[0] == "cat");
  const Dataset labels = with("labels.csv", "id,y,label\n0,7,cat\n1,8,dog\n2,9,cat\n");
  CHECK(labels.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(has_note(labels, "columns beside the label are left out: y"));
}

TEST_CASE("where a comment tells the task, every column of numbers is a label or a target, whatever its name") {
  const Texts graph{{"edges.txt", "0 1\n1 2\n"}};
  const auto with = [&](const char* text) {
    Texts files = graph;
    files["labels.csv"] = text;
    return read_texts(files);
  };
  CHECK(with("# task: multi-label\nlabel,class\n1,0\n0,1\n1,1\n").class_names ==
        std::vector<std::string>{"label", "class"});
  CHECK(with("# task: multi-label\na,y\n1,0\n0,1\n1,1\n").class_names == std::vector<std::string>{"a", "y"});
  CHECK(with("# task: regression\nnode,y,target\n0,1,2\n1,3,4\n2,5,6\n").targets.columns() == 2);
  const Dataset words = with("# task: regression\nid,y,remark\n0,1,good\n1,3,bad\n2,5,good\n");
  CHECK(words.targets.columns() == 1);
  CHECK(has_note(words, "columns beside the label are left out: remark"));
}

TEST_CASE("a sentence above a table with commas is no header") {
  const Dataset read = read_texts({{"edges.txt", "0 1\n1 2\n"},
                                   {"features.csv", "# produced by tool\n0.5,1,2\n3,4,5\n6,7,8\n"},
                                   {"labels.txt", "a\nb\na\n"}});
  CHECK(read.feature_names.empty());
  CHECK(read.feature_count() == 3);
}

TEST_CASE("two features of nodes with one name are refused when they are read") {
  given_is_refused({{"edges.txt", "0 1\n"}, {"features.csv", "a,b,a\n1,2,3\n4,5,6\n"}},
                   "two features of nodes are named 'a', want a name for each: rename a column in the header");
  given_is_refused({{"edges.txt", "0 1\n"}, {"features.csv", "1,2\n4,5\n"}, {"feature_names.txt", "b\nb\n"}},
                   "two features of nodes are named 'b'");
}

TEST_CASE("labels -1 and 1 alone are two classes; beside others -1 is no label") {
  const Texts graph{{"edges.txt", "0 1\n1 2\n"}};
  const auto with = [&](const char* text) {
    Texts files = graph;
    files["labels.txt"] = text;
    return read_texts(files);
  };
  const Dataset signs = with("1\n-1\n1\n");
  CHECK(signs.class_names == std::vector<std::string>{"-1", "1"});
  CHECK(signs.labels == std::vector<std::int32_t>{1, 0, 1});
  CHECK(has_note(signs, "labels.txt: -1 and 1 are the only labels: they are two classes"));
  const TempFolder folder;
  write_dataset(signs, folder.path() / "signs");
  CHECK(read_dataset(folder.path() / "signs").labels == signs.labels);
  CHECK(with("1\n-1.0\nnan\n").labels == std::vector<std::int32_t>{1, 0, -1});
  CHECK(with("1\n-1\n0\n").labels == std::vector<std::int32_t>{1, -1, 0});
  CHECK(with("1\n-1\n2\n").labels == std::vector<std::int32_t>{0, -1, 1});
}

TEST_CASE("a first line that counts nodes and edges is a header") {
  const TempFolder folder;
  const std::string path = "0 1\n1 2\n2 3\n3 4\n4 5\n";
  const Dataset bare = read_dataset(folder.write("g.txt", "6 5\n" + path));
  CHECK(bare.nodes() == 6);
  CHECK(bare.graph.edges() == 5);
  CHECK(has_note(bare, "g.txt: the first line, 6 5, counts nodes and edges; it is a header, not an edge"));
  const Dataset from_one = read_dataset(folder.write("h.txt", "6 4\n1 2\n2 3\n3 4\n5 6\n"));
  CHECK(from_one.nodes() == 6);
  CHECK(from_one.graph.edges() == 4);
  const Texts features{{"edges.txt", "6 5\n" + path}, {"features.txt", "1\n3\n2\n5\n7\n9\n"}};
  CHECK(read_texts(features).graph.edges() == 5);
  Texts other = features;
  other["edges.txt"] = "6 7\n" + path;
  given_is_refused(other, "node 6 is out of range, want 0 … 5 as features.txt has lines");
  given_is_refused(other, "; where the first line counts nodes and edges, leave it out");
  const char* const doubt = "is read as an edge: where it counts nodes and edges, leave it out";
  CHECK(has_note(read_dataset(folder.write("d.txt", "6 10\n" + path)), doubt));
  const Dataset chain = read_dataset(folder.write("c.txt", "6 5\n5 4\n4 3\n3 2\n2 1\n1 6\n"));
  CHECK(chain.graph.edges() == 6);
  CHECK(has_note(chain, doubt));
  for (const char* edges : {"5 3\n0 1\n1 2\n2 3\n3 4\n", "5 0\n0 1\n1 2\n2 3\n3 4\n", "2 1\n1 0\n",
                            "4 3\n3 4\n0 1\n1 2\n", "source target\n4 3\n0 1\n1 2\n2 3\n"})
    CHECK_FALSE(has_note(read_dataset(folder.write("e.txt", edges)), "counts nodes"));
}

TEST_CASE("a first line of two numbers above edges with weights counts nodes and edges, or is refused") {
  const TempFolder folder;
  const std::string path = "0 1 0.5\n1 2 1\n2 3 2\n";
  const char* const header = "the first line, 4 3, counts nodes and edges; it is a header, not an edge";
  const Dataset bare = read_dataset(folder.write("g.txt", "4 3\n" + path));
  CHECK(bare.nodes() == 4);
  CHECK(bare.graph.edges() == 3);
  CHECK(bare.edge_weights == std::vector<Real>{0.5, 1, 2});
  CHECK(has_note(bare, header));
  for (const char* edges : {"4 3\n0,1,0.5\n1,2,1\n2,3,2\n", "# weights\n\n4\t3\n0\t1\t0.5\n1\t2\t1\n2\t3\t2\n"}) {
    const Dataset data = read_dataset(folder.write("h.txt", edges));
    CHECK(data.edge_weights == bare.edge_weights);
    CHECK(has_note(data, header));
  }
  CHECK(read_dataset(folder.write("w.txt", "3 2\na b 1\nb c 2\n")).node_names ==
        std::vector<std::string>{"a", "b", "c"});
  const Dataset both = read_dataset(folder.write("b.txt", "2 1\n0 1 3\n1 0 3\n"));  // each edge twice
  CHECK(both.graph.edges() == 2);
  const Texts named{{"edges.txt", "3 2\na b 1\nb c 2\n"}, {"nodes.txt", "a\nb\nc\n"}};
  CHECK(read_texts(named).graph.edges() == 2);
  given_is_refused(
      {{"edges.txt", "4 7\n" + path}},
      "edges.txt: line 1: got 4 7 above lines of 3 fields: as counts of nodes and edges it doesn't fit "
      "the 4 nodes and 3 lines below it; where it counts them, leave it out, and where it is an edge, write");
  given_is_refused({{"edges.txt", "0 1\n1 2 0.5\n"}}, "line 1: got 0 1 above lines of 3 fields: as counts of");
  given_is_refused({{"edges.txt", "0 1\n1 2 0.5\n2 3\n"}}, "line 2: got 3 fields, want 2: source and target");
  given_is_refused({{"edges.txt", "0 1\n1 2 0.5\n2 3 1\n1 3\n"}},
                   "line 4: got 2 fields, want 3 as in the line below the first");
}

TEST_CASE("a first line of the sizes of a matrix is a header") {
  const TempFolder folder;
  const char* const header = "the first line, 4 4 3, counts nodes and edges; it is a header, not an edge";
  const Dataset weighted = read_dataset(folder.write("m.txt", "4 4 3\n1 2 0.5\n2 3 1\n3 4 2\n"));
  CHECK(weighted.nodes() == 4);
  CHECK(weighted.edge_weights == std::vector<Real>{0.5, 1, 2});
  CHECK(has_note(weighted, header));
  const Dataset plain = read_dataset(folder.write("p.txt", "4 4 3\n1 2\n2 3\n3 4\n"));
  CHECK(plain.graph.edges() == 3);
  CHECK(has_note(plain, header));
  const Texts nodes{{"edges.txt", "4 4 3\n0 1 1\n1 2 1\n2 3 1\n"}, {"labels.txt", "a\nb\na\nb\n"}};
  CHECK(read_texts(nodes).graph.edges() == 3);
  for (const char* loop : {"4 4 3\n1 2 1\n2 3 1\n", "3 3 3\n1 2 1\n2 3 1\n3 4 1\n", "4 4 2\n1 2 1\n2 3 1\n3 4 1\n"})
    CHECK_FALSE(has_note(read_dataset(folder.write("l.txt", loop)), "counts nodes"));
}

TEST_CASE("edges that are all comments are refused, and other comments alone are noted") {
  for (const char* edges : {"# 0 1\n# 1 2\n", "#0,1\n#1,2\n", "# source target\n% 0\t1\t0.5\n", "//0 1\n"})
    given_is_refused(
        {{"edges.txt", edges}, {"features.txt", "1\n2\n7\n"}},
        "a comment, as all lines are: where they are edges, leave out the sign; a graph without edges has");
  const Dataset none = read_texts({{"edges.txt", "# directed\n"}, {"features.txt", "1\n2\n7\n"}});
  CHECK(none.graph.edges() == 0);
  CHECK(has_note(none, "edges.txt: all lines are comments: the graph has no edges"));
}

TEST_CASE("an arc runs from its tail to its head, but a triple from head to tail") {
  const auto target_of_zero = [](const char* text) {
    const Dataset data = read_texts({{"edges.csv", std::string("# directed\n") + text}, {"labels.txt", "a\nb\na\n"}});
    return std::ssize(data.graph.neighbours(1));
  };
  CHECK(target_of_zero("tail,head\n0,1\n0,2\n") == 1);
  CHECK(target_of_zero("Tail,Head,weight\n0,1,2\n0,2,2\n") == 1);
  CHECK(target_of_zero("tail,relation,head\n0,0,1\n0,1,2\n") == 0);
  CHECK(target_of_zero("head,relation,tail\n0,0,1\n0,1,2\n") == 1);
  CHECK(target_of_zero("head,tail\n0,1\n0,2\n") == 1);
  CHECK(has_note(read_texts({{"edges.csv", "tail,head\n0,1\n"}, {"labels.txt", "a\nb\na\n"}}),
                 "tail is taken as the source, head as the target"));
}

TEST_CASE("triples without a header are refused") {
  given_is_refused({{"edges.csv", "paris,capital_of,france\nfrance,part_of,europe\n"}},
                   "edges.csv: these look like triples with a relation in column 2: 'france' of column 3 stands in "
                   "column 1, too, and 'capital_of' in neither; want a header above, head,relation,tail");
  const Dataset triples =
      read_texts({{"edges.csv", "head,relation,tail\nparis,capital_of,france\nfrance,part_of,eu\n"}});
  CHECK(triples.node_names == std::vector<std::string>{"paris", "france", "eu"});
  CHECK(triples.edge_feature_names == std::vector<std::string>{"relation=capital_of", "relation=part_of"});
  CHECK(read_texts({{"edges.csv", "ann,bob,friend\nbob,cy,friend\n"}}).graph.edges() == 2);
  CHECK(read_texts({{"edges.csv", "ann,bob,cy\nbob,cy,ann\n"}}).graph.edges() == 2);
}
