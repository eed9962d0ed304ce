// Columns that count, second columns of ids, a first row 0 1 2, decimal marks of numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::Texts;

namespace {

/// Four nodes on a path.
Dataset read_tables(Texts tables) {
  tables.insert({"edges.csv", "0,1\n1,2\n2,3\n"});
  const bool labelled =
      std::ranges::any_of(tables, [](const auto& table) { return table.first.starts_with("labels."); });
  if (!labelled) tables.insert({"labels.txt", "a\nb\na\nb\n"});
  return read_texts(tables);
}

}  // namespace

TEST_CASE("a column that counts the rows is a feature with a note") {
  for (const char* text : {"0,5\n1,6\n2,8\n3,7\n", "1.0 5\n2.0 6\n3.0 8\n4.0 7\n", "0.0e+00 5\n1.0e+00 6\n2 8\n3 7\n"})
    CHECK(has_note(read_tables({{"features.csv", text}}),
                   "features.csv: column 1 counts the rows and is read as a feature: where it is the nodes' ids, write "
                   "a header that names it id"));
  CHECK(has_note(read_tables({{"features.csv", "x,row\n5,0\n6,1\n8,2\n7,3\n"}}),
                 "column 2 (row) counts the rows and is read as a feature: where it is the nodes' ids, name it id"));
  CHECK(has_note(read_tables({{"nodes.csv", "id,nr,x\n0,0,5\n1,1,6\n2,2,8\n3,3,7\n"}}),
                 "nodes.csv: column 2 (nr) counts"));
  CHECK_FALSE(has_note(read_tables({{"features.csv", "0,5\n1,6\n2,8\n2,7\n"}}), "counts"));
}

TEST_CASE("further columns of ids are named, and are no features") {
  const Dataset data = read_tables({{"features.csv", "id,name,x\n0,al,5\n1,bo,6\n2,cy,8\n3,di,7\n"}});
  CHECK(data.feature_count() == 1);
  CHECK(has_note(data, "features.csv: columns beside the ids id are left out: name"));
  CHECK_THROWS_WITH_AS(read_tables({{"features.csv", "name,index,x\nal,0,5\nbo,1,6\ncy,2,8\ndi,3,7\n"}}),
                       doctest::Contains("'0' is not among the names of features.csv; the ids are its column 'name', "
                                         "not index: name another one id to go by it"),
                       FileError);
  CHECK_THROWS_WITH_AS(
      read_tables({{"features.csv", "id,x\n10,5\n20,6\n30,8\n40,7\n"}, {"edges.csv", "10.0,20.0\n30.0,40.0\n"}}),
      doctest::Contains("'10.0' is not among the names of features.csv: '10' is"), FileError);
}

TEST_CASE("an id that differs in case, form of Unicode or unseen characters alone is hinted at") {
  const auto hint = [](const std::string& names, const std::string& edges, const std::string& message) {
    CAPTURE(edges);
    CHECK_THROWS_WITH_AS(
        read_tables(
            {{"features.csv", "id,x\n" + names + ",5\nbo,6\n"}, {"edges.csv", edges + "\n"}, {"labels.txt", "a\nb\n"}}),
        doctest::Contains(message.c_str()), FileError);
  };
  hint("Al", "bo,al", "'al' is not among the names of features.csv: 'Al' is, and 'al' differs from it in case, blanks");
  hint("caf\xC3\xA9", "bo,cafe\xCC\x81", ": 'caf\xC3\xA9' is, and");
  hint("al\xE2\x80\x8B", "bo,al", ": 'al<U+200B>' is, and 'al' differs from it");
  hint("v1", "bo,v01", "'v01' is not among the names of features.csv");
  CHECK_THROWS_WITH_AS(read_tables({{"features.csv", "5\n6\n8\n7\n"},
                                    {"train.txt",
                                     "0\n\xE2\x80\x8B"
                                     "1\n"}}),
                       doctest::Contains(": 1 is; other characters aren't seen"), FileError);
}

