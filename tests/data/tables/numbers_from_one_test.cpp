// Folders whose edges count from 1: ids, lists and splits of other files go by the same numbers, or are refused.
#include <doctest/doctest.h>

#include <map>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::Texts;

namespace {

using NodesFromOne = std::vector<Node>;

/// Four nodes on a path whose edges count from 1.
Texts with_edges_from_one(Texts texts) {
  texts.insert(
      {{"edges.txt", "1 2\n2 3\n3 4\n"}, {"features.csv", "1.5,2\n2,1\n3,1\n4,1\n"}, {"labels.txt", "a\nb\nc\nd\n"}});
  std::erase_if(texts, [](const auto& entry) { return entry.second == "gone"; });
  return texts;
}

Dataset read_from_one(const Texts& texts) { return read_texts(with_edges_from_one(texts)); }
void refused_from_one(const Texts& texts, const char* why) { test::refused_texts(with_edges_from_one(texts), why); }

}  // namespace

TEST_CASE("ids of labels go by the numbers of the edges, all of them or not") {
  for (const char* rows : {"1,a\n2,b\n3,c\n", "3,c\n1,a\n2,b\n"}) {
    const Dataset data = read_from_one({{"labels.txt", "gone"}, {"labels.csv", std::string("id,label\n") + rows}});
    CHECK(data.labels == std::vector<std::int32_t>{0, 1, 2, -1});
    CHECK(data.node_names == std::vector<std::string>{"1", "2", "3", "4"});
    CHECK(has_note(data, "edges.txt: nodes are numbered 1 … 4; these numbers are their names, in other files, too"));
  }
  const Dataset whole = read_from_one({{"labels.txt", "gone"}, {"labels.csv", "id,label\n1,a\n2,b\n3,c\n4,a\n"}});
  CHECK(whole.labels == std::vector<std::int32_t>{0, 1, 2, 0});
  refused_from_one({{"labels.txt", "gone"}, {"labels.csv", "id,label\n0,a\n2,b\n"}},
                   "labels.csv: line 2: the id '0' is not a node of features.csv: edges.txt numbers them 1 … 4");
}

TEST_CASE("lists and splits go by the numbers of the edges") {
  const Dataset lists = read_from_one({{"train.txt", "1\n2\n"}, {"test.txt", "4\n"}});
  REQUIRE(lists.splits.size() == 1);
  CHECK(lists.splits[0].train == NodesFromOne{0, 1});
  CHECK(lists.splits[0].test == NodesFromOne{3});
  CHECK(read_from_one({{"train.txt", "1\n2\n"}}).splits[0].train == NodesFromOne{0, 1});
  refused_from_one({{"train.txt", "0\n2\n"}},
                   "train.txt: line 1: got '0', want a node of features.csv: edges.txt numbers them 1 … 4");
  for (const char* rest : {"", "4,none\n"}) {
    const Dataset split = read_from_one({{"split.csv", std::string("id,split\n1,train\n2,test\n3,val\n") + rest}});
    REQUIRE(split.splits.size() == 1);
    CHECK(split.splits[0].train == NodesFromOne{0});
    CHECK(split.splits[0].test == NodesFromOne{1});
    CHECK(split.splits[0].validation == NodesFromOne{2});
  }
}

TEST_CASE("numbers that could begin with 0 or with 1 are noted") {
  const char* either = "edges.txt: neither 0 nor 4 is there: nodes are counted from 0";
  const Dataset data = read_from_one({{"edges.txt", "1 2\n2 3\n"}, {"train.txt", "1\n2\n"}});
  CHECK(has_note(data, either));
  CHECK(data.splits[0].train == NodesFromOne{1, 2});
  CHECK_FALSE(has_note(read_from_one({{"edges.txt", "0 2\n2 3\n"}}), either));
  CHECK_FALSE(has_note(read_from_one({{"edges.txt", "1 2\n"}, {"nodes.txt", "1\n2\n3\n4\n"}}), either));
  const Dataset named = read_from_one({{"edges.txt", "1 2\n"}, {"nodes.txt", "1\n2\n3\n4\n"}, {"train.txt", "1\n"}});
  CHECK(named.splits[0].train == NodesFromOne{0});
}
