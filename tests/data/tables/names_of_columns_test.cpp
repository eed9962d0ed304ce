// Tables under the names that their publishers give them, and what stands for no label.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "data/tables/edge_comments.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;
using test::TempFolder;
using test::Texts;
namespace fs = std::filesystem;

namespace {

const Texts elliptic{
    {"elliptic_txs_edgelist.csv", "txId1,txId2\n230425980,5530458\n5530458,232022460\n232022460,232438397\n"},
    {"elliptic_txs_features.csv",
     "230425980,1,-0.17,0.5\n5530458,1,-0.18,0.25\n232022460,2,-0.16,1\n232438397,2,0,1\n"},
    {"elliptic_txs_classes.csv", "txId,class\n5530458,2\n230425980,unknown\n232438397,1\n232022460,2\n"}};

/// A path of four nodes with these labels.
Dataset with_labels_of(const std::string& labels) {
  return read_texts({{"edges.txt", "0 1\n1 2\n2 3\n"}, {"labels.txt", labels}});
}

Dataset with_comment(const std::string& comment) {
  return read_texts({{"edges.txt", comment + "\n0 1\n1 2\n"}, {"labels.txt", "a\nb\na\n"}});
}

}  // namespace

TEST_CASE("Elliptic is read as it is published") {
  const Dataset data = read_texts(elliptic);
  CHECK(data.node_names == std::vector<std::string>{"230425980", "5530458", "232022460", "232438397"});
  CHECK(data.feature_count() == 3);
  CHECK(data.class_names == std::vector<std::string>{"1", "2"});
  CHECK(data.labels == std::vector<std::int32_t>{-1, 1, 1, 0});
  CHECK(data.graph.edges() == 3);
  CHECK(has_note(data, "elliptic_txs_features.csv: the first column holds the ids of another table"));
  CHECK(has_note(data, "'unknown' is taken as no label (1 node): where it is a class, it wants another name"));
  CHECK_FALSE(has_note(data, "is a header"));
}

TEST_CASE("a folder's tables may begin with the same words, and are its inputs") {
  const TempFolder folder;
  for (const auto& [name, text] : elliptic)
    folder.write(name, text);
  CHECK(belongs_to_dataset(folder / "elliptic_txs_features.csv", folder.path()));
  CHECK(belongs_to_dataset(folder / "elliptic_txs_split.csv", folder.path()));  // would be read
  CHECK_FALSE(belongs_to_dataset(folder / "predicted_labels.csv", folder.path()));
  folder.write("other_edges.csv", "0,1\n");
  CHECK_THROWS_AS(read_dataset(folder.path()), FileError);  // which of the two?
}

TEST_CASE("ids of transactions and papers, and ends of edges, are known by their names") {
  for (const char* id : {"txId", "paper", "paperId", "Author ID", "vertex"}) {
    CAPTURE(id);
    const std::string name(id);
    const Dataset data = read_texts({{"edges.csv", name + "1," + name + "2\n1000,1017\n1017,1034\n"},
                                     {"features.csv", name + ",a\n1034,1.5\n1000,2\n1017,3\n"},
                                     {"labels.csv", name + ",y\n1000,cat\n1017,dog\n1034,cat\n"}});
    CHECK(data.node_names == std::vector<std::string>{"1034", "1000", "1017"});
    CHECK(data.labels == std::vector<std::int32_t>{0, 0, 1});
    CHECK(data.notes.empty());
  }
  const Dataset cites =
      read_texts({{"edges.csv", "year,cited_paper_id,citing_paper_id\n5,1,0\n7,2,1\n"}, {"labels.txt", "a\nb\na\n"}});
  CHECK(cites.graph.view().neighbour[0] == 0);  // of the node 1
  CHECK(cites.edge_feature_names == std::vector<std::string>{"year"});
}

TEST_CASE("an id of nodes counts before that of another thing, which is a feature under another name") {
  const Dataset data = read_texts({{"edges.csv", "0,1\n1,2\n"},
                                   {"features.csv", "author_id,id,x\n7,2,1.5\n7,0,2\n8,1,3\n"},
                                   {"labels.txt", "a\nb\na\n"}});
  CHECK(std::get<Tensor>(data.features)(0, 0) == 2);
  CHECK(has_note(data, "columns beside the ids id are left out: author_id"));
  refused_texts({{"edges.csv", "0,1\n"}, {"features.csv", "author_id,x\n7,1.5\n7,2\n"}},
                "'7' names another node already: where author_id holds no ids of nodes, give it another name");
}

