// Folders of text as people write them: headers, ids, gaps, splits and labels of any form.
#include <doctest/doctest.h>

#include <cmath>

#include <map>
#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"
#include "support/gzip.hpp"

using namespace mercer;
using test::has_note;
using test::Texts;

namespace {

using Notes = std::vector<std::string>;
using Labels = std::vector<std::int32_t>;
using Names = std::vector<std::string>;

const Csr path_of_four = from_edges(4, std::vector<NodePair>{{1, 0}, {2, 1}, {3, 2}});
const Texts valid_folder{{"edges.csv", "0,1\n1,2\n2,3\n"},
                         {"features.csv", "1,0.5\n0.5,-2\n0,3\n7,8\n"},
                         {"labels.csv", "cat\ndog\ncat\ndog\n"}};

Dataset read_folder(Texts changed, bool with_valid = true) {
  if (with_valid) changed.insert(valid_folder.begin(), valid_folder.end());
  std::erase_if(changed, [](const auto& file) { return file.second == "gone"; });
  return test::read_texts(changed);
}

void refused_folder(const Texts& changed, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(read_folder(changed), doctest::Contains(why), FileError);
}

Real feature(const Dataset& data, Index i, Index c) { return std::get<Tensor>(data.features)(i, c); }

std::string lines(Index count, const char* repeated) {
  std::string text;
  for (Index n = 0; n < count; ++n)
    text += repeated;
  return text;
}

}  // namespace

TEST_CASE("edges: a first line of words is a header, and names its columns") {
  for (const char* header : {"Source,Target", "id_1,id_2", "src_id,dst_id", "source, target", "\"Source\",\"Target\""})
    CHECK(read_folder({{"edges.csv", header + std::string("\n0,1\n1,2\n2,3\n")}}).graph == path_of_four);
  CHECK(read_folder({{"edges.csv", "FromNodeId\tToNodeId\n0\t1\n1\t2\n2\t3\n"}}).notes.empty());
  CHECK(read_folder({{"edges.csv", "target,source\n1,0\n2,1\n3,2\n"}}).graph == path_of_four);
  CHECK(
      has_note(read_folder({{"edges.csv", "this,that\n0,1\n1,2\n2,3\n"}}), "the first line, this, that, is a header"));
  const Dataset gephi =
      read_folder({{"edges.csv", "Source,Target,Type,Id\n0,1,Directed,0\n1,2,Directed,1\n2,3,Directed,2\n"}});
  CHECK(gephi.directed);
  CHECK(has_note(gephi, "columns of edges are left out: Id"));
  refused_folder({{"edges.csv", "Source,Target,Type\n0,1,Directed\n1,2,Undirected\n"}},
                 "line 3: got a directed edge and an undi");
}

TEST_CASE("pandas' header 0,1,2 is no node and no edge; its index is no feature") {
  const Dataset counted = read_folder({{"edges.csv", "0,1\n0,1\n1,2\n2,3\n"},
                                       {"features.csv", "0,1\n1,0.5\n0.5,-2\n0,3\n7,8\n"},
                                       {"labels.csv", "0\n0\n1\n0\n1\n"}});
  CHECK(counted.graph == path_of_four);
  CHECK(counted.notes.size() == 3);
  CHECK(counted.labels == Labels{0, 1, 0, 1});
  const Dataset indexed = read_folder(
      {{"edges.csv", ",0,1\n0,0,1\n1,1,2\n2,2,3\n"}, {"features.csv", ",0,1\n0,1,0.5\n1,0.5,-2\n2,0,3\n3,7,8\n"}});
  CHECK(indexed.graph == path_of_four);
  CHECK(indexed.feature_count() == 2);
  CHECK(indexed.edge_weights.empty());
  CHECK(read_folder({{"features.csv", "0,1\n1,0\n0,0\n1,1\n"}}).nodes() == 4);  // a node's features may be 0 and 1
}

