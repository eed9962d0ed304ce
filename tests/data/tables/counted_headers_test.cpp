// The header 0,1 or 0 that pandas writes above columns without names.
#include <doctest/doctest.h>

#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;

namespace {

constexpr const char* counts_as_header = "the first line counts the columns; it is a header, not an edge";
constexpr const char* pair_in_doubt = "edges.csv: the first line 0,1 is read as an edge: where it is pandas' header";
constexpr const char* five_labels = "a\nb\na\nb\na\n";

Dataset read_edges_and_labels(const std::string& edges, const std::string& labels) {
  return read_texts({{"edges.csv", edges}, {"labels.txt", labels}});
}

Dataset read_lists(const std::string& train, const std::string& test, const std::string& ending = ".csv") {
  return read_texts({{"edges.txt", "0 1\n1 2\n2 3\n3 4\n"},
                     {"labels.txt", five_labels},
                     {"train" + ending, train},
                     {"test" + ending, test}});
}

}  // namespace

TEST_CASE("a first row 0,1 of edges is pandas' header where the edges below show it") {
  const Dataset from_one = read_texts({{"edges.csv", "0,1\n1,2\n2,3\n3,1\n"}});
  CHECK(from_one.nodes() == 3);
  CHECK(has_note(from_one, counts_as_header));
  const Dataset gaps = read_texts({{"edges.csv", "0,1\n1000,1007\n1007,1014\n"}});
  CHECK(gaps.nodes() == 3);
  CHECK(has_note(gaps, counts_as_header));
  const Dataset again = read_edges_and_labels("0,1\n0,1\n1,2\n2,0\n", "a\nb\na\n");
  CHECK(again.graph.edges() == 3);
  CHECK(has_note(again, counts_as_header));
  const Dataset counted = read_edges_and_labels("0,1\n1,2\n2,3\n3,4\n4,5\n", five_labels);
  CHECK(counted.graph.edges() == 4);
  CHECK(has_note(counted, counts_as_header));
  const Dataset named = read_texts({{"edges.csv", "0,1\n70,80\n80,90\n"}, {"nodes.txt", "70\n80\n90\n"}});
  CHECK(named.graph.edges() == 2);
  CHECK(has_note(named, counts_as_header));
}

TEST_CASE("a first row 0,1 of edges is an edge elsewhere, with a note unless 1,0 is there") {
  const Dataset cycle = read_texts({{"edges.csv", "0,1\n1,2\n2,0\n"}});
  CHECK(cycle.graph.edges() == 3);
  CHECK(has_note(cycle, pair_in_doubt));
  const Dataset path = read_texts({{"edges.csv", "0,1\n1,2\n2,3\n"}});  // a tree may have 0 as a leaf
  CHECK(path.nodes() == 4);
  CHECK(has_note(path, pair_in_doubt));
  CHECK(has_note(read_edges_and_labels("0,1\n1,2\n2,3\n2,0\n", five_labels), pair_in_doubt));
  CHECK_FALSE(has_note(read_edges_and_labels("0,1\n1,2\n2,3\n3,4\n", five_labels), "first line"));
  CHECK_FALSE(has_note(read_texts({{"edges.csv", "0,1\n0,2\n1,0\n2,0\n"}}), "first line"));
  CHECK_FALSE(has_note(read_texts({{"edges.csv", "0,1\n"}}), "first line"));
  CHECK_FALSE(has_note(read_texts({{"edges.txt", "0 1\n1 2\n2 0\n"}}), "first line"));
}

TEST_CASE("a first line 0 of a list of nodes is pandas' header where 0 is in a list again") {
  const Dataset again = read_lists("0\n1\n2\n", "0\n3\n4\n");
  CHECK(again.splits.at(0).train == std::vector<Node>{1, 2});
  CHECK(again.splits.at(0).test == std::vector<Node>{3, 4});
  CHECK(has_note(again, "train.csv: the first line, '0', counts the columns; it is a header, not a node"));
  CHECK(read_lists("0\n1\n0\n", "3\n4\n").splits.at(0).train == std::vector<Node>{1, 0});
  const Dataset once = read_lists("0\n1\n2\n", "3\n4\n");
  CHECK(once.splits.at(0).train.size() == 3);
  CHECK(has_note(once, "train.csv: the first line, 0, is read as a node: where it is pandas' header"));
  CHECK_FALSE(has_note(read_lists("0\n1\n2\n", "3\n4\n", ".txt"), "first line"));
  CHECK_THROWS_WITH_AS(read_lists("0\n1\n", "0\n3\n", ".txt"), doctest::Contains("node '0' is in train already"),
                       FileError);
}