TEST_CASE("a column of ids counts before the index that pandas writes") {
  const Dataset data =
      read_tables({{"features.csv", ",node_id,x\n0,3,5.5\n1,2,6\n2,1,8\n3,0,7\n"}, {"labels.txt", "a\nb\na\nb\n"}});
  CHECK(std::get<Tensor>(data.features)(3, 0) == Real(5.5));
  CHECK(data.feature_count() == 1);
  CHECK_FALSE(has_note(data, "left out"));
  CHECK(has_note(data,
                 "labels.txt has no ids: the lines are taken as the nodes 0, 1 …, not in the order of features.csv"));
}

TEST_CASE("a first row 0 1 2 of features is a node where another table has a line for it") {
  const char* features = "0 1 2\n4 1 7\n2 2 2\n5 5 5\n";
  for (const Texts& others : {Texts{{"labels.txt", "3\n1\n1\n3\n"}}, Texts{{"labels.txt", "a\nb\na\nb\n"}},
                              Texts{{"labels.txt", "a\nb\na\n-\n"}}}) {
    Texts tables = others;
    tables["features.txt"] = features;
    const Dataset data = read_tables(tables);
    CHECK(data.nodes() == 4);
    CHECK(std::get<Tensor>(data.features)(0, 2) == 2);
    CHECK(has_note(data, "features.txt: the first line could be a header that counts columns: it is taken as a node"));
  }
  const Dataset named = read_tables({{"features.txt", features},
                                     {"nodes.txt", "al\nbo\ncy\ndi\n"},
                                     {"labels.txt", "a\nb\nb\nb\n"},
                                     {"edges.csv", "al,bo\nbo,cy\ncy,di\n"}});
  CHECK(named.node_names == std::vector<std::string>{"al", "bo", "cy", "di"});
  CHECK(named.class_names.size() == 2);
}

TEST_CASE("a first row that counts columns stays pandas' header where other tables have one, or may") {
  const std::string features = "0\t1\t2\n4\t1\t7\n2\t2\t2\n5\t5\t5\n4\t4\t4\n";
  for (const char* ending : {"tsv", "txt", "csv"}) {
    CAPTURE(ending);
    const auto with = [&](const char* labels) {
      return read_tables({{std::string("features.") + ending, features}, {std::string("labels.") + ending, labels}});
    };
    const Dataset words = with("0\ncat\ndog\ncat\ndog\n");
    CHECK(words.nodes() == 4);
    CHECK(words.class_names == std::vector<std::string>{"cat", "dog"});
    const char* numbers = "0\n0\n1\n0\n1\n";
    if (std::string(ending) == "csv")
      CHECK(with(numbers).nodes() == 4);
    else
      CHECK_THROWS_WITH_AS(with(numbers), doctest::Contains("got 5 lines, want 4: one for each node of features"),
                           FileError);
  }
  const Dataset counted =
      read_tables({{"features.csv", "0,1,2\n0,1,7\n2,2,2\n5,5,5\n4,4,4\n"}, {"labels.csv", "0\n0\n1\n0\n1\n"}});
  CHECK(counted.nodes() == 4);
  CHECK_THROWS_WITH_AS(read_tables({{"features.csv", "0,1,2\n4,1,7\n2,2,2\n5,5,5\n4,4,4\n"},
                                    {"nodes.csv", "word\nal\nbo\ncy\ndi\n"},
                                    {"labels.txt", "species\na\nb\na\nb\n"},
                                    {"edges.csv", "al,bo\nbo,cy\ncy,di\n"}}),
                       doctest::Contains("nodes.csv: has no column of ids"), FileError);
}

