// Lists of features of Geom-GCN: values or indices.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

test::Texts with_lists(const std::vector<std::string>& lists) {
  std::string nodes = "node_id\tfeature\tlabel\n";
  for (std::size_t i = 0; i < lists.size(); ++i)
    nodes += std::to_string(i) + "\t" + lists[i] + "\t" + std::to_string(i % 2) + "\n";
  return {{"out1_node_feature_label.txt", nodes}, {"out1_graph_edges.txt", "node_id\tnode_id\n0\t1\n1\t2\n"}};
}

}  // namespace

TEST_CASE("lists of one length that ascend beyond it are indices, with a note; others are values") {
  const Dataset top = read_texts(with_lists({"1,7,9", "0,2,3", "4,5,8"}));
  CHECK(top.feature_count() == 10);
  CHECK(has_note(top, "each line has 3 whole numbers, which ascend: they are read as indices of features that are 1"));
  const Dataset shuffled = read_texts(with_lists({"7,1,9", "0,2,3", "4,5,8"}));
  CHECK(shuffled.feature_count() == 3);
  CHECK(has_note(shuffled, "each line has 3 whole numbers: they are read as values"));
  const Dataset bits = read_texts(with_lists({"0,1,1", "1,0,1", "0,1,0"}));
  CHECK(bits.feature_count() == 3);
  CHECK_FALSE(has_note(bits, "whole numbers"));
}

TEST_CASE("a list that lacks a value is refused by its line, and lists of several lengths are indices") {
  refused_texts(with_lists({"1,0,1,1", "1,0,1", "0,0,0,1", "0,1,1,1"}),
                "out1_node_feature_label.txt: line 3: got 3 values, want 4 as in most lines");
  refused_texts(with_lists({"0.5,2", "1", "3,4"}), "line 3: got 1 values, want 2");
  CHECK(read_texts(with_lists({"5", "0,2", "1,3,4"})).feature_count() == 6);
}