TEST_CASE("weights of edges are read, added where edges repeat, and noted") {
  const Dataset data = read_folder({{"edges.csv", "source,target,weight\n0,1,0.5\n1,2,2\n0,1,0.25\n"}});
  CHECK(data.edge_weights == std::vector<Real>{Real(0.75), 2});
  CHECK(data.notes == Notes{"edges.csv: column 3 is read as the weights of the edges",
                            "1 repeated edges are merged; their weights are added"});
  CHECK(read_folder({{"edges.csv", "0 1 3\n1 2 4\n2 3 5\n"}}).edge_weights == std::vector<Real>{3, 4, 5});
  CHECK(read_folder({{"edges.csv", "0 1 1\n1 2 1\n2 3 1\n"}}).edge_weights.empty());
  CHECK(
      has_note(read_folder({{"edges.csv", "a,b,x,y\n0,1,1,5\n"}}), "further columns are features of the edges: x, y"));
  refused_folder({{"edges.csv", "0 1 3\n1 2 nan\n"}}, "edges.csv: line 2: column 3 (weight of the edge): got 'nan'");
}

TEST_CASE("a comment says that edges are directed, in any spelling") {
  for (const char* comment : {"# directed", "#Directed", "# Directed graph (each pair once): web.txt", "% DIRECTED"})
    CHECK(read_folder({{"edges.csv", comment + std::string("\n0 1\n")}}).directed);
  for (const char* comment : {"# Undirected graph", "# not directed", "# edges"})
    CHECK_FALSE(read_folder({{"edges.csv", comment + std::string("\n0 1\n")}}).directed);
}

TEST_CASE("ids from 1 are mapped, with a note; gaps are refused with the way out") {
  const Dataset from_one = read_folder({{"edges.csv", "1,2\n2,3\n3,4\n"}});
  CHECK(from_one.graph == path_of_four);
  CHECK(from_one.node_names == Names{"1", "2", "3", "4"});
  CHECK(has_note(from_one, "numbered 1 … 4"));
  refused_folder({{"edges.csv", "101,102\n102,150\n"}},
                 "edges.csv: line 1: node 101 is out of range, want 0 … 3 as features.csv");
  refused_folder({{"edges.csv", "101,102\n102,150\n"}}, "nodes.txt holds the id of each node");
  CHECK(read_folder({{"edges.csv", "101,102\n102,150\n150,7\n"}, {"nodes.txt", "101\n102\n150\n7\n"}}).graph ==
        path_of_four);
  refused_folder({{"edges.csv", "0.0,1.0\n"}},
                 "edges.csv: line 1: got '0.0', want the number of a node: a whole number without");
  refused_folder({{"edges.csv", "0,1\n1,99999999999999999999\n"}}, "edges.csv: line 2: got '99999999999999999999'");
}

TEST_CASE("a column of ids brings rows into the nodes' order") {
  const Dataset sorted = read_folder({{"features.csv", "node_id,a,b\n3,7,8\n0,1,0.5\n2,0,3\n1,0.5,-2\n"},
                                      {"labels.csv", "id,target\n1,dog\n0,cat\n3,dog\n2,cat\n"}});
  CHECK(feature(sorted, 3, 0) == 7);
  CHECK(feature(sorted, 1, 1) == -2);
  CHECK(sorted.feature_names == Names{"a", "b"});
  CHECK(sorted.labels == Labels{0, 1, 0, 1});
  CHECK(sorted.node_names.empty());
  const Dataset named = read_folder({{"features.csv", "id,a\nx,7.5\ny,1\nz,0\nw,2\n"},
                                     {"edges.csv", "x,y\ny,z\nz,w\n"},
                                     {"labels.csv", "w,dog\ny,dog\nz,cat\nx,cat\n"}});
  CHECK(named.node_names == Names{"x", "y", "z", "w"});
  CHECK(named.graph == path_of_four);
  CHECK(named.labels == Labels{0, 1, 0, 1});
  refused_folder({{"labels.csv", "id,label\n0,a\n1,b\n7,a\n"}},
                 "labels.csv: line 4: the id '7' is not a node of features.csv");
  refused_folder({{"labels.csv", "id,label\n0,a\n1,b\n1,a\n"}}, "labels.csv: line 4: the id '1' is here twice");
  CHECK(has_note(read_folder({{"labels.csv", "id,label\n0,a\n1,b\n2,a\n"}}), "1 node has no line in labels.csv"));
  CHECK(read_folder({{"labels.csv", "0 5\n1 6\n2 5\n3 6\n"}}).class_names == Names{"5", "6"});
}

