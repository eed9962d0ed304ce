#include <doctest/doctest.h>

#include <map>
#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

const test::Texts valid{{"edges.txt", "# who transpose, who adjacency\n0 1\n1\t2\n\n2, 2\n"},
                        {"features.csv", "1,0\n0.5,-2\n0,3\n"},
                        {"labels.txt", "cat\n\ndog\n"},
                        {"split.txt", "train test\nnone -\nval train\n"}};

/// The valid files with some replaced or added; empty content removes a file.
test::Texts with(test::Texts changed) {
  changed.insert(valid.begin(), valid.end());
  std::erase_if(changed, [](const auto& file) { return file.second == "gone"; });
  return changed;
}

void refused(const test::Texts& changed, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(test::read_texts(with(changed)), doctest::Contains(why), FileError);
}

Tensor dense(const Dataset& data) {
  const auto* sparse = std::get_if<SparseMatrix>(&data.features);
  return sparse == nullptr ? std::get<Tensor>(data.features) : sparse->to_dense();
}

}  // namespace

TEST_CASE("a folder of text is a data set; an edge from source to target") {
  const Dataset data = test::read_texts(valid);
  CHECK(data.format == "plain");
  CHECK(data.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {2, 1}, {2, 2}}));
  CHECK(max_abs_difference(dense(data), Tensor::from({{1, 0}, {0.5, -2}, {0, 3}})) == 0);
  CHECK(data.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(data.labels == std::vector<std::int32_t>{0, -1, 1});
  REQUIRE(data.splits.size() == 2);
  CHECK(data.splits[0].train == std::vector<Node>{0});
  CHECK(data.splits[0].validation == std::vector<Node>{2});
  CHECK(data.splits[0].test.empty());
  CHECK(data.splits[1].test == std::vector<Node>{0});
  CHECK(data.notes.empty());
}

TEST_CASE("CRLF and a missing last line end change nothing") {
  test::Texts crlf = valid;
  for (auto& [name, text] : crlf) {
    std::string changed;
    for (const char c : text)
      changed += c == '\n' ? std::string("\r\n") : std::string(1, c);
    changed.erase(changed.size() - 2);
    text = changed;
  }
  CHECK(test::read_texts(crlf).graph == test::read_texts(valid).graph);
  CHECK(test::read_texts(crlf).labels == test::read_texts(valid).labels);
  CHECK(test::read_texts(crlf).splits.size() == 2);
}

TEST_CASE("svmlight: indices from 1, or from 0 when a 0 occurs; an empty line is a node") {
  const auto features = [](const std::string& text) {
    return dense(test::read_texts(with({{"features.csv", "gone"}, {"features.svmlight", text}})));
  };
  CHECK(max_abs_difference(features("1:2 3:0.5\n# a comment\n\n2:+1 # why\n"),
                           Tensor::from({{2, 0, 0.5}, {0, 0, 0}, {0, 1, 0}})) == 0);
  CHECK(max_abs_difference(features("0:2 3:0.5\n\n2:1\n"),
                           Tensor::from({{2, 0, 0, 0.5}, {0, 0, 0, 0}, {0, 0, 1, 0}})) == 0);
  CHECK(features("\n1:1\n4:0\n").columns() == 4);  // a zero still counts for the width
  CHECK(features("\n\n\n").columns() == 0);
}

TEST_CASE("svmlight labels count unless there is a file of them") {
  test::Texts files = with({{"features.csv", "gone"}, {"features.svmlight", "+1 1:1\n-1 2:1\n10 1:1\n"}});
  CHECK(test::read_texts(files).labels == std::vector<std::int32_t>{0, -1, 1});
  CHECK(test::read_texts(files).notes ==
        std::vector<std::string>{"the labels of features.svmlight give way to labels.txt"});
  files.erase("labels.txt");
  CHECK(test::read_texts(files).class_names == std::vector<std::string>{"-1", "+1", "10"});  // in numeric order
  CHECK(test::read_texts(files).labels == std::vector<std::int32_t>{1, 0, 2});
}

