// Columns of features that are the label or the split in other words.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;
using test::TempFolder;
using test::Texts;

namespace {

constexpr const char* six_edges = "0 1\n1 2\n2 3\n3 4\n4 5\n";
constexpr const char* six_labels = "a\nb\na\nb\na\nb\n";

Dataset read_features(const std::string& features) {
  return read_texts({{"edges.txt", six_edges}, {"labels.txt", six_labels}, {"features.csv", features}});
}

Dataset read_nodes(const std::string& nodes) { return read_texts({{"edges.txt", six_edges}, {"nodes.csv", nodes}}); }

}  // namespace

TEST_CASE("columns train, val and test of 0 and 1 are the split and no features") {
  const Dataset data = read_features("a,train,val,test\n.5,1,0,0\n1,1,0,0\n2,0,1,0\n1,0,0,1\n3,0,0,1\n4,0,0,0\n");
  CHECK(data.feature_count() == 1);
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].train == std::vector<Node>{0, 1});
  CHECK(data.splits[0].validation == std::vector<Node>{2});
  CHECK(data.splits[0].test == std::vector<Node>{3, 4});
  CHECK(has_note(data, "features.csv: columns train, val, test are read as the split"));
  const Dataset words = read_nodes(
      "id,label,train,test\n0,a,True,False\n1,b,True,False\n2,a,False,True\n3,b,False,True\n4,a,False,False\n"
      "5,b,False,False\n");
  CHECK(words.splits.at(0).test == std::vector<Node>{2, 3});
  const Dataset both = read_features("a,train,test\n.5,1,1\n1,1,0\n2,0,1\n1,0,0\n3,0,1\n4,0,0\n");
  CHECK(both.splits.empty());
  CHECK(both.feature_count() == 3);
  CHECK(has_note(both, "features.csv: read as features: train, test; a split is a column split"));
  CHECK(read_features("test,a,train\n0,0,1\n0,0,1\n0,1,0\n1,0,0\n1,0,0\n0,0,0\n").feature_count() == 3);  // of words
  CHECK(has_note(read_features("a,fold\n.5,1\n1,1\n2,0\n1,0\n3,2\n4,2\n"), "read as features: fold"));
}

TEST_CASE("a feature that names the classes one to one is noted") {
  constexpr const char* copy = "names the classes of the labels one to one: leave it out if it is a copy";
  CHECK(
      has_note(read_features("a,predicted\n.5,1\n1,2\n2,1\n1,2\n3,1\n4,2\n"), std::string("column predicted ") + copy));
  CHECK_FALSE(has_note(read_features("a,predicted\n.5,1\n1,2\n2,1\n1,2\n3,1\n4,1\n"), copy));
  CHECK_FALSE(has_note(read_features("a,same\n.5,1\n1,1\n2,1\n1,1\n3,1\n4,1\n"), copy));
  CHECK(has_note(read_texts({{"edges.txt", six_edges},
                             {"labels.txt", six_labels},
                             {"features.svmlight", "0:1\n3:2\n0:1\n3:2\n0:1\n3:2\n"}}),
                 std::string("feature 3 ") + copy));
  CHECK(has_note(read_nodes("id,label,a,guess\n0,a,1,0\n1,b,1,7\n2,a,2,0\n3,b,1,7\n4,a,1,0\n5,b,1,7\n"),
                 std::string("column guess ") + copy));
}

namespace {

constexpr const char* ring_of_nine = "0 1\n1 2\n2 3\n3 4\n4 5\n5 6\n6 7\n7 8\n8 0\n";
constexpr const char* nine_labels = "a\nb\nc\na\nb\nc\na\nb\nc\n";

/// The line of each of nine nodes, a number before the columns.
std::string nine_rows(const std::string& header, const std::vector<std::string>& of_class) {
  std::string text = header + "\n";
  for (std::size_t i = 0; i < 9; ++i)
    text += std::to_string(i * i % 7) + ".5," + of_class[i % of_class.size()] + "\n";
  return text;
}

Dataset read_nine(const std::string& features, const std::string& labels = nine_labels) {
  return read_texts({{"edges.txt", ring_of_nine}, {"labels.txt", labels}, {"features.csv", features}});
}

}  // namespace

