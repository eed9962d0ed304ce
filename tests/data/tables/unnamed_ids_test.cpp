// Ids under a name that says nothing: nid, account, key …
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;
using test::Texts;

namespace {

constexpr int twelve = 12;

/// A line for each of twelve nodes, in an order of their own; {} stands for the node.
std::string lines_of_twelve(std::string text, const std::string& line, const std::string& before_id = "",
                            int first = 0) {
  for (int n = 0; n < twelve; ++n) {
    std::string own = line;
    const int node = (5 * n + 7) % twelve + first;
    own.replace(own.find("{}"), 2, before_id + std::to_string(node));
    text += own + "\n";
  }
  return text;
}

std::string cycle_of_twelve(const std::string& before_id = "", int first = 0) {
  std::string text = "source,target\n";
  for (int n = 0; n < twelve; ++n)
    text += before_id + std::to_string(n + first) + "," + before_id + std::to_string((n + 1) % twelve + first) + "\n";
  return text;
}

const std::string& labels_of_twelve() {
  static const std::string text = "a\nb\na\nb\na\nb\na\nb\na\nb\na\nb\n";
  return text;
}

const std::vector<Node>& train_nodes(const Dataset& data) { return data.splits.at(0).train; }

}  // namespace

TEST_CASE("ids of features under an unknown name are found") {
  const Texts rest{{"edges.csv", cycle_of_twelve()}, {"labels.txt", labels_of_twelve()}};
  for (const char* name : {"nid", "_id", "account", "nr"}) {
    Texts tables = rest;
    tables["features.csv"] = lines_of_twelve(std::string(name) + ",a,b\n", "{},0.5,1");
    const Dataset data = read_texts(tables);
    CHECK(data.feature_count() == 2);
    CHECK(has_note(data,
                   "features.csv: column " + std::string(name) + " counts the nodes and is read as the nodes' ids"));
    CHECK(has_note(data, "labels.txt has no ids"));
  }
  Texts from_one{{"edges.csv", cycle_of_twelve("", 1)}, {"labels.txt", labels_of_twelve()}};
  from_one["features.csv"] = lines_of_twelve("key,a\n", "{},0.5", "", 1);
  CHECK(read_texts(from_one).feature_count() == 1);
  Texts words{{"edges.csv", cycle_of_twelve("n")}, {"labels.csv", lines_of_twelve("nid,label\n", "{},cat", "n")}};
  words["features.csv"] = lines_of_twelve("nid,a\n", "{},0.5", "n");
  const Dataset named = read_texts(words);
  CHECK(named.node_names.size() == twelve);
  CHECK(has_note(named, "features.csv: column nid holds a word of its own in each row"));
  CHECK(has_note(named, "labels.csv: column nid holds the ids of features.csv and is read as ids"));
  Texts in_order = rest;
  in_order["features.csv"] = "nid,a\n0,1\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n10,1\n11,2\n";
  CHECK(read_texts(in_order).feature_count() == 2);
  CHECK(has_note(read_texts(in_order), "column 1 (nid) counts the rows and is read as a feature"));
}

TEST_CASE("words of their own under an unknown name are ids, beside values of any kind") {
  const Texts rest{{"edges.csv", "source,target\nu_5,u_3\nu_3,u_9\n"},
                   {"labels.csv", "who,label\nu_9,b\nu_5,a\nu_3,a\n"}};
  Texts tables = rest;
  tables["features.csv"] = "customer,age,active\nu_3,20,False\nu_5,30,True\nu_9,40,False\n";
  const Dataset data = read_texts(tables);
  CHECK(data.feature_names == std::vector<std::string>{"age", "active"});
  CHECK(data.node_names == std::vector<std::string>{"u_3", "u_5", "u_9"});
  CHECK(has_note(data, "features.csv: column customer holds a word of its own in each row"));
  tables["features.csv"] = "customer,age,job\nu_3,20,cook\nu_5,30,cook\nu_9,40,baker\n";
  refused_texts(tables,
                "column 3 (job): got 'cook', want a finite number; the column holds words ('cook', 'baker'): "
                "where it is the class");
  tables["features.csv"] = "age,customer\n20,u_3\n30,u_5\n40,u_9\n";
  refused_texts(tables, "('u_3', 'u_5'): where they are the nodes' ids, name it id; where it is the class");
}

TEST_CASE("large ids of features under an unknown name are those of another table") {
  const Dataset data = read_texts({{"edges.csv", "source,target\n1000,1017\n1017,1034\n"},
                                   {"features.csv", "uuid,a\n1034,0.5\n1000,1.5\n1017,2.5\n"},
                                   {"labels.csv", "id,label\n1000,a\n1017,b\n1034,a\n"}});
  CHECK(data.feature_count() == 1);
  CHECK(has_note(data, "features.csv: column uuid holds the ids of another table"));
}