TEST_CASE("a first column that counts ten nodes or more is their ids") {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += std::to_string((5 * i) % 12) + "," + std::to_string(i) + ".5\n";
  const Dataset data = read_folder({{"features.csv", text}, {"labels.csv", "gone"}});
  CHECK(data.feature_count() == 1);
  CHECK(feature(data, 5, 0) == 1.5);
  CHECK(has_note(data, "the first column counts the nodes"));
}

TEST_CASE("a label column is never a feature") {
  const Texts leaky{{"features.csv", "f0,f1,Label\n1,0.5,a\n0.5,-2,b\n0,3,b\n7,8,b\n"}};
  const Dataset read = read_folder(leaky);
  CHECK(read.feature_count() == 2);
  CHECK(read.class_names == Names{"cat", "dog"});
  CHECK(read.notes == Notes{"the labels of features.csv (column Label) give way to labels.csv"});
  Texts only = leaky;
  only["labels.csv"] = "gone";
  CHECK(read_folder(only).labels == Labels{0, 1, 1, 1});
  CHECK(read_folder({{"features.csv", "x,y\n1,0.5\n0.5,-2\n0,3\n7,8\n"}}).feature_count() == 2);  // coordinates
}

TEST_CASE("labels that are missing, numbers with a point, one-hot rows") {
  for (const char* missing : {"nan", "NaN", "NA", "None", "null", "?", "-1.0", "-1.000000000000000000e+00"}) {
    const Dataset data = read_folder({{"labels.csv", missing + std::string("\n1.0\n2.000e+00\n") + missing + "\n"}});
    CHECK(data.labels == Labels{-1, 0, 1, -1});
    CHECK(data.class_names == Names{"1", "2"});
    CHECK(data.notes ==
          Notes{"labels.csv: '" + std::string(missing).substr(0, 40) + "' is taken as no label (2 nodes)"});
  }
  CHECK(read_folder({{"labels.csv", "cat\ndog\n\n\n"}}).labels == Labels{0, 1, -1, -1});
  CHECK(read_folder({{"labels.csv", "1,0\n0,1\n0,0\n1,0\n"}}).labels == Labels{0, 1, -1, 0});
  CHECK(read_folder({{"labels.csv", "a,b\n1,0\n0,1\n0,1\n1,0\n"}}).class_names == Names{"a", "b"});
  CHECK(read_folder({{"labels.csv", "id,label\n0,None\n1,a\n2,b\n3,a\n"}}).labels == Labels{-1, 0, 1, 0});
}

TEST_CASE("several labels of a node and real numbers are targets") {
  const Dataset several = read_folder({{"labels.csv", "1 0 1\n1 0 0\n0 1 0\n0 0 1\n"}});
  CHECK(several.label_kind == LabelKind::several);
  CHECK(several.class_names == Names{"0", "1", "2"});
  CHECK(several.targets(0, 2) == 1);
  CHECK(several.labels == Labels{0, 0, 0, 0});
  CHECK(has_note(several, "a node may have several of 3 labels: the task is multi-label"));
  const Dataset named = read_folder({{"labels.csv", "id,a,b\n3,1,1\n0,0,1\n1,0,0\n2,1,0\n"}});
  CHECK(named.class_names == Names{"a", "b"});
  CHECK(named.targets(3, 0) == 1);
  CHECK(named.targets(1, 1) == 0);
  const Dataset lists = read_folder({{"labels.csv", "3;5\n-\n2;5\n3\n"}});
  CHECK(lists.label_kind == LabelKind::several);
  CHECK(lists.class_names == Names{"2", "3", "5"});
  CHECK(lists.labels == Labels{0, -1, 0, 0});
  CHECK(lists.targets(0, 2) == 1);
  CHECK(std::isnan(lists.targets(1, 0)));
  const Dataset real = read_folder({{"labels.csv", "1.5\nnan\n0.1\n3\n"}});
  CHECK(real.label_kind == LabelKind::real);
  CHECK(real.targets(3, 0) == 3);
  CHECK(real.labels == Labels{0, -1, 0, 0});
  CHECK(has_note(real, "labels are real numbers: the task is regression"));
  const Dataset two = read_folder({{"labels.csv", "height,weight\n1.5,2\n2,3\n,1\n4,5.5\n"}});
  CHECK(two.class_names == Names{"height", "weight"});
  CHECK(two.targets(3, 1) == 5.5);
  CHECK(std::isnan(two.targets(2, 0)));
  std::string numbers;
  for (int i = 0; i < 30; ++i)
    numbers += std::to_string(100 + i) + "\n";
  const Dataset doubtful = read_folder({{"labels.csv", numbers}, {"features.csv", lines(30, "1.5,2\n")}});
  CHECK(doubtful.label_kind == LabelKind::real);
  CHECK(doubtful.label_doubt.find("got 30 classes for 30 nodes with a label") != std::string::npos);
}

