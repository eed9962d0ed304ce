// Splits of a folder of text: masks under the names of lists, words beside masks, rows without ids.
#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::TempFolder;
using test::Texts;

namespace {

using Nodes = std::vector<Node>;

/// Four labelled nodes on a path, and these files.
Texts in_split_folder(Texts texts) {
  texts.insert(
      {{"edges.txt", "0 1\n1 2\n2 3\n"}, {"features.csv", "1.5,2\n2,1\n3,1\n4,1\n"}, {"labels.txt", "a\nb\na\nb\n"}});
  return texts;
}

Dataset read_split_folder(const Texts& texts) { return read_texts(in_split_folder(texts)); }
void refused_split(const Texts& texts, const char* why) { test::refused_texts(in_split_folder(texts), why); }

}  // namespace

TEST_CASE("0 or 1 for each node under the name of a list is a mask") {
  for (const char* train : {"1\n1\n0\n0\n", "true\nTrue\nfalse\nFALSE\n", "train\n1\n1\n0\n0\n"}) {
    const Dataset data =
        read_split_folder({{"train.txt", train}, {"valid.txt", "0\n0\n1\n0\n"}, {"test.txt", "0\n0\n0\n1\n"}});
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == Nodes{0, 1});
    CHECK(data.splits[0].validation == Nodes{2});
    CHECK(data.splits[0].test == Nodes{3});
    CHECK(has_note(data, "train.txt holds 0 or 1 for each node: it and those of the other parts are read as masks"));
  }
  CHECK(read_split_folder({{"train.txt", "1 0\n0 1\n0 0\n0 0\n"}}).splits.size() == 2);
  const Dataset list = read_split_folder({{"train.txt", "1\n0\n"}, {"test.txt", "3\n"}});
  CHECK(list.splits[0].train.size() == 2);
  CHECK_FALSE(has_note(list, "masks"));
}

TEST_CASE("files go by the same words for parts as columns, and by doubtful ones beside surer names") {
  for (const auto& names :
       std::initializer_list<std::array<const char*, 3>>{{"trn_mask.txt", "vld_mask.txt", "tst_mask.txt"},
                                                         {"train_mask.txt", "eval_mask.txt", "mask_holdout.txt"},
                                                         {"tr.txt", "va.txt", "te.txt"}}) {
    const char *train = names[0], *validation = names[1], *test = names[2];
    CAPTURE(train);
    const Dataset data =
        read_split_folder({{train, "1\n1\n0\n0\n"}, {validation, "0\n0\n1\n0\n"}, {test, "0\n0\n0\n1\n"}});
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == Nodes{0, 1});
    CHECK(data.splits[0].validation == Nodes{2});
    CHECK(data.splits[0].test == Nodes{3});
  }
  const Dataset other = read_split_folder({{"eval.txt", "accuracy 0.8\n"}});
  CHECK(other.splits.empty());
  CHECK(has_note(other, "eval.txt is not read"));
  const Dataset named = read_split_folder({{"train.txt", "0\n"}, {"val.txt", "1\n"}, {"eval.txt", "2\n"}});
  CHECK(named.splits.at(0).validation == Nodes{1});
  CHECK(has_note(named, "eval.txt is not read"));
}

TEST_CASE("parts that are numbered are refused with the way out") {
  refused_split(
      {{"split.txt", "0\n0\n1\n2\n"}},
      "split.txt: line 1: got '0', want train, val, test or none: write the word of each number in its place");
}

TEST_CASE("masks are known from lists of nodes, or refused with the way out") {
  refused_split({{"train.txt", "1\n1\n0\n0\n"}, {"val.txt", "2\n3\n"}},
                "val.txt: holds no 0 or 1 for each node, as train.txt does, want masks in all of them");
  const Texts two{{"edges.txt", "0 1\n"}, {"features.csv", "1.5,2\n2,1\n"}, {"labels.txt", "a\nb\n"}};
  Texts either = two, list = two, mask = two;
  either["train.txt"] = "0\n1\n";
  refused_split(either, "train.txt: may be a list of nodes, or 0 or 1 for each node: name it train_mask.txt");
  list["train.txt"] = "id\n0\n1\n";
  CHECK(read_split_folder(list).splits[0].train == Nodes{0, 1});
  mask["train_mask.txt"] = "0\n1\n";
  CHECK(read_split_folder(mask).splits[0].train == Nodes{1});
}

