// True and False as labels: pandas.get_dummies writes them since 2.0.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

Dataset labelled_by_truths(const std::string& labels, const char* file = "labels.csv") {
  return read_texts({{"edges.csv", "0,1\n1,2\n2,3\n"}, {"features.csv", "1,0.5\n0.5,-2\n0,3\n7,8\n"}, {file, labels}});
}

constexpr const char* truths_note = "True and False in columns of labels are read as 1 and 0";

}  // namespace

TEST_CASE("rows with a single True are classes, by the names of the columns") {
  for (const char* text : {"cat,dog,elk\nTrue,False,False\nFalse,False,True\nFalse,True,False\nTrue,False,False\n",
                           "id,cat,dog,elk\n0,TRUE,FALSE,FALSE\n1,FALSE,FALSE,TRUE\n2,FALSE,TRUE,FALSE\n"
                           "3,TRUE,FALSE,FALSE\n",
                           ",cat,dog,elk\n0,True,False,False\n1,False,False,True\n2,False,True,False\n"
                           "3,True,False,False\n"}) {
    CAPTURE(text);
    const Dataset data = labelled_by_truths(text);
    CHECK(data.label_kind == LabelKind::classes);
    CHECK(data.class_names == std::vector<std::string>{"cat", "dog", "elk"});
    CHECK(data.labels == std::vector<std::int32_t>{0, 2, 1, 0});
    CHECK(has_note(data, std::string("labels.csv: ") + truths_note));
  }
  const Dataset blanks = labelled_by_truths("True False\nFalse True\nFalse True\nTrue False\n", "labels.txt");
  CHECK(blanks.labels == std::vector<std::int32_t>{0, 1, 1, 0});
}

TEST_CASE("words above values are the header of labels that alone count the nodes") {
  for (const char* text : {"cat,dog\nTrue,False\nFalse,True\nTrue,False\n", "cat,dog\n1,0\n0,1\n1,0\n"}) {
    const Dataset data = read_texts({{"edges.csv", "0,1\n1,2\n"}, {"labels.csv", text}});
    CHECK(data.nodes() == 3);
    CHECK(data.class_names == std::vector<std::string>{"cat", "dog"});
    CHECK(has_note(data, "labels.csv: the first line, cat, dog, is a header: words above values"));
  }
}

TEST_CASE("rows with several True are several labels, as asked for too") {
  const Dataset data = labelled_by_truths("a,b\nTrue,True\nFalse,True\n,\nFalse,False\n");
  CHECK(data.label_kind == LabelKind::several);
  CHECK(data.targets(0, 1) == 1);
  CHECK(data.targets(1, 0) == 0);
  CHECK(std::isnan(data.targets(2, 0)));
  CHECK(has_note(data, truths_note));
  const Dataset asked =
      labelled_by_truths("# task: multi-label\nid,a,b\n0,True,False\n1,False,True\n2,True,False\n3,False,True\n");
  CHECK(asked.label_kind == LabelKind::several);
  CHECK(asked.class_names == std::vector<std::string>{"a", "b"});
  CHECK(asked.targets(3, 1) == 1);
  const Dataset zeros = labelled_by_truths("a,b\nTrue,False\nFalse,False\nFalse,True\nFalse,False\n");
  const auto bits = std::ranges::find(zeros.other_readings, LabelKind::several, &LabelReading::kind);
  REQUIRE(bits != zeros.other_readings.end());
  CHECK(bits->targets(2, 1) == 1);
  refused_texts({{"edges.csv", "0,1\n"}, {"features.csv", "1,2\n2,1\n"}, {"labels.csv", "a,b\nTrue,\nFalse,True\n"}},
                "labels.csv: line 2: got '' beside labels of 0 and 1");
}

TEST_CASE("a single column of True and False is two classes, and one of features is 1 and 0") {
  const Dataset data = labelled_by_truths("id,label\n0,True\n1,False\n2,True\n3,False\n");
  CHECK(data.class_names == std::vector<std::string>{"False", "True"});
  CHECK_FALSE(has_note(data, truths_note));
  const Dataset features = read_texts({{"edges.csv", "0,1\n"}, {"features.csv", "a,is_b\n1.5,True\n2,False\n"}});
  CHECK(std::get<Tensor>(features.features)(0, 1) == 1);
}