TEST_CASE("labels that are neither classes nor targets are refused in words") {
  refused_folder({{"labels.csv", "1.5\nlow\n0.1\n3\n"}}, "got the label '1.5', a real number among names");
  refused_folder({{"labels.csv", "b\xe4r\nb\nb\nb\n"}}, "the label 'b\\xe4r' is no printable UTF-8");
  refused_folder({{"labels.csv",
                   "gr\xfc"
                   "n,b\n1,1\n0,1\n0,0\n1,0\n"}},
                 "the label 'gr\\xfcn' is no printable UTF-8");
  refused_folder({{"labels.csv", "a,b\nc,c\na,c\nc,b\n"}}, "labels.csv: got 2 columns, want one label of each node");
  std::string names;
  for (int i = 0; i < 30; ++i)
    names += "paper " + std::to_string(i) + "\n";
  refused_folder({{"labels.csv", names}, {"features.csv", lines(30, "1.5,2\n")}},
                 "got 30 classes for 30 nodes with a label");
}

TEST_CASE("splits under other names and spellings") {
  const auto is_split = [](const Texts& files) {
    const Dataset data = read_folder(files);
    CHECK(data.notes.empty());
    REQUIRE(data.splits.size() == 1);
    CHECK(data.splits[0].train == std::vector<Node>{0});
    CHECK(data.splits[0].validation == std::vector<Node>{1});
    CHECK(data.splits[0].test == std::vector<Node>{2});
  };
  for (const char* name : {"split.csv", "splits.txt", "split.tsv"})
    is_split({{name, "train\nval\ntest\nnone\n"}});
  is_split({{"split.txt", "TRAIN\nvalid\nTest\n-\n"}});
  is_split({{"split.txt", "split\ntrain\ndev\ntest\nnone\n"}});
  is_split({{"split.csv", "id,split\n2,test\n0,train\n1,val\n3,none\n"}});
  is_split({{"split.csv", "2,test\n0,train\n1,val\n3,none\n"}});
  is_split({{"labels.csv", "label,split\ncat,train\ndog,val\ncat,test\ndog,\n"}});
  is_split({{"train_mask.txt", "1\n0\n0\n0\n"}, {"val_mask.txt", "0\n1\n0\n0\n"}, {"test_mask.txt", "0\n0\n1\n0\n"}});
  is_split({{"train_mask.csv", "True\nFalse\nFalse\nFalse\n"},
            {"val_mask.csv", "False\nTrue\nFalse\nFalse\n"},
            {"test_mask.csv", "False\nFalse\nTrue\nFalse\n"}});
  is_split({{"train.txt", "0\n"}, {"val.txt", "1\n"}, {"test.txt", "2\n"}});
  refused_folder({{"train.txt", "0\n"}, {"val.txt", "0\n"}}, "val.txt: line 1: node '0' is in train already");
  refused_folder({{"train.txt", "9\n"}}, "train.txt: line 1: got '9', want a node of features.csv, 0 … 3");
  refused_folder({{"train_mask.txt", "1\n0\n2\n0\n"}}, "train_mask.txt: line 3: got '2' in a mask");
  refused_folder({{"split.txt", "train\nval\ntest\nnone\n"}, {"train.txt", "0\n"}}, "gives a split, and so does");
}