TEST_CASE("only the first line of a list may be a header, with a note") {
  CHECK(has_note(read_split_folder({{"train.txt", "train_idx\n0\n"}}),
                 "train.txt: the first line, 'train_idx', is no node"));
  refused_split({{"train.txt", "one\ntwo\n0\n"}}, "train.txt: line 2: got 'two', want a node of features.csv, 0 … 3");
  refused_split({{"train.txt", "0.0\n2.0\n"}},
                "line 1: got '0.0', want a node of features.csv, 0 … 3: 0 is; write whole");
}

TEST_CASE("a part without training nodes is refused by name") {
  refused_split({{"val.txt", "2\n"}}, "has no file 'train.txt' beside 'val.txt', want both; without 'val.txt' a split");
  refused_split({{"test_mask.csv", "0\n0\n0\n1\n"}}, "has no file 'train_mask.csv' beside 'test_mask.csv', want both");
  refused_split(
      {{"nodes.csv", "id,val_mask\n0,1\n1,0\n2,0\n3,0\n"}},
      "nodes.csv: the column 'val_mask' is by its name a mask of val, and there is none of the training nodes");
  const Texts bare{{"edges.txt", "0 1\n"}, {"features.csv", "1,2\n3,1\n"}, {"test_mask.txt", "0\n1\n"}};
  CHECK(has_note(read_texts(bare), "test_mask.txt: the split is left out, since no node has a label"));
  CHECK(has_note(read_split_folder({{"nodes.csv", "id,split,val_mask\n0,train,0\n1,val,1\n2,test,0\n3,test,0\n"}}),
                 "nodes.csv: the column 'val_mask' is left out: another column gives the split"));
}

TEST_CASE("a folder of splits or tables within the folder is named, but no data set and no other files") {
  const TempFolder folder;
  folder.write("edges.txt", "0 1\n1 2\n2 3\n");
  folder.write("features.csv", "1.5,2\n2,1\n3,1\n4,1\n");
  folder.write("labels.txt", "a\nb\na\nb\n");
  for (const char* within : {"lists", "published", "notes", "another"})
    std::filesystem::create_directory(folder / within);
  folder.write("notes/summary.json", "{}");
  folder.write("another/edges.txt", "0 1\n");
  folder.write("another/labels.txt", "a\nb\n");
  CHECK(read_dataset(folder.path()).notes.empty());
  folder.write("lists/train.txt", "1\n");
  folder.write("published/web_split_0.6_0.2_0.npz", "");
  CHECK(has_note(read_dataset(folder.path()), "lists/, published/ are not read: known names are edges"));
}

TEST_CASE("a column of words and masks in one table agree") {
  const std::string header = "id,split,train_mask,val_mask\n", rest = "2,test,0,0\n3,none,0,0\n";
  const Dataset data = read_split_folder({{"nodes.csv", header + "0,train,1,0\n1,val,0,1\n" + rest}});
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].test == Nodes{2});
  refused_split(
      {{"nodes.csv", header + "0,train,1,0\n1,val,1,0\n" + rest}},
      "nodes.csv: line 3: the column 'split' and 'train_mask' with its like give splits that differ in train");
}

TEST_CASE("a note says whose order the splits without ids follow") {
  const auto with = [&](const char* name, const char* text) {
    const TempFolder folder;
    folder.write("edges.txt", "0 1\n1 2\n2 3\n");
    folder.write("features.csv", "id,x,z\n0,1.5,2\n1,2,1\n2,3,1\n3,4,1\n");
    folder.write("labels.csv", "id,label\n3,b\n2,a\n1,b\n0,a\n");
    folder.write(name, text);
    return read_dataset(folder.path());
  };
  const char* masks =
      "train_mask.txt has no ids: the lines are taken as the nodes 0, 1 …, not in the order of labels.csv";
  CHECK(has_note(with("train_mask.txt", "1\n0\n0\n0\n"), masks));
  CHECK(with("train_mask.txt", "1\n0\n0\n0\n").splits[0].train == Nodes{0});
  CHECK(has_note(with("split.csv", "train\nval\ntest\ntest\n"),
                 "split.csv has no ids: the lines are taken as the nodes"));
  CHECK(has_note(with("train.txt", "1\n0\n0\n0\n"), "train.txt has no ids"));
  CHECK_FALSE(has_note(with("train.txt", "3\n"), "no ids"));
}