TEST_CASE("a first column of large numbers under another name is hinted at where edges don't fit") {
  const Texts named{
      {"edges.csv", "1000 1017\n"}, {"features.csv", "key,a\n1000,1.5\n1017,2\n"}, {"labels.txt", "a\nb\n"}};
  refused_texts(named, "node 1000 is out of range");
  refused_texts(named, "where the first column of features.csv holds the ids, name it id, not 'key'");
  refused_texts({{"edges.csv", "1000 1017\n"}, {"features.csv", "1000,1.5\n1017,2\n"}, {"labels.txt", "a\nb\n"}},
                "holds the ids, write a header such as id,x1,x2");
}

TEST_CASE("lines of labels of uneven fields, and quotes around whole lines, are refused by line or noted") {
  const auto refused_lines = [](const std::string& labels, const char* why) {
    refused_texts({{"edges.csv", "0 1\n"}, {"features.csv", "1\n2\n1\n2\n1\n"}, {"labels.csv", labels}}, why);
  };
  refused_lines("0,a\n1,b\n2,a,x\n3,b\n4,a\n", "labels.csv: line 3: got 3 fields, want 2");
  refused_lines("0,a\n1,b\n2\n3,b\n4,a\n", "labels.csv: line 3: got 1 fields, want 2");
  refused_lines("0\ta\n1\tb\n2\n3\tb\n4\ta\n", "labels.csv: line 3: got 1 fields, want 2");
  refused_lines("\"0,a\"\n\"1,b\"\n\"2,a\"\n\"3,b\"\n\"4,a\"\n",
                "labels.csv: line 1: the quotes hold the whole line '0,a', want them around single fields, or none");
  refused_lines("\"id,label\"\n\"0,a\"\n\"1,b\"\n\"2,a\"\n\"3,b\"\n\"4,a\"\n",
                "line 1: the quotes hold the whole line");
  refused_lines("0 a\n1 b\n2 a x\n3 b\n4 a\n", "got 5 classes for 5 nodes with a label, such as '0 a' and '4 a'");
  CHECK(has_note(with_labels_of("a\nb\na,x\nb\n"), "the class 'a,x' holds a comma behind the name of another"));
  CHECK(has_note(with_labels_of("a\nb\n\"a\nb\n"), "holds a quote that its line doesn't close"));
  CHECK_FALSE(has_note(with_labels_of("\"Doe, A\"\n\"Li, B\"\n\"Doe, A\"\nDoe\n"), "quote"));
}

TEST_CASE("whole numbers as numpy.savetxt writes them are classes and numbers of nodes") {
  const std::string zero = "0.000000000000000000e+00", one = "1.000000000000000000e+00";
  const Dataset data = read_texts({{"edges.txt", zero + " " + one + "\n" + one + " 2.000000000000000000e+00\n"},
                                   {"features.txt", "1 2\n3 4\n5 6\n"},
                                   {"labels.txt", zero + "\n" + one + "\n" + zero + "\n"},
                                   {"train.txt", zero + "\n"},
                                   {"test.txt", one + "\n"}});
  CHECK(data.graph.edges() == 2);
  CHECK(
      has_note(data, "edges.txt: numbers of nodes with an exponent, as numpy.savetxt writes them, are read as whole"));
  CHECK(data.class_names == std::vector<std::string>{"0", "1"});
  CHECK(has_note(data, "labels.txt: numbers with an exponent are read as whole ones, '" + zero + "' as the class 0"));
  REQUIRE(data.splits.size() == 1);
  CHECK(data.splits[0].train == std::vector<Node>{0});
  CHECK(data.splits[0].test == std::vector<Node>{1});
  const Dataset masked = read_texts({{"edges.txt", "0 1\n"},
                                     {"labels.txt", "a\nb\n"},
                                     {"features.txt", "1\n3\n"},
                                     {"train_mask.txt", zero + "\n" + one + "\n"}});
  CHECK(masked.splits.at(0).train == std::vector<Node>{1});
}