TEST_CASE("decimal commas in quotes are read as those between semicolons") {
  const Dataset data = read_tables({{"features.csv", "x,z\n\"1,5\",2\n\"2,25\",3\n1,1\n\"-0,5\",1\n"}});
  CHECK(std::get<Tensor>(data.features)(1, 0) == Real(2.25));
  CHECK(has_note(data, "features.csv: numbers have decimal commas; 0,5 is read as 0.5"));
  for (const char* text :
       {"\"1,5\"\n2\n\"1,25\"\n3\n", "\"1,5\",2\n1,3\n\"1,1\",1\n\"-0,5\",1\n", "1,5;2\n1;3\n1,1;1\n-0,5;1\n",
        "\"1,5\",\"2,5\"\n1,3\n\"1,1\",1\n\"-0,5\",1\n"}) {  // the first row is a node
    CAPTURE(text);
    const Dataset headless = read_tables({{"features.csv", text}});
    CHECK(headless.nodes() == 4);
    CHECK(std::get<Tensor>(headless.features)(0, 0) == Real(1.5));
    CHECK(headless.feature_names.empty());
  }
  CHECK_THROWS_WITH_AS(read_tables({{"features.csv", "\"1,500\",2\n2,3\n1,1\n1,1\n"}}),
                       doctest::Contains("line 1: column 1: got '1,500', want a finite number"), FileError);
  CHECK_THROWS_WITH_AS(
      read_tables({{"features.csv", "x,z\n\"1,500\",2\n2,3\n1,1\n1,1\n"}}),
      doctest::Contains("line 2: column 1 (x): got '1,500', want a finite number: write it with a point, and without"),
      FileError);
}

TEST_CASE("a first column of features without a header that holds the ids of another table is ids") {
  const Texts gaps{{"edges.csv", "1000,1017\n1017,1034\n1034,1051\n"},
                   {"features.csv", "1000,0.5\n1017,1.5\n1034,2.5\n1051,3.5\n"}};
  const auto also = [&](const char* name, const char* text) {
    Texts tables = gaps;
    tables[name] = text;
    return read_tables(tables);
  };
  for (const char* labels : {"id,label\n1051,d\n1034,c\n1017,b\n1000,a\n", "1051,d\n1034,c\n1017,b\n1000,a\n",
                             "id,label\n1051,d\n1000,a\n1034,c\n"}) {
    const Dataset data = also("labels.csv", labels);
    REQUIRE(data.feature_count() == 1);
    CHECK(std::get<Tensor>(data.features)(3, 0) == Real(3.5));
    CHECK(data.node_names == std::vector<std::string>{"1000", "1017", "1034", "1051"});
    CHECK(data.class_names[static_cast<std::size_t>(data.labels[0])] == "a");
    CHECK(data.class_names[static_cast<std::size_t>(data.labels[3])] == "d");
    CHECK(
        has_note(data, "features.csv: the first column holds the ids of another table and is read as the nodes' ids"));
  }
  CHECK(also("split.csv", "id,split\n1051,test\n1000,train\n1034,val\n1017,none\n").splits[0].test ==
        std::vector<Node>{3});
  const Dataset names = also("nodes.txt", "1051\n1034\n1017\n1000\n");
  CHECK(std::get<Tensor>(names.features)(0, 0) == Real(3.5));
  Texts written = gaps;
  written["features.csv"] = "1.000e+03 0.5\n1.017e+03 1.5\n1.034e+03 2.5\n1.051e+03 3.5\n";
  written["labels.csv"] = "id,label\n1051,d\n1034,c\n1017,b\n1000,a\n";
  CHECK_THROWS_WITH_AS(
      read_tables(written),
      doctest::Contains("labels.csv: line 2: the id '1051' is not a node of features.csv: '1.051e+03' is"), FileError);
  const Dataset numbers =
      read_tables({{"features.csv", "0,5\n2,6\n1,8\n3,7\n"}, {"labels.csv", "id,label\n0,a\n2,b\n1,b\n3,a\n"}});
  CHECK(numbers.feature_count() == 2);  // so few may be features
}

