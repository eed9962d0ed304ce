// A first line of numbers above features that may name the columns, as years do.
#include <doctest/doctest.h>

#include "data/texts.hpp"

using namespace mercer;
using test::read_texts;
using test::refused_texts;

TEST_CASE("a first line of years above a line for each node is refused") {
  test::Texts texts{{"edges.csv", "0,1\n1,2\n"},
                    {"features.csv", "2019,2020,2021\n0.5,1,2\n1,2,0\n3,4,5\n"},
                    {"labels.csv", "id,label\n0,a\n2,b\n1,a\n"}};
  refused_texts(
      texts,
      "features.csv: line 1: got '2019', '2020' …, which may be a header of numbers, since labels.csv has one node "
      "less: where it is one, write names (y2019); where it is a node, write a header of names above it");
  texts["features.csv"] = "a,b,c\n2019,2020,2021\n0.5,1,2\n1,2,0\n3,4,5\n";
  CHECK(read_texts(texts).nodes() == 4);
  texts["features.csv"] = "2019,2,2021\n0.5,1,2\n1,2,0\n3,4,5\n";
  CHECK(read_texts(texts).nodes() == 4);
}