TEST_CASE("words for no label are none, with a note that a class of this name would want another one") {
  for (const char* word : {"unknown", "Unknown", "missing", "unlabeled", "UNLABELLED"}) {
    CAPTURE(word);
    const Dataset data = with_labels_of("a\n" + std::string(word) + "\nb\na\n");
    CHECK(data.labels == std::vector<std::int32_t>{0, -1, 1, 0});
    CHECK(has_note(data, "'" + std::string(word) + "' is taken as no label (1 node)"));
  }
  CHECK(has_note(with_labels_of("0.5\nunknown\n1.5\n2\n"), "'unknown' is taken as no label"));
  CHECK(has_note(with_labels_of("a\nNaT\nb\na\n"), "labels.txt: 'NaT' is taken as no label (1 node)"));
  const TempFolder folder;
  Dataset data = with_labels_of("a\nb\nb\na\n");
  data.class_names[0] = "unknown";
  CHECK_THROWS_AS(write_dataset(data, folder / "out"), ValueError);  // the class would be lost
}

TEST_CASE("numbers that stand for no label are doubted as classes and as numbers") {
  CHECK(has_note(with_labels_of("0\n1\n-99\n1\n"), "the class -99 may stand for no label; 1 node has it"));
  CHECK(has_note(with_labels_of("0\n1\n999\n999\n"), "the class 999 may stand for no label; 2 nodes have it"));
  CHECK(has_note(with_labels_of("0.5\n1\n-999\n1\n"), "the number -999 may stand for no label; 1 node has it"));
  const Dataset columns = read_texts(
      {{"edges.txt", "0 1\n"}, {"features.csv", "0.5\n1\n2\n"}, {"labels.csv", "a,b\n0.5,1\n0.25,-9999\n3,2\n"}});
  CHECK(has_note(columns, "the number -9999 may stand for no label; 1 node has it: write nan where it does (b)"));
  for (const char* labels : {"97\n98\n99\n98\n", "0.5\n-99\n-250\n-99.5\n", "0\n1\n98\n1\n", "a\nb\n999\na\n"})
    CHECK_FALSE(has_note(with_labels_of(labels), "may stand for no label"));
}

TEST_CASE("lists as Python writes them, and quoted line breaks, are refused as labels with the way out") {
  refused_texts({{"edges.txt", "0 1\n1 2\n"}, {"labels.txt", "[0, 2]\n[1]\n[0]\n"}},
                "labels.txt: line 1: got '[0, 2]', a list as Python writes it, want labels with semicolons");
  refused_texts({{"edges.txt", "0 1\n"}, {"labels.txt", "[0]\n[1]\n"}}, "a list as Python writes it");
  CHECK(with_labels_of("[a]\nb\n[a]\nb\n").classes() == 2);
  CHECK(with_labels_of("[a]\n[b]\n[a]\n[b]\n").classes() == 2);
  refused_texts({{"edges.txt", "0 1\n1 2\n"}, {"labels.txt", "cat\n\"dog\nor wolf\"\ncat\n"}},
                "line 2: the quoted field that begins with 'dog' ends on line 3, want no line break within quotes");
  CHECK(with_labels_of("\"a\nb\n\"a\nb\n").classes() == 2);  // a quote may begin a name
}

