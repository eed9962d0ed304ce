// Rows of edges that are none: ends that are missing, headers, triples, lines of other forms.
#include <string>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

TEST_CASE("a missing end names no node") {
  refused_texts({{"edges.csv", "source,target\nann,bob\nbob,\ndan,ann\n"}},
                "edges.csv: line 3: got '', want a node at each end: leave out lines that lack one");
  for (const char* missing : {"NaN", "NULL", "NA", "nan"})
    refused_texts({{"edges.csv", std::string("source,target\nann,bob\nbob,") + missing + "\n"}},
                  (std::string("line 3: got '") + missing).c_str());
  refused_texts({{"edges.csv", "source,target\nann,bob\n,\n,\n"}}, "line 3: all fields are empty");
  refused_texts({{"edges.csv", "source,target\n0,1\n,\n"}, {"labels.txt", "a\nb\n"}}, "line 3: all fields are empty");
  const Dataset named = read_texts({{"edges.csv", "source,target\nDE,NA\n"}, {"nodes.csv", "id,label\nDE,a\nNA,b\n"}});
  CHECK(named.nodes() == 2);
}

TEST_CASE("a header that stands again among the edges is refused") {
  const char* const again = "line 4: the header stands here again: leave it out";
  refused_texts({{"edges.csv", "source,target\nann,bob\nbob,cid\nsource,target\ncid,dan\n"}}, again);
  refused_texts({{"edges.csv", "source,target\n0,1\n1,2\nsource,target\n2,0\n"}}, again);
}

TEST_CASE("words of a relation between two nodes are none") {
  refused_texts({{"edges.txt",
                  "aspirin inhibits PTGS1\naspirin inhibits PTGS2\nibuprofen inhibits PTGS2\n"
                  "warfarin inhibits VKORC1\nmorphine activates OPRM1\n"}},
                "edges.txt: these look like triples with a relation in column 2: 2 words in 5 lines");
  const Dataset words = read_texts({{"edges.csv", "ann,bob,friend\nann,cid,foe\nbob,dan,friend\ncid,dan,foe\n"}});
  CHECK(words.nodes() == 4);
  const std::string dated = "ann,x,2020-01-01\nbob,x,2020-01-02\ncid,y,2020-01-03\ndan,y,2020-01-04\n";
  CHECK(read_texts({{"edges.csv", dated}}).nodes() == 6);
}

TEST_CASE("names that blanks cut are refused") {
  const std::string ladies =
      "Eve Jeff E1\nEve Jeff E2\nLaura Mande E1\nLaura Mande E3\nTheresa And E2\nTheresa And E3\n";
  refused_texts(
      {{"edges.txt", ladies}},
      "edges.txt: each word of column 1 has one of column 2 behind it, 'Eve Jeff' as one name of a node, want tabs");
  refused_texts({{"edges.txt", "(0, 0) (0, 1)\n(0, 1) (1, 1)\n"}},
                "edges.txt: line 1: got '(0', a part of a tuple of Python's, want tabs or commas");
  CHECK(read_texts({{"edges.txt", "source target type\n" + ladies}}).nodes() == 6);
  CHECK(read_texts({{"edges.txt", "(0, 0)\t(0, 1)\n(0, 1)\t(1, 1)\n"}}).nodes() == 3);
}

TEST_CASE("lines of DIMACS are refused by name") {
  const char* const dimacs = "these are lines of DIMACS, which begin with p, a or e";
  refused_texts({{"edges.txt", "p sp 3 3\na 1 2 5\na 2 3 6\na 3 1 7\n"}}, dimacs);
  refused_texts({{"edges.txt", "c a graph\np edge 3 3\ne 1 2\ne 2 3\ne 3 1\n"}}, dimacs);
  refused_texts({{"edges.txt", "e 1 2\ne 2 3\ne 3 1\n"}}, dimacs);
  CHECK(read_texts({{"edges.txt", "a b 1\nb c 2\n"}}).nodes() == 3);
}