TEST_CASE("columns that tell the class together are noted") {
  constexpr const char* together = " together tell the class of each labelled node, as pandas.get_dummies writes";
  const std::string all = std::string("columns k_a, k_b, k_c") + together;
  CHECK(has_note(read_nine(nine_rows("x,k_a,k_b,k_c", {"1,0,0", "0,1,0", "0,0,1"})), all));
  CHECK(has_note(read_nine(nine_rows("x,k_a,k_b,k_c", {"True,False,False", "False,True,False", "False,False,True"})),
                 all));
  const std::vector<std::string> first_dropped{"0,0", "1,0", "0,1"}, binary{"1,0", "1,1", "0,1"};
  CHECK(has_note(read_nine(nine_rows("x,k_b,k_c", first_dropped)), std::string("columns k_b, k_c") + together));
  CHECK(has_note(read_nine(nine_rows("x,low,high", binary)), std::string("columns low, high") + together));
  // a node that is none of its class, a class that stands alone, and columns of nodes, not classes
  std::string other = nine_rows("x,k_a,k_b,k_c", {"1,0,0", "0,1,0", "0,0,1"});
  other.replace(other.size() - 6, 5, "1,0,0");
  CHECK_FALSE(has_note(read_nine(other), together));
  CHECK_FALSE(has_note(read_nine(nine_rows("x,k_a", {"1", "0", "0"})), "tell"));
  CHECK_FALSE(has_note(read_nine(nine_rows("x,u,v", {"1,0", "0,1", "0,0", "1,1"})), together));
  // nodes without a label, and a class of one node
  CHECK(has_note(read_nine(nine_rows("x,k_b,k_c", first_dropped) + "7,1,1\n", std::string(nine_labels) + "?\n"),
                 together));
  CHECK(has_note(read_nine(nine_rows("x,k_b,k_c", first_dropped) + "7,0,0\n", std::string(nine_labels) + "d\n"),
                 together));
}

TEST_CASE("sparse columns that tell the class together are noted") {
  const auto read_sparse = [](const std::vector<std::string>& of_class) {
    std::string text;
    for (std::size_t i = 0; i < 9; ++i)
      text += std::to_string(2 + i) + ":1 " + of_class[i % of_class.size()] + " 40:0\n";
    return read_texts({{"edges.txt", ring_of_nine}, {"labels.txt", nine_labels}, {"features.svmlight", text}});
  };
  constexpr const char* note = "features 20, 21, 22 together tell the class of each labelled node";
  CHECK(has_note(read_sparse({"20:1", "21:1", "22:1"}), note));
  CHECK_FALSE(has_note(read_sparse({"20:1", "21:1", "22:1", "20:1"}), "together"));
  CHECK(has_note(read_sparse({"20:1", "20:2", ""}), "feature 20 names the classes of the labels one to one"));
}

