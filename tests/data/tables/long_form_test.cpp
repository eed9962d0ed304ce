// A column of one feature beside the long form of features, and lists of numbers in a field.
#include <doctest/doctest.h>

#include <string>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

test::Texts of_features(const std::string& features) {
  return {{"edges.csv", "0,1\n1,2\n"}, {"features.csv", features}, {"labels.csv", "id,label\n0,a\n1,b\n2,a\n"}};
}

constexpr const char* long_note = "features.csv: read in long form, a line for each value of a node: where column 2 (";

}  // namespace

TEST_CASE("one number for each node under feature is a column, and not the long form") {
  for (const char* text :
       {"id,feature\n0,0.5\n1,0.25\n2,1\n", "id,feature\n0,3\n1,5\n2,3\n", "id,feat,weight\n0,1.5,2\n1,1,2\n2,1,3\n"}) {
    CAPTURE(std::string(text));
    const Dataset data = read_texts(of_features(text));
    CHECK(data.feature_names[0].starts_with("feat"));
    CHECK_FALSE(has_note(data, long_note));
  }
}

TEST_CASE("the long form is noted") {
  for (const char* text : {"id,feature\n0,1\n0,2\n1,0\n2,1\n", "id,feature_id\n0,1\n1,0\n2,2\n",
                           "id,word\n0,red\n1,blue\n2,red\n", "id,feature,value\n0,0,0.5\n0,1,2\n1,1,3\n2,0,1\n"})
    CHECK(has_note(read_texts(of_features(text)), long_note));
}

TEST_CASE("lists of numbers in a field are refused by name") {
  const char* const why =
      "line 2: column 2 (feat): got '0.5, 0.1', several numbers in one field, want a column for each";
  refused_texts(of_features("node_id,feat\n0,\"0.5, 0.1\"\n1,\"1.5, 0.1\"\n2,\"2.5, 0.1\"\n"), why);
  refused_texts({{"edges.csv", "0,1\n1,2\n"},
                 {"nodes.csv", "node_id,feat,label\n0,\"0.5, 0.1\",a\n1,\"1.5, 0.1\",b\n2,\"2.5, 0.1\",a\n"}},
                why);
  refused_texts(of_features("id,x,z\n0,1,[0.5 0.1]\n1,2,[1 2]\n2,1,[2 3]\n"), "column 3 (z): got '[0.5 0.1]', several");
  for (const char* list : {"0.5 0.1", "0.5|0.1", "1|2", "1 0 0 1", "\"array([0.5, 0.1])\"",
                           "\"tensor([1, 2], dtype=torch.int)\"", "\"[[1, 2]]\""}) {
    CAPTURE(std::string(list));
    std::string rows = "id,x,z,label\n";
    for (const char* row : {"0,1,", "1,2,", "2,1,"})
      rows += std::string(row) + list + ",a\n";
    refused_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", rows}}, "', several numbers in one field, want a column");
  }
  for (const char* word : {"2020 01 05", "10 12", "a 1.5 2", "1|b"}) {
    const std::string rows = "id,x,z,label\n0,1," + std::string(word) + ",a\n1,2,red,b\n2,3,blue,a\n";
    CHECK(has_note(read_texts({{"edges.csv", "0,1\n1,2\n"}, {"nodes.csv", rows}}), "columns of words are left out: z"));
  }
}