TEST_CASE("a first line without numbers is a header") {
  const Dataset named = test::read_texts(with({{"features.csv", "height,width\n1,2\n3,4\n5,6\n"}}));
  CHECK(named.feature_count() == 2);
  CHECK(named.feature_names == std::vector<std::string>{"height", "width"});
  CHECK(test::read_texts(with({{"edges.txt", "gone"}, {"edges.csv", "source,target\n0,1\n"}})).graph.edges() == 1);
  CHECK(test::read_texts(with({{"labels.txt", "gone"}, {"labels.csv", "label\na\nb\na\n"}})).classes() == 2);
  CHECK(test::read_texts(with({{"features.csv", "height,2\n1,2\n3,4\n5,6\n"}})).feature_names ==
        std::vector<std::string>{"height", "2"});
}

TEST_CASE("nodes may have names") {
  const Dataset data = test::read_texts(with({{"nodes.txt", "ann\nbob\neve\n"}, {"edges.txt", "ann bob\neve ann\n"}}));
  CHECK(data.node_names == std::vector<std::string>{"ann", "bob", "eve"});
  CHECK(data.graph == from_edges(3, std::vector<NodePair>{{1, 0}, {0, 2}}));
  refused({{"nodes.txt", "ann\nbob\neve\n"}, {"edges.txt", "ann bob\nann joe\n"}},
          "edges.txt: line 2: 'joe' is not among");
  refused({{"nodes.txt", "ann\nbob\nann\n"}}, "nodes.txt: line 3: 'ann' names another node already");
  CHECK(test::read_texts(with({{"nodes.txt", "ann\nbob b\neve\n"}, {"edges.txt", "ann \"bob b\"\n"}})).node_names[1] ==
        "bob b");
  refused({{"nodes.txt", "ann\nbob\n"}}, "features.csv: got 3 lines, want 2: one for each node of nodes.txt");
}

TEST_CASE("classes are numbered by number where they are numbers, else by name") {
  CHECK(test::read_texts(with({{"labels.txt", "10\n9\n0\n"}})).class_names == std::vector<std::string>{"0", "9", "10"});
  CHECK(test::read_texts(with({{"labels.txt", "b\na\n10\n"}, {"split.txt", "gone"}})).class_names ==
        std::vector<std::string>{"10", "a", "b"});
  CHECK(test::read_texts(with({{"labels.txt", "x\nx\nx\n"}})).classes() == 1);
  CHECK(test::read_texts(with({{"labels.txt", "-1\n\n-\n"}, {"split.txt", "gone"}})).classes() == 0);
}

TEST_CASE("optional files, and their defaults") {
  const Dataset data =
      test::read_texts(with({{"labels.txt", "gone"}, {"split.txt", "gone"}, {"edges.txt", "# none\n"}}));
  CHECK(data.labels == std::vector<std::int32_t>(3, -1));
  CHECK(data.classes() == 0);
  CHECK(data.splits.empty());
  CHECK(data.graph.edges() == 0);
  CHECK(data.notes == std::vector<std::string>{
                          "no node has a label: labels.txt would give them, a line for each node, or a column label",
                          "edges.txt: all lines are comments: the graph has no edges"});
  CHECK(test::read_texts(with({{"split.txt", "none\nnone\ntest\n"}})).splits.at(0).train.empty());
  CHECK(test::read_texts(with({{"edges.txt", "0 1\n0 1\n"}})).notes ==
        std::vector<std::string>{"1 repeated edges are merged"});
}

TEST_CASE("required files") {
  refused({{"edges.txt", "gone"}}, "there are no edges: want edges.txt");
  refused({{"edges.csv", "0,1\n"}}, "edges.csv: stands beside edges.txt");
  refused({{"features.svmlight", "1:1\n"}}, "features.csv: stands beside features.svmlight");
  for (const char* name : {"features.csv", "labels.txt", "split.txt"})
    refused({{name, ""}}, (std::string(name) + ": is empty").c_str());
  refused({{"features.csv", "a,b\n"}}, "features.csv: there is no node");
}