TEST_CASE("files that nobody reads are named") {
  CHECK(
      has_note(read_folder({{"weights.csv", "1\n"}, {"README.md", "x"}}), "weights.csv is not read: known names are"));
  CHECK(read_folder({{"README", "x"}}).notes.empty());
}

TEST_CASE("columns of labels beside the first one are left out by name") {
  const Texts files{{"nodes.csv", "id,label,y,class,f\n0,a,1,u,5\n1,b,2,v,6\n2,a,1,u,7\n3,b,1,v,8\n"},
                    {"labels.csv", "gone"},
                    {"features.csv", "gone"}};
  const Dataset data = read_folder(files);
  CHECK(data.class_names == Names{"a", "b"});
  CHECK(data.feature_count() == 1);
  CHECK(has_note(data, "nodes.csv: columns beside label, the label, are left out: y, class"));
}

TEST_CASE("nodes.csv may name nodes, their labels, their split and their features") {
  const Dataset data =
      read_folder({{"nodes.csv", "id,label,split,f\na,x,train,0.5\nb,y,val,1\nc,x,test,2\nd,y,none,3\n"},
                   {"edges.csv", "a,b\nb,c\nc,d\n"},
                   {"features.csv", "gone"},
                   {"labels.csv", "gone"}});
  CHECK(data.graph == path_of_four);
  CHECK(data.labels == Labels{0, 1, 0, 1});
  CHECK(data.splits.at(0).test == std::vector<Node>{2});
  CHECK(feature(data, 3, 0) == 3);
  CHECK(data.feature_names == Names{"f"});
}

TEST_CASE("GraphLand's folders: targets, an edge list and masks for each way to split") {
  const Texts files{
      {"features.csv", ",age,rate\n0,1,0.5\n1,2,0.25\n2,3,0\n3,4,1\n"},
      {"targets.csv", ",region\n0,1.0\n1,0.0\n2,nan\n3,1.0\n"},
      {"edgelist.csv", "source,target\n0,1\n1,2\n2,3\n"},
      {"split_masks_RL.csv",
       ",train,val,test\n0,True,False,False\n1,False,True,False\n2,False,False,True\n3,False,False,True\n"},
      {"split_masks_RH.csv", ",train,val,test\n0,True,False,False\n1,True,False,False\n"},
      {"info.yaml", "name: small\n"}};
  const Dataset data = read_folder(files, false);
  CHECK(data.graph == path_of_four);
  CHECK(data.feature_names == Names{"age", "rate"});
  CHECK(data.class_names.size() == 2);
  CHECK(data.labels == Labels{1, 0, -1, 1});
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].train == std::vector<Node>{0});
  CHECK(data.splits[0].validation == std::vector<Node>{1});
  CHECK(data.splits[0].test == std::vector<Node>{3});
  CHECK(has_note(data, "1 node without a label is left out of the split"));
  CHECK(has_note(data, "split_masks_RH.csv"));

  Texts gaps = files;  // a missing value takes the most frequent one of its column, the least of several
  gaps["features.csv"] = ",age,rate\n0,3,0.5\n1,,nan\n2,3,0\n3,1,NA\n";
  const Dataset filled = read_folder(gaps, false);
  CHECK(feature(filled, 1, 0) == 3);
  CHECK(feature(filled, 1, 1) == 0);
  CHECK(feature(filled, 0, 1) == 0.5);
  CHECK(has_note(filled, "features.csv: 3 missing values in 2 columns take the most frequent value of their column"));
}

TEST_CASE("every text may be packed") {
  const Dataset data = read_folder({{"edges.csv", "gone"},
                                    {"edges.csv.gz", test::gzipped("0,1\n1,2\n2,3\n")},
                                    {"labels.csv", "gone"},
                                    {"labels.txt.gz", test::gzipped("a\nb\na\nb\n")}});
  CHECK(data.graph == path_of_four);
  CHECK(data.class_names == Names{"a", "b"});
}

TEST_CASE("features in long form") {
  const Dataset data = read_folder({{"features.csv", "node_id,feature_id,value\n0,5,1\n3,0,2\n1,2,0.5\n"}});
  CHECK(data.nodes() == 4);
  CHECK(data.feature_count() == 6);
  CHECK(std::get<SparseMatrix>(data.features).to_dense()(1, 2) == 0.5);
  refused_folder({{"features.csv", "node_id,feature_id,value\n0,5,1\n0,5,2\n"}},
                 "features.csv: line 3: node '0' has feature '5'");
}

