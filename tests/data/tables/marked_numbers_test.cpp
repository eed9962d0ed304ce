// Numbers with a mark, as 10% and 1'000: no names of nodes, and no features as they are.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;
using test::Texts;

namespace {

Texts beside_edges(const char* file, const std::string& text) {
  Texts files{{"edges.csv", "0,1\n1,2\n2,3\n"}, {"features.csv", "1,0.5\n0.5,-2\n0,3\n7,8\n"}};
  files[file] = text;
  return files;
}

constexpr const char* want_plain = ", a number with a mark, want it plain, as in 1234.5";

}  // namespace

TEST_CASE("numbers with a mark are known") {
  for (const char* text : {"10%", "-0.5%", "10 %", "5\xE2\x80\xB0", "$5", "-$5", "$-5", "5,50 \xE2\x82\xAC",
                           "$1,000.50", "1'000", "1'000'000.5",
                           "1\xE2\x80\x99"
                           "000",
                           "1 000",
                           "-1\xC2\xA0"
                           "000,5"})
    CHECK_MESSAGE(is_marked_number(text), text);
  for (const char* text :
       {"",     "%",        "$",     "10",    "0.5", "-1",         "1e5", "1,000",  "1.000,5", "a%", "10%a", "10%%",
        "1'00", "1000 000", "12 34", "10-20", "<5",  "2019-01-01", "1:2", "x1'000", "10 kg",   ".",  "-",    "n. a."})
    CHECK_MESSAGE(!is_marked_number(text), text);
}

TEST_CASE("features that are numbers with a mark are refused by line and column") {
  for (const char* text : {"share,a\n10%,1\n20%,2\n35%,3\n40%,4\n", "share,a\n10,1\n10%,2\n35%,3\n40%,4\n"})
    refused_texts(beside_edges("features.csv", text),
                  "column 1 (share): got '10%', a number with a mark, want it plain");
  refused_texts(beside_edges("features.csv", "a,share\n1,1'000\n2,2'000\n3,950\n4,4'000\n"),
                (std::string("features.csv: line 2: column 2 (share): got '1'000'") + want_plain).c_str());
  refused_texts(beside_edges("features.csv", "10%,1\n20%,2\n35%,3\n40%,4\n"),
                (std::string("features.csv: line 1: column 1: got '10%'") + want_plain).c_str());
  refused_texts(
      beside_edges("features.csv", "share,a\n\"1,000\",1\n\"2,000\",2\n\"2,500\",3\n\"3,000\",4\n"),
      "line 2: column 1 (share): got '1,000', want a finite number: write it with a point, and without marks");
  refused_texts(beside_edges("nodes.csv", "id,share,a\n0,10%,1\n1,20%,2\n2,30%,1\n3,5,1\n"),
                (std::string("nodes.csv: line 2: column 2 (share): got '10%'") + want_plain).c_str());
  CHECK(has_note(read_texts(beside_edges("nodes.csv", "id,what\n0,10%\n1,more\n2,all\n3,none of it\n")),
                 "columns of words are left out: what"));
}

TEST_CASE("labels that are numbers with a mark are names of classes with a note, or refused") {
  const Dataset data = read_texts(beside_edges("labels.csv", "id,label\n0,10%\n1,20%\n2,10%\n3,\n"));
  CHECK(data.class_names == std::vector<std::string>{"10%", "20%"});
  CHECK(has_note(data, "labels.csv: numbers with a mark, such as '10%', are read as names of classes: where they are"));
  CHECK_FALSE(
      has_note(read_texts(beside_edges("labels.csv", "id,label\n0,10%\n1,most\n2,10%\n3,most\n")), "with a mark"));
  std::string edges, features, labels;
  for (int i = 0; i < 30; ++i) {
    edges += std::to_string(i) + " " + std::to_string((i + 1) % 30) + "\n";
    features += std::to_string(i * i % 7) + ".5\n";
    labels += std::to_string(10 + i) + "%\n";
  }
  refused_texts({{"edges.txt", edges}, {"features.txt", features}, {"labels.txt", labels}},
                "; for numbers, write '10%' plain, without a mark");
  refused_texts(beside_edges("labels.csv", "a,b\n10%,1.5\n20%,2\n10%,3\n20%,4\n"),
                (std::string("labels.csv: line 2: column a: got '10%'") + want_plain).c_str());
  refused_texts(beside_edges("labels.csv", "# task: regression\nid,y\n0,1\n1,$5\n2,10\n3,4\n"), "'$5'");
}

TEST_CASE("further columns of edges that are numbers with a mark are no words") {
  refused_texts({{"edges.csv", "source,target,share,kind\n0,1,10%,a\n1,2,20%,b\n2,3,10%,a\n"}},
                (std::string("edges.csv: line 2: column 3 (share): got '10%'") + want_plain).c_str());
  refused_texts({{"edges.csv", "source,target,weight\n0,1,10%\n1,2,20%\n"}},
                (std::string("line 2: column 3 (weight of the edge): got '10%'") + want_plain).c_str());
}