TEST_CASE("comments say of edges whether they are directed, or leave a doubt") {
  for (const char* comment :
       {"# digraph", "// directed", "# undirected: false", "# Directed: yes", "# no weights; directed",
        "# a directed graph that has no loops", "# not undirected", "# directed = 1", "# not weighted, directed graph",
        "% asym unweighted", "# Type: directed graph", "# nodes 4 edges 6 directed=True", "# edges are directed",
        "# directed, weighted"})
    CHECK_MESSAGE(with_comment(comment).directed, comment);
  for (const char* comment : {"# directed: false", "# undirected", "# un-directed", "# non-directed", "# directed=0",
                              "# not a directed graph", "// undirected graph", "# directed: no", "# no directed edges",
                              "% sym weighted", "# Actors who directed films", "# films that they directed",
                              "# directed films by actors", "# This is the non-directed version"})
    CHECK_MESSAGE(!with_comment(comment).directed, comment);
  CHECK(directions_in("Actors who directed films") == Says::nothing);
  CHECK(directions_in("directed films; edges are undirected") == Says::undirected);
  refused_texts({{"edges.txt", "% bip unweighted\n1 1\n1 2\n"}}, "line 1: bip: edges of KONECT between two kinds");
  const Dataset both = with_comment("# Undirected graph (directed edges)");
  CHECK_FALSE(both.directed);
  CHECK(has_note(both, "edges.txt: comments say directed and undirected: edges are read as undirected"));
  CHECK(counted_from("nodes are counted from 0") == 0);
  CHECK(counted_from(" numbered from 1.") == 1);
  CHECK(counted_from(" asym positive") == 1);
  CHECK(counted_from("from 1") == -1);
  const TempFolder folder;
  const Dataset bare = read_dataset(folder.write("e.txt", "# nodes are counted from 1\n2 3\n3 4\n4 2\n"));
  CHECK(bare.node_names == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("a comment says where numbers of nodes begin, as written where no edge tells it") {
  const Texts from_one{{"edges.txt", "# numbered from 1\n1 2\n"}, {"labels.txt", "a\nb\na\n"}};
  CHECK(read_texts(from_one).node_names == std::vector<std::string>{"1", "2", "3"});
  Dataset data = read_texts({{"edges.txt", "0 1\n"}, {"labels.txt", "a\nb\na\n"}});
  CHECK(data.notes.size() == 1);  // no features
  data = read_texts({{"edges.txt", "1 2\n2 3\n"}, {"labels.txt", "a\nb\na\nb\n"}, {"features.csv", "1.5\n2\n3\n4\n"}});
  CHECK(has_note(data, "neither 0 nor 4 is there"));
  const TempFolder folder;
  write_dataset(data, folder / "out");
  const Dataset back = read_dataset(folder / "out");
  CHECK(back.notes.empty());
  CHECK(back.labels == data.labels);
}

TEST_CASE("a header of numbers that was read as a node is blamed, not the labels") {
  refused_texts({{"edges.txt", "0 1\n"}, {"features.csv", "2019,2020\n0.5,1\n2,3.5\n"}, {"labels.txt", "a\nb\n"}},
                "one for each node of features.csv, whose first line is read as a node: where its numbers are names");
}

TEST_CASE("a feature with a name like that of labels is named where there are none") {
  const Dataset data = read_texts({{"edges.txt", "0 1\n"}, {"nodes.csv", "id,subject,x\n0,3,1.5\n1,2,2.5\n"}});
  CHECK(has_note(data, "subject is read as a feature: where it is the label, name it label"));
}

TEST_CASE("without features a data set stays dense in every form") {
  const TempFolder folder;
  const Dataset data = with_labels_of("a\nb\nb\na\n");
  write_dataset(data, folder / "out");
  CHECK_FALSE(describe(read_dataset(folder / "out")).sparse);
  write_archive(data, folder / "out.npz");
  CHECK_FALSE(describe(read_dataset(folder / "out.npz")).sparse);
}

TEST_CASE("a first line of words that are nodes below is an edge, whatever they are called") {
  const TempFolder folder;
  const Dataset data = read_dataset(folder.write("g.txt", "node1 node2\nnode2 node3\nnode3 node1\n"));
  CHECK(data.graph.edges() == 3);
  CHECK(data.nodes() == 3);
}

TEST_CASE("UTF-32 is called by its name") {
  using namespace std::string_literals;
  for (const std::string& text : {"\xFF\xFE\0\0"
                                  "0\0\0\0"s,
                                  "\0\0\xFE\xFF\0\0\0"
                                  "0"s,
                                  "0\0\0\0 \0\0\0"s}) {
    const TempFolder folder;
    CHECK_THROWS_WITH_AS(read_dataset(folder.write("g.txt", text)), doctest::Contains("this is UTF-32, want UTF-8"),
                         FileError);
  }
}

TEST_CASE("texts before a tab and labels behind it are refused") {
  const TempFolder folder;
  const auto file = folder.write("t.train.txt", "a good film\tpos\nbad\tneg\n");
  CHECK_THROWS_WITH_AS(read_dataset(file), doctest::Contains("want the label first: LABEL TEXT"), FileError);
  CHECK(read_dataset(folder.write("u.train.txt", "pos\ta good film\nneg\tbad\n")).class_names ==
        std::vector<std::string>{"neg", "pos"});
}

TEST_CASE("Geom-GCN's files of splits are inputs") {
  const TempFolder folder;
  folder.write("out1_node_feature_label.txt", "node_id\tfeature\tlabel\n0\t1,0\t0\n1\t0,1\t1\n");
  folder.write("out1_graph_edges.txt", "a\tb\n0\t1\n");
  CHECK(belongs_to_dataset(folder / "web_split_0.6_0.2_0.npz", folder.path()));
  CHECK_FALSE(belongs_to_dataset(folder / "web_split.json", folder.path()));
}

TEST_CASE("Excel's line sep=; is no row") {
  const Dataset data = read_texts({{"edges.csv", "sep=;\nsource;target\n0;1\n1;2\n"},
                                   {"features.csv", "\"sep=;\"\r\n0,5;1\r\n1;2,5\r\n3;4\r\n"},
                                   {"labels.csv", "SEP=,\nid,label\n0,a\n1,b\n2,a\n"}});
  CHECK(data.graph.edges() == 2);
  CHECK(std::get<Tensor>(data.features)(0, 0) == Real(0.5));
  CHECK(data.labels == std::vector<std::int32_t>{0, 1, 0});
}

TEST_CASE("a matrix of adjacency, JSON and R's names of rows are refused as edges with the way out") {
  const std::string labels = "a\nb\na\nb\na\n";
  refused_texts({{"edges.csv", "0,1,0,0,1\n1,0,1,0,0\n0,1,0,1,0\n0,0,1,0,1\n1,0,0,1,0\n"}, {"labels.txt", labels}},
                "which look like a matrix of adjacency, want a line for each edge");
  refused_texts({{"edges.csv", "[[0, 1], [1, 2]]\n"}, {"labels.txt", labels}}, "this is JSON");
  refused_texts({{"edges.txt", "\"V1\" \"V2\"\n\"1\" 0 1\n\"2\" 1 2\n"}, {"labels.txt", labels}},
                "where R wrote it, row.names = FALSE leaves out the names of the rows");
  refused_texts({{"edges.txt", "0 1\n"}, {"features.txt", "\"a\" \"b\"\n\"1\" 0.5 1\n\"2\" 1 2\n"}},
                "where R wrote it, row.names = FALSE");
}

TEST_CASE("a first line of words above edges of words is a header above numbers, and else doubted") {
  const TempFolder folder;
  const Dataset weighted = read_dataset(folder.write("g.csv", "person_a,person_b,strength\nann,bob,2\nbob,cy,3\n"));
  CHECK(weighted.node_names == std::vector<std::string>{"ann", "bob", "cy"});
  const Dataset doubtful = read_dataset(folder.write("h.csv", "person_a,person_b\nann,bob\nbob,cy\n"));
  CHECK(doubtful.nodes() == 5);
  CHECK(has_note(doubtful, "h.csv: the first line is read as an edge, though neither of its nodes is there again"));
}

TEST_CASE("Gephi's labels of nodes are names") {
  const Dataset data = read_texts({{"edges.csv", "Source,Target,Type,Id,Label,Weight\n0,1,Undirected,0,,1.0\n"},
                                   {"nodes.csv", "Id,Label,modularity_class\n0,Ann,1\n1,Bob,0\n2,Cy,1\n"}});
  CHECK(data.classes() == 0);
  CHECK(has_note(data, "nodes.csv: the column Label holds a name of each node, as Gephi writes it, and is no label"));
  CHECK(has_note(data, "modularity_class is read as a feature: where it is the label, name it label"));
  CHECK(read_texts({{"edges.csv", "0,1\n"}, {"nodes.csv", "id,label\n0,a\n1,b\n2,a\n"}}).classes() == 2);
}

TEST_CASE("a graph's file of another program is refused with the way to edges") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(read_dataset(folder.write("g.graphml", "<?xml version='1.0'?>\n")),
                       doctest::Contains("networkx.write_edgelist(networkx.read_graphml(FILE), 'edges.txt'"),
                       FileError);
}

TEST_CASE("an empty line at the end of labels that is taken for a node is noted") {
  const Texts header_of_numbers{{"edges.txt", "0 1\n1 2\n"}, {"features.csv", "2019,2020\n0.5,1\n1.5,2\n2.5,0\n"}};
  Texts texts = header_of_numbers;
  texts["labels.txt"] = "a\nb\na\n\n";
  const Dataset data = read_texts(texts);
  CHECK(data.nodes() == 4);
  CHECK(has_note(data,
                 "labels.txt: 1 empty line at the end is taken for a node without a label, since features.csv has "
                 "4 nodes"));
  texts["features.csv"] = "0.5,1\n1.5,2\n2.5,0\n";
  CHECK_FALSE(has_note(read_texts(texts), "empty line"));
}

TEST_CASE("a table of nodes or splits beside edges is no list of edges, and edges stand for their folder") {
  const TempFolder folder;
  fs::create_directory(folder / "friends");
  folder.write("friends/edges.csv", "source,target\n0,1\n1,2\n");
  const std::string place = (folder / "friends").string();
  for (const auto& [name, what] : {std::pair("labels.csv", "the labels"), std::pair("Targets.tsv", "the labels"),
                                   std::pair("nodes.csv", "the nodes"), std::pair("split.txt", "the splits"),
                                   std::pair("val_mask.txt", "the mask"), std::pair("train.txt", "the training nodes"),
                                   std::pair("node_features.csv", "the features")}) {
    const fs::path file = folder.write("friends/" + std::string(name), "0 1\n1 0\n2 1\n");
    CHECK_THROWS_WITH_AS(
        read_dataset(file),
        (file.string() + ": holds " + what + " of the data set friends/, want the folder: " + place).c_str(),
        FileError);
    fs::remove(file);
  }
  CHECK(read_dataset(folder.write("friends/others.csv", "0,1\n1,2\n")).format == "edge-list");
  const Dataset data = read_dataset(folder / "friends/edges.csv");
  CHECK(data.name == "friends");
  CHECK(has_note(data, "edges.csv: the folder in which it lies is read, friends/"));
  fs::create_directory(folder / "apart");
  CHECK(read_dataset(folder.write("apart/labels.csv", "0,1\n1,2\n")).format == "edge-list");
}

TEST_CASE("columns of words are distinguished from numbers, with the same way out in tables of nodes and of features") {
  const std::string way = "where it is the class, name it label; pandas.get_dummies makes numbers of words";
  const std::string rows = "0,1.5,NaN\n1,2,red\n2,0.5,blue\n3,1,red\n";
  const Texts words{{"edges.csv", "0,1\n1,2\n2,3\n"}, {"features.csv", "id,age,family\n" + rows}};
  refused_texts(words, ("features.csv: line 2: column 3 (family): got 'NaN', want a finite number; the column holds "
                        "words ('red', 'blue'): " +
                        way)
                           .c_str());
  Texts texts = words;
  texts["features.csv"] = "id,age,family\n0,1.5,red\n1,2,NaN\n2,0.5,blue\n3,1,red\n";
  refused_texts(texts, ("features.csv: line 2: column 3 (family): got 'red', want a finite number; the column holds "
                        "words ('red', 'blue'): " +
                        way)
                           .c_str());
  texts["features.csv"] = "id,age,family\n0,1.5,7\n1,2,8\n2,0.5,blue\n3,1,9\n";
  CHECK_THROWS_WITH_AS(read_texts(texts),
                       doctest::Contains("line 4: column 3 (family): got 'blue', want a finite number"), FileError);
  for (const char* first : {"NaN", "", "red"}) {
    const Dataset data =
        read_texts({{"edges.csv", "0,1\n1,2\n2,3\n"},
                    {"nodes.csv", "id,age,family\n0,1.5," + std::string(first) + "\n1,2,red\n2,0.5,blue\n3,1,red\n"}});
    CHECK(data.feature_names == std::vector<std::string>{"age"});
    CHECK(has_note(data, "nodes.csv: columns of words are left out: family; " + way));
  }
  refused_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", "id,age\n0,\n1,2\n2,3\n"}},
                "nodes.csv: line 2: column 2 (age): got '', want a finite number: write a value for what is missing");
}

TEST_CASE("notes say how unknown names of ends are taken, and quote names with commas") {
  const Dataset data = read_texts({{"edges.csv", "von,nach\n0,1\n1,2\n"}, {"labels.csv", "a\nb\na\n"}});
  CHECK(has_note(data,
                 "edges.csv: the first line, von, nach, is a header: von is taken as the source, nach as the target"));
  const Dataset commas =
      read_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", "id,\"home, town\",size\n0,red,1\n1,blue,2\n2,red,3\n"}});
  CHECK(has_note(commas, "columns of words are left out: 'home, town'; "));
}