TEST_CASE("features with marks between thousands are refused by name") {
  refused_folder({{"features.csv", "a;b\n1.000,00;1\n2;2\n3;3\n4;4\n"}},
                 "features.csv: line 2: column 1 (a): got '1.000,00', a number with marks between thousands");
}

TEST_CASE("semicolons with decimal commas are noted") {
  const Dataset german = read_folder({{"features.csv", "a;b\n1,5;2\n0,5;3\n1;2\n2;4,25\n"}});
  CHECK(feature(german, 0, 0) == 1.5);
  CHECK(german.notes == Notes{"features.csv: numbers have decimal commas; 0,5 is read as 0.5"});
}

TEST_CASE("a graph alone is a data set without features and labels") {
  const Dataset bare = read_folder({{"edges.csv", "0,1\n1,2\n2,3\n"}}, false);
  CHECK(bare.graph == path_of_four);
  CHECK(bare.feature_count() == 0);
  CHECK(bare.labels == Labels(4, -1));
  CHECK(has_note(bare, "a graph alone"));
  CHECK(read_folder({{"edges.csv", "a,b\nb,c\nc,d\n"}}, false).node_names == Names{"a", "b", "c", "d"});
  const Dataset gaps = read_folder({{"edges.csv", "101,2000\n2000,30000\n30000,400000\n"}}, false);
  CHECK(gaps.graph == path_of_four);
  CHECK(gaps.node_names == Names{"101", "2000", "30000", "400000"});
  CHECK(has_note(gaps, "ids have gaps"));
  CHECK(read_folder({{"edges.csv", "1,2\n2,3\n3,4\n"}}, false).graph == path_of_four);
}

TEST_CASE("one line of labels too many is refused, though it begins with 0; a table of pandas may") {
  const std::string many = "0\n1\n0\n1\n1\n";
  refused_folder({{"labels.txt", many}, {"labels.csv", "gone"}}, "labels.txt: got 5 lines, want 4");
  CHECK(read_folder({{"labels.csv", many}}).labels == Labels{1, 0, 1, 1});
}

TEST_CASE("a file of edges that is empty is a graph without any") {
  const Dataset data = read_folder({{"edges.csv", ""}});
  CHECK(data.nodes() == 4);
  CHECK(data.graph.edges() == 0);
  CHECK(has_note(data, "edges.csv is empty: the graph has no edges"));
}

TEST_CASE("true and false are 1 and 0; edges' times and types are no weights; a first edge 0 1 is no header") {
  const Dataset truths = read_folder({{"features.csv", "a,b\nTrue,1\nFalse,2\nFalse,0\nTrue,5\n"}});
  CHECK(truths.feature_count() == 2);
  CHECK(truths.nodes() == 4);
  CHECK(std::get<Tensor>(truths.features)(3, 0) == 1);
  CHECK(read_folder({{"features.csv", "True\nFalse\nFalse\nTrue\n"}}).nodes() == 4);
  const Dataset times = read_folder({{"edges.csv", "src,dst,t\n0,1,1000\n1,2,2000\n"}});
  CHECK(times.edge_weights.empty());
  CHECK(has_note(times, "edges.csv: further columns are features of the edges: t"));
  CHECK(read_folder({{"edges.csv", "src,tgt\n0,1\n1,2\n"}}).graph.edges() == 2);
  const Dataset types = read_folder({{"edges.csv", "source,target,type\n0,1,cites\n1,2,likes\n"}});
  CHECK(types.graph.edges() == 2);
  CHECK(has_note(types, "edges.csv: further columns are features of the edges: type=cites, type=likes"));
  const Dataset counted = read_folder(
      {{"features.csv", "0,1,2\n1,0,5\n0,1,5\n1,1,5\n0,0,5\n"}, {"edges.txt", "0 1\n1 2\n"}, {"edges.csv", "gone"}});
  CHECK(counted.graph.edges() == 2);
}