TEST_CASE("a first column of features that is a word of its own in each row is ids") {
  const Texts words{{"edges.csv", "p0,p1\np1,p2\np2,p3\n"},
                    {"features.csv", "p3,0.5\np1,1.5\np2,2.5\np0,3.5\n"},
                    {"labels.csv", "p0,a\np1,b\np2,a\np3,b\n"}};
  const Dataset data = read_tables(words);
  CHECK(data.feature_count() == 1);
  CHECK(data.node_names == std::vector<std::string>{"p3", "p1", "p2", "p0"});
  CHECK(data.labels == std::vector<std::int32_t>{1, 1, 0, 0});
  CHECK(has_note(data, "features.csv: the first column holds a word of its own in each row and is read as the nodes'"));
  Texts lists = words;
  lists["features.csv"] = "[3, 0.5, 1]\n[1, 1.5, 1]\n[2, 2.5, 1]\n[0, 3.5, 1]\n";
  CHECK_THROWS_WITH_AS(read_tables(lists), doctest::Contains("want a finite number"), FileError);
  Texts twice = words;
  twice["features.csv"] = "p3,0.5\np1,1.5\np1,2.5\np0,3.5\n";
  CHECK_THROWS_WITH_AS(read_tables(twice), doctest::Contains("column 1: got 'p3', want a finite number"), FileError);
}

TEST_CASE("numbers with points are refused where commas are decimal") {
  const auto refused_at = [&](Texts files, const std::string& place) {
    files.insert({"edges.csv", "0,1\n1,2\n2,3\n"});
    const std::string why =
        place + " among numbers with decimal commas, want one mark in all of them: where points part thousands";
    test::refused_texts(files, why.c_str());
  };
  refused_at({{"features.csv", "a;b\n950;2,5\n1.250;1\n2;3\n3;4\n"}}, "features.csv: line 3: got '1.250'");
  refused_at({{"features.csv", "a;b\n1.250;3\n2;1\n2;3\n3;4,5\n"}}, "features.csv: line 2: got '1.250'");
  refused_at({{"features.csv", "a;target\n2,5;950\n1;1.250\n2;1.100\n3;870\n"}}, "features.csv: line 3: got '1.250'");
  refused_at({{"features.csv", "a;target\n2,5;1\n1;2.000\n2;1\n3;2.000\n"}}, "features.csv: line 3: got '2.000'");
  refused_at({{"features.csv", "a;target\n950;2,05\n1.250;3,5\n2;1,5\n3;1\n"}}, "features.csv: line 3: got '1.250'");
  refused_at(
      {{"edges.csv", "source;target;weight;len\n0;1;950;2,5\n1;2;1.250;1,5\n2;3;1;1\n"}, {"nodes.txt", "0\n1\n2\n3\n"}},
      "edges.csv: line 3: got '1.250'");
  CHECK(read_texts({{"edges.csv", "0,1\n"}, {"features.csv", "a;label\n2,5;1.0\n1;2.0\n2;1.0\n3;2.0\n"}}).class_names ==
        std::vector<std::string>{"1", "2"});
}

TEST_CASE("whole numbers beside three digits behind a point are noted") {
  const char* const note = "features.csv: column 1 (a): 1.250 is read as 1.25; where points part thousands, write 1250";
  CHECK(has_note(read_tables({{"features.csv", "a;b\n950;1\n1.250;2\n12.500;3\n2;4\n"}}), note));
  for (const char* other : {"0.500", "1.25", "1500", "1e3"})
    CHECK_FALSE(has_note(read_tables({{"features.csv", "a;b\n950;1\n1.250;2\n" + std::string(other) + ";3\n2;4\n"}}),
                         "thousands"));
  CHECK_FALSE(has_note(read_tables({{"features.csv", "a;b\n1;1\n1.250;2\n12.500;3\n2;4\n"}}), "thousands"));
  CHECK(has_note(read_texts({{"edges.txt", "0 1 2.000\n1 2 950\n2 3 100\n"}}), "2.000 is read as 2; where points"));
  CHECK(has_note(read_tables({{"labels.csv", "950\n1.250\n2.500\n870\n"}}), "1.250 is read as 1.25; where"));
}
