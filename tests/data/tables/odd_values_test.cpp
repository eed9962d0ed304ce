// A value that is no number in a column of numbers, wherever it stands.
#include <doctest/doctest.h>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

TEST_CASE("an odd first value of a column of nodes is refused with its line, as any other") {
  refused_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", "id,label,age\n0,a,>90\n1,b,21\n2,a,22\n"}},
                "nodes.csv: line 2: column 3 (age): got '>90', want a finite number");
  refused_texts(
      {{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", "id,label,pay\n0,a,\"1,100\"\n1,b,\"2,101\"\n2,a,\"3,102\"\n"}},
      "nodes.csv: line 2: column 3 (pay): got '1,100'");
  CHECK(has_note(read_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", "id,label,code\n0,a,x\n1,b,y\n2,a,7\n"}}),
                 "columns of words are left out: code"));
}

TEST_CASE("numbers of edges with marks are refused with their line") {
  refused_texts({{"edges.csv", "source,target,amount\n0,1,\"1,500\"\n1,2,\"2,500\"\n"}, {"labels.txt", "a\nb\na\n"}},
                "edges.csv: line 2: column 3 (amount): got '1,500', a number with marks between thousands");
  refused_texts({{"edges.csv", "source,target,share\n0,1,3\n1,2,10%\n"}, {"labels.txt", "a\nb\na\n"}},
                "edges.csv: line 3: column 3 (share): got '10%', a number with a mark");
  CHECK_FALSE(read_texts({{"edges.csv", "source,target,kind\n0,1,5%\n1,2,low\n"}, {"labels.txt", "a\nb\na\n"}})
                  .edge_feature_names.empty());
}

TEST_CASE("a broken number in the first row of features is refused: it makes no header of the row") {
  for (const char* broken : {"1.2.3", "1e400", "1e-330", "0x10", "1e", "1d5", "1_000", "--5"}) {
    const std::string rows = std::string("0.5,0.1,") + broken + "\n0.2,0.3,0.4\n0.6,0.1,0.9\n";
    refused_texts({{"edges.csv", "0,1\n1,2\n"}, {"features.csv", rows}},
                  ("features.csv: line 1: column 3: got '" + std::string(broken) + "', want a finite number").c_str());
  }
  for (const char* names : {"2024-01-01,10-20,1st", "q0.5,3D,x1e5"})  // are names
    CHECK(read_texts({{"edges.csv", "0,1\n1,2\n"}, {"features.csv", std::string(names) + "\n1,2,3\n4,5,6\n7,8,9\n"}})
              .nodes() == 3);
}