TEST_CASE("ids of labels and splits under an unknown name are found") {
  const Texts rest{{"edges.csv", cycle_of_twelve("n")}, {"features.csv", lines_of_twelve("id,a\n", "{},0.5", "n")}};
  Texts tables = rest;
  tables["labels.csv"] = "account,label\nn3,a\nn1,b\nn0,a\nn2,b\nn7,a\nn6,b\nn5,a\nn4,b\nn11,a\nn10,b\nn9,a\nn8,b\n";
  tables["split.csv"] = "docid,split\nn3,train\nn1,val\nn0,test\nn2,train\n";
  const Dataset data = read_texts(tables);
  CHECK(has_note(data, "labels.csv: column account holds the ids of features.csv and is read as ids"));
  CHECK(has_note(data, "split.csv: column docid holds the ids of features.csv and is read as ids"));
  for (std::size_t i = 0; i < twelve; ++i) {
    const int number = std::stoi(data.node_names[i].substr(1));
    const bool is_a = number == 3 || number == 0 || number == 7 || number == 5 || number == 11 || number == 9;
    CHECK(data.class_names[static_cast<std::size_t>(data.labels[i])] == (is_a ? "a" : "b"));
  }
  REQUIRE(train_nodes(data).size() == 2);
  CHECK(data.node_names[static_cast<std::size_t>(train_nodes(data)[0])] == "n3");

  std::string features;
  for (int n = 0; n < twelve; ++n)
    features += std::to_string(n) + ".5 1\n";
  Texts numbers{{"edges.csv", cycle_of_twelve()}, {"features.txt", features}};
  numbers["labels.csv"] = "nid,label\n11,k\n1,b\n10,j\n2,c\n9,i\n3,d\n8,h\n4,e\n7,g\n5,f\n6,f\n0,a\n";
  numbers["split.csv"] = "nid,split\n5,train\n3,train\n1,test\n";
  const Dataset in_disorder = read_texts(numbers);
  CHECK(has_note(in_disorder, "labels.csv: column nid holds the number of each node and is read as ids"));
  CHECK(in_disorder.labels[0] == 0);
  CHECK(in_disorder.labels[2] == 2);
  CHECK(train_nodes(in_disorder) == std::vector<Node>{3, 5});
}

TEST_CASE("ids of labels stand behind the label, too") {
  Texts tables{{"edges.csv", cycle_of_twelve()}};
  std::string text = "label,nid\n";
  for (int n = 0; n < twelve; ++n) {
    const int node = (5 * n + 7) % twelve;
    text += std::string(node < 4 ? "z," : "a,") + std::to_string(node) + "\n";
  }
  tables["labels.csv"] = text;
  const Dataset data = read_texts(tables);
  CHECK(data.class_names.at(static_cast<std::size_t>(data.labels.at(0))) == "z");
  CHECK(data.class_names.at(static_cast<std::size_t>(data.labels.at(7))) == "a");
  CHECK(has_note(data, "labels.csv: column nid holds the number of each node and is read as ids"));
}

TEST_CASE("a column id goes before index, idx and name") {
  for (const char* other : {"index", "idx", "name"}) {
    Texts tables{{"edges.csv", cycle_of_twelve()}};
    std::string text = std::string(other) + ",id,x,label\n";
    for (int n = 0; n < twelve; ++n) {
      const int node = (5 * n + 7) % twelve;
      text += std::to_string(n) + "," + std::to_string(node) + ",0.5," + (node < 4 ? "z" : "a") + "\n";
    }
    tables["nodes.csv"] = text;
    const Dataset data = read_texts(tables);
    CHECK(data.node_names.at(0) == "7");
    CHECK(has_note(data, "nodes.csv: columns beside the ids id are left out: " + std::string(other)));
  }
}

TEST_CASE("a list of nodes on one line is refused") {
  Texts tables{{"edges.csv", cycle_of_twelve()}, {"labels.txt", labels_of_twelve()}};
  tables["train.txt"] = "0 1 2 3\n";
  refused_texts(tables, "train.txt: line 1: got 4 nodes on one line, want a line for each");
}

TEST_CASE("tables of Neo4j's import are read") {
  const Dataset data = read_texts({{"nodes.csv", "personId:ID,age:int,:LABEL\np0,3,a\np1,4,b\np2,5,a\n"},
                                   {"edges.csv", ":START_ID,:END_ID,:TYPE\np0,p1,KNOWS\np1,p2,KNOWS\n"}});
  CHECK(data.node_names == std::vector<std::string>{"p0", "p1", "p2"});
  CHECK(data.classes() == 2);
  CHECK(data.graph.edges() > 0);
}

TEST_CASE("Neo4j's types and groups of ids are no part of the names, and its :LABEL gives way to a label") {
  const Dataset data =
      read_texts({{"nodes.csv",
                   "name:string,personId:ID(Person),age:int,label:string,:LABEL\n"
                   "x,p0,3,a,Person\nx,p1,4,b,Person\nx,p2,5,a,Person\n"},
                  {"edges.csv", ":START_ID(Person),:END_ID(Person),:TYPE\np0,p1,KNOWS\np1,p2,KNOWS\n"}});
  CHECK(data.node_names == std::vector<std::string>{"p0", "p1", "p2"});
  CHECK(data.class_names == std::vector<std::string>{"a", "b"});
  CHECK(has_note(data, "columns beside label:string, the label, are left out: :LABEL"));
}

TEST_CASE("edges by new_id beside other ids are refused with the way out") {
  refused_texts({{"nodes.csv", "id,days,label,new_id\n2121,3,a,1\n6743,4,b,0\n9911,5,a,2\n"},
                 {"edges.csv", "from,to\n0,1\n1,2\n"}},
                "is not among the names of nodes.csv; the ids are its column 'id', not new_id: name another one id");
}

TEST_CASE("ids that occur twice under a name that a feature may have say the way out") {
  refused_texts({{"edges.csv", "source,target\n0,1\n"}, {"features.csv", "the,index,cat\n0,0,0\n1,1,1\n0,0,2\n"}},
                "features.csv: line 4: '0' names another node already: where index holds no ids of nodes, give it");
}