TEST_CASE("a feature that is the target, or one of several, is noted") {
  constexpr const char* copy = " in each node that has it: leave it out if it is a copy";
  const auto read_targets = [](const std::string& labels, const std::string& features, const char* file) {
    return read_texts({{"edges.txt", six_edges}, {"labels.csv", labels}, {file, features}});
  };
  const std::string prices = "price\n0.5\n1.5\nnan\n0\n-2\n7\n8.25\n";
  const std::string rows = "a,paid\n1,0.5\n2,1.5\n1,3\n1,0\n2,-2\n3,7\n1,8.25\n";
  CHECK(has_note(read_targets(prices, rows, "features.csv"), std::string("column paid is the label") + copy));
  CHECK_FALSE(has_note(read_targets(prices, rows.substr(0, rows.size() - 3) + "3\n", "features.csv"), copy));
  const std::string sparse = "1:1 9:.5\n9:1.5\n9:3\n1:1\n9:-2\n9:7\n9:8.25\n";
  CHECK(has_note(read_targets(prices, sparse, "features.svmlight"), std::string("feature 9 is the label") + copy));
  std::string other = sparse;
  other.replace(other.find("3\n1:1\n") + 2, 4, "9:1\n");
  CHECK_FALSE(has_note(read_targets(prices, other, "features.svmlight"), copy));
  const std::string several = "u,v\n1,1\n0,1\n1,0\n0,0\n1,0\n0,1\n";
  CHECK(has_note(read_targets(several, "x,y\n1,2\n0,1\n1,5\n0,1\n1,3\n0,9\n", "features.csv"),
                 std::string("column x is the label u") + copy));
}

TEST_CASE("columns such as label_id beside the label are left out") {
  const Dataset data = read_nodes(
      "id,label,a,y,label_id,true_label\n0,a,1,0,0,1\n1,b,1,7,1,1\n2,a,2,0,0,1\n3,b,1,7,1,1\n"
      "4,a,1,0,0,1\n5,b,1,7,1,1\n");
  CHECK(data.feature_count() == 1);
  CHECK(has_note(data, "nodes.csv: columns beside label, the label, are left out: y, label_id, true_label"));
}

TEST_CASE("a column category is a feature, of codes, and no label in a table of features") {
  const Texts rest{{"edges.txt", "0 1\n1 2\n"}, {"features.csv", "id,a,category\n0,0.5,2\n1,1.5,0\n2,2.5,2\n"}};
  const Dataset without = read_texts(rest);
  CHECK(without.feature_names == std::vector<std::string>{"a", "category"});
  CHECK(without.classes() == 0);
  const char* const as_feature = "category is read as a feature: where it is the label, name it label";
  CHECK(has_note(without, as_feature));
  Texts labelled = rest;
  labelled["labels.csv"] = "id,label\n0,a\n1,b\n2,a\n";
  const Dataset data = read_texts(labelled);
  CHECK(data.feature_count() == 2);
  CHECK(data.class_names == std::vector<std::string>{"a", "b"});
  CHECK(has_note(data, as_feature));
  labelled["labels.csv"] = "id,category,remark\n0,x,1\n1,y,1\n2,x,2\n";  // there it is the label
  CHECK(read_texts(labelled).class_names == std::vector<std::string>{"x", "y"});
  const Dataset nodes =
      read_texts({{"edges.txt", "0 1\n"}, {"nodes.csv", "id,category,kind,label\n0,2,a,u\n1,1,b,v\n2,1,b,v\n"}});
  CHECK(nodes.feature_names == std::vector<std::string>{"category"});
  CHECK(has_note(nodes, as_feature));
  refused_texts({{"edges.txt", "0 1\n"}, {"features.csv", "a,category\n1,x\n2,y\n3,x\n"}},
                "line 2: column 2 (category): got 'x', want a finite number; the column holds words");
  const TempFolder folder;
  write_dataset(data, folder / "out");
  CHECK(read_dataset(folder / "out").feature_names == data.feature_names);
}

TEST_CASE("a note names the column that becomes the label, or gives way to other labels") {
  Texts files{{"edges.txt", "0 1\n"}, {"features.csv", "a,target\n1,7\n2,8\n3,7\n"}};
  CHECK(has_note(read_texts(files), "labels: column target of features.csv"));
  files["labels.txt"] = "u\nv\nv\n";
  const Dataset data = read_texts(files);
  CHECK_FALSE(has_note(data, "labels: column"));
  CHECK(has_note(data, "the labels of features.csv (column target) give way to labels.txt"));
  CHECK(has_note(read_texts({{"edges.txt", "0 1\n"}, {"nodes.csv", "id,class\n0,u\n1,v\n"}}),
                 "labels: column class of nodes.csv"));
}