TEST_CASE("bad edges") {
  refused({{"edges.txt", "0 1\n1 99\n"}}, "edges.txt: line 2: node 99 is out of range, want 0 … 2");
  refused({{"edges.txt", "0 -1\n"}}, "edges.txt: line 1: node -1 is out of range");
  refused({{"edges.txt", "0 1\n0 1 0.5\n"}}, "edges.txt: line 1: got 0 1 above lines of 3 fields: as counts");
  refused({{"edges.txt", "0\n"}}, "edges.txt: line 1: got one field, want two");
  refused({{"edges.txt", "0 1.5\n"}},
          "edges.txt: line 1: got '1.5', want the number of a node: a whole number without a point");
  refused({{"edges.txt", "0 99999999999999999999\n"}}, "want the number of a node");
  refused({{"edges.txt", std::string("0 1\n\0", 5)}}, "edges.txt: line 2: column 1 holds the byte '\\x00', want text");
}

TEST_CASE("bad features") {
  refused({{"features.csv", "1,0\n0,nan\n0,3\n"}},
          "features.csv: line 2: column 2: got 'nan', want a finite number: write a value for what is missing");
  refused({{"features.csv", "1,0\n0,-inf\n0,3\n"}}, "got '-inf'");
  refused({{"features.csv", "1,0\n0,1e999\n0,3\n"}}, "got '1e999'");
  refused({{"features.csv", "1,0\n0\n0,3\n"}}, "features.csv: line 2: got 1 fields, want 2");
  refused({{"features.csv", "1,0\n0,\n0,3\n"}}, "features.csv: line 2: column 2: got ''");
  refused({{"features.csv", "1,0\n\n0,3\n"}}, "features.csv: line 2: got 0 fields");

  const auto svmlight = [](const char* text, const char* why) {
    refused({{"features.csv", "gone"}, {"features.svmlight", text}}, why);
  };
  svmlight("1:1\n2:1 2:3\n", "features.svmlight: line 2: feature 2 follows 2, want rising ones");
  svmlight("1:1\n-2:1\n", "line 2: feature -2 is out of range");
  svmlight("1:1\n16777217:1\n", "line 2: feature 16777217 is out of range, want 0 … 16777216");
  svmlight("1:1\n2:\n", "line 2: column 2: got ''");
  svmlight("1:1\n2:1 3\n", "line 2: got '3', want INDEX:VALUE");
  svmlight("1:1\nqid:3\n", "line 2: got 'qid:3', want INDEX:VALUE");
  svmlight("1:nan\n", "line 1: column 1: got 'nan'");
  svmlight("a 1:1\n1:1\n\n", "1 of 3 lines have a label, want all or none");
}

TEST_CASE("labels and splits that don't cover the nodes") {
  refused({{"labels.txt", "cat\ndog\n"}}, "labels.txt: got 2 lines, want 3: one for each node of features.csv");
  refused({{"labels.txt", "cat\ndog\ncat\ndog\n"}}, "labels.txt: got 4 lines, want 3");
  refused({{"split.txt", "train\ntest\n"}}, "split.txt: got 2 lines, want 3");
  refused({{"split.txt", "train\nnone\ntrian\n"}}, "split.txt: line 3: got 'trian', want train, val, test or none");
  refused({{"split.txt", "train\nnone none\ntest\n"}}, "split.txt: line 2: got 2 fields, want 1 as in the first line");
  const Dataset unlabelled = test::read_texts(with({{"split.txt", "train\ntrain\ntest\n"}}));
  CHECK(unlabelled.splits.at(0).train == std::vector<Node>{0});
  CHECK(unlabelled.notes == std::vector<std::string>{"split.txt: 1 node without a label is left out of the split: 1 of "
                                                     "the training"});
}

TEST_CASE("the bundled karate club is the one of the library") {
  const Dataset text = read_dataset(MERCER_SOURCE_DIR "/datasets/karate"), made = karate();
  CHECK(text.name == "karate");
  CHECK(text.graph == made.graph);
  CHECK(max_abs_difference(dense(text), dense(made)) == 0);
  CHECK(text.labels == made.labels);
  CHECK(text.class_names == made.class_names);
  REQUIRE(text.splits.size() == 1);
  CHECK(text.splits[0].train == made.splits[0].train);
  CHECK(text.splits[0].validation == made.splits[0].validation);
  CHECK(text.splits[0].test == made.splits[0].test);
}
