// Labels of text that one task reads as numbers and another as labels: decimal commas, lists, -1, rows of zeros.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "data/labels/label_array.hpp"
#include "data/labels/labels.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "support/files.hpp"

using namespace mercer;
using test::has_note;
using test::TempFolder;

namespace {

/// Four nodes on a path with these labels.
Dataset labelled(const std::string& labels) {
  return test::read_texts(
      {{"edges.csv", "0,1\n1,2\n2,3\n"}, {"features.csv", "1,0.5\n0.5,-2\n0,3\n7,8\n"}, {"labels.csv", labels}});
}

void refused_labels(const std::string& labels, const char* why) {
  CAPTURE(labels);
  CHECK_THROWS_WITH_AS(labelled(labels), doctest::Contains(why), FileError);
}

template <class T>
Dataset of_array(const char* dtype, const std::vector<Index>& shape, const std::vector<T>& items) {
  NpyArray array{.source = "y", .dtype = dtype, .shape = shape, .bytes = {}};
  const auto bytes = std::as_bytes(std::span(items));
  array.bytes.assign(bytes.begin(), bytes.end());
  Dataset data;
  set_labels(array, shape[0], data);
  return data;
}

/// What the task reads; the labels themselves where no reading is of its own.
const LabelReading* other(const Dataset& data, LabelKind kind) {
  for (const LabelReading& reading : data.other_readings)
    if (reading.kind == kind) return &reading;
  return nullptr;
}

}  // namespace

TEST_CASE("commas of numbers that no list could have are decimal, in tables of semicolons and tabs") {
  for (const char* text : {"id;y\n0;1,05\n1;2\n2;nan\n3;4,5\n", "id\ty\n0\t1,05\n1\t2\n2\t?\n3\t4,5\n",
                           "id;y\n0;-1,05\n1;2\n2;\n3;4,5\n"}) {
    const Dataset data = labelled(text);
    CAPTURE(text);
    CHECK(data.label_kind == LabelKind::real);
    CHECK(data.label_doubt.empty());
    CHECK(std::abs(static_cast<double>(data.targets(0, 0))) == doctest::Approx(1.05));
    CHECK(data.targets(3, 0) == Real(4.5));
    CHECK(data.labels == std::vector<std::int32_t>{0, 0, -1, 0});
    CHECK(has_note(data.notes, "labels.csv: numbers have decimal commas; 0,5 is read as 0.5"));
  }
  CHECK(
      has_note(labelled("id;y\n0;1,05\n1;2\n2;nan\n3;4,5\n").notes, "labels.csv: 'nan' is taken as no label (1 node)"));
  const Dataset two = labelled("a;b\n1,5;2\n2,5;3\n3;4\n1;2\n");
  CHECK(two.label_kind == LabelKind::real);
  CHECK(two.targets(1, 0) == Real(2.5));
  CHECK(has_note(two.notes, "decimal commas"));
  refused_labels("id;y\n0;1,05\n1;2.5\n2;3\n3;4\n", "labels.csv: line 3: got '2.5' among numbers with decimal commas");
  refused_labels("id;y\n0;1,05\n1;low\n2;3\n3;4\n", "labels.csv: line 3: got 'low', want a number, or nan");
}

TEST_CASE("the features of a table say that commas are decimal") {
  const TempFolder folder;
  folder.write("edges.csv", "a,b\nb,c\n");
  folder.write("nodes.csv", "id;x;label\na;0,5;1,5\nb;1,5;2,5\nc;2;3\n");
  const Dataset data = read_dataset(folder.path());
  CHECK(data.label_kind == LabelKind::real);
  CHECK(data.targets(0, 0) == Real(1.5));
  CHECK(data.label_doubt.empty());
}

TEST_CASE("texts that are numbers with a decimal comma or two labels wait for the task") {
  const Dataset data = labelled("id;y\n0;1,5\n1;2,5\n2;3\n3;nan\n");
  CHECK(data.label_kind == LabelKind::real);
  CHECK(data.targets(0, 0) == Real(1.5));
  CHECK(
      data.label_doubt.find("labels.csv: line 2: got '1,5', which may be a number with a decimal comma or two labels: "
                            "want --task regression") != std::string::npos);
  const LabelReading* numbers = other(data, LabelKind::real);
  REQUIRE(numbers != nullptr);
  CHECK(numbers->class_names == std::vector<std::string>{"y"});
  CHECK(has_note(numbers->notes, "labels.csv: numbers have decimal commas"));
  CHECK_FALSE(has_note(data.notes, "decimal commas;"));
  const LabelReading* lists = other(data, LabelKind::several);
  REQUIRE(lists != nullptr);
  CHECK(lists->class_names == std::vector<std::string>{"1", "2", "3", "5"});
  CHECK(lists->targets(1, 3) == 1);
  CHECK(std::isnan(lists->targets(3, 0)));
}

TEST_CASE("lists stay lists, and are no numbers") {
  for (const char* text : {"id;y\n0;3,7,12\n1;3,7\n2;12\n3;\n", "3|7|12\n3|7\n12\n-\n", "3, 7, 12\n3, 7\n12\n-\n"}) {
    const Dataset data = labelled(text);
    CAPTURE(text);
    CHECK(data.label_kind == LabelKind::several);
    CHECK(data.label_doubt.empty());
    CHECK(data.class_names == std::vector<std::string>{"3", "7", "12"});
    REQUIRE(other(data, LabelKind::classes) != nullptr);
    CHECK(other(data, LabelKind::classes)->problem.find(", a list of labels, want one label for --task classes") !=
          std::string::npos);
    REQUIRE(other(data, LabelKind::real) != nullptr);
    CHECK(other(data, LabelKind::real)->problem.find("a list of labels, want a number") != std::string::npos);
  }
  const Dataset named = labelled("id;y\n0;cat\n1;cat|dog\n2;dog\n3;cat\n");
  CHECK(named.label_kind == LabelKind::classes);
  const Dataset asked = labelled("# task: multi-label\nid;y\n0;cat\n1;cat|dog\n2;dog\n3;cat\n");
  REQUIRE(other(asked, LabelKind::classes) != nullptr);
  CHECK(other(asked, LabelKind::classes)
            ->problem.ends_with("labels.csv: line 4: got 'cat|dog', a list of labels, want one label for --task "
                                "classes; --task multi-label learns lists"));
  CHECK(labelled("id;y\n0;a,b\n1;b\n2;a,b\n3;b\n").class_names == std::vector<std::string>{"a,b", "b"});
  refused_labels("id;y\n0;3,7,12\n1;1,05\n2;3\n3;4\n",
                 "labels.csv: line 3: got '1,05', a number with a decimal comma, and the list '3,7,12' at line 2");
}

TEST_CASE("-1 among lists is no label, alone") {
  const Dataset data = labelled("id;y\n0;3,7,12\n1;-1\n2;12\n3;3|7\n");
  CHECK(data.class_names == std::vector<std::string>{"3", "7", "12"});
  CHECK(data.labels == std::vector<std::int32_t>{0, -1, 0, 0});
  CHECK(has_note(data.notes, "labels.csv: '-1' is taken as no label (1 node)"));
  refused_labels("id;y\n0;3,7,12\n1;-1|3\n2;12\n3;3\n", "labels.csv: line 3: got '-1|3', where -1 stands for no label");
}

TEST_CASE("-1 among whole numbers is no class, but a number where the task is regression") {
  const Dataset data = labelled("-1\n4\n7\nNA\n");
  CHECK(data.labels == std::vector<std::int32_t>{-1, 0, 1, -1});
  const LabelReading* numbers = other(data, LabelKind::real);
  REQUIRE(numbers != nullptr);
  CHECK(numbers->targets(0, 0) == -1);
  CHECK(std::isnan(numbers->targets(3, 0)));
  CHECK(has_note(numbers->notes, "labels.csv: -1 is a number among real numbers; 1 node has it"));
  CHECK(has_note(numbers->notes, "'NA' is taken as no label (1 node)"));
  CHECK(other(labelled("1\n4\n7\nNA\n"), LabelKind::real) == nullptr);
  CHECK(has_note(data.notes, "labels.csv: '-1' is taken as no label (1 node)"));
}

TEST_CASE("a line with a separator more than the others is refused, not the table read as names") {
  refused_labels("id,label\n0,a\n1,b,c\n2,a\n3,b\n", "labels.csv: line 3: got 3 fields, want 2 as in the first line");
  refused_labels("id;label\n0;a\n1\n2;a\n3;b\n", "labels.csv: line 3: got 1 fields, want 2 as in the first line");
  const TempFolder folder;
  std::string labels, features, edges;
  for (int i = 0; i < 20; ++i) {
    labels += std::to_string(i) + (i == 7 ? ",a,b\n" : i % 2 == 0 ? ",a\n" : ",b\n");
    features += "1.5,2\n";
    edges += std::to_string(i) + "," + std::to_string((i + 1) % 20) + "\n";
  }
  folder.write("edges.csv", edges);
  folder.write("features.csv", features);
  folder.write("labels.csv", labels);
  CHECK_THROWS_WITH_AS(read_dataset(folder.path()),
                       doctest::Contains("labels.csv: line 8: got 3 fields, want 2 as in the first line"), FileError);
  CHECK(labelled("a, b\nc\na, b\nc\n").class_names == std::vector<std::string>{"a, b", "c"});  // names
}

TEST_CASE("lists of names are lists where the task is multi-label") {
  const Dataset data = labelled("cat;dog\ndog\ncat | bird\nNA\n");
  CHECK(data.label_kind == LabelKind::classes);
  const LabelReading* lists = other(data, LabelKind::several);
  REQUIRE(lists != nullptr);
  CHECK(lists->class_names == std::vector<std::string>{"bird", "cat", "dog"});
  CHECK(lists->targets(0, 1) == 1);
  CHECK(lists->targets(0, 2) == 1);
  CHECK(lists->targets(1, 1) == 0);
  CHECK(lists->targets(2, 0) == 1);
  CHECK(std::isnan(lists->targets(3, 0)));
  CHECK(has_note(lists->notes, "'NA' is taken as no label (1 node)"));
  CHECK(other(labelled("cat\ndog\ncat\nNA\n"), LabelKind::several) == nullptr);
}

TEST_CASE("lists of two labels beside features with points are no numbers with decimal commas") {
  std::string nodes = "id,a,b,label,split\n";
  for (int i = 0; i < 12; ++i)
    nodes += "n" + std::to_string(i) + ",0." + std::to_string(i) + ",1.5,\"" + (i % 2 == 0 ? "4,6" : "5,6") +
             (i < 6   ? "\",train\n"
              : i < 9 ? "\",val\n"
                      : "\",test\n");
  const Dataset data = read_texts({{"nodes.csv", nodes}, {"edges.csv", "source,target\nn0,n1\nn2,n3\n"}});
  CHECK_FALSE(has_note(data, "decimal commas"));
  CHECK(data.nodes() == 12);
  REQUIRE(other(data, LabelKind::several) != nullptr);
  CHECK(other(data, LabelKind::several)->class_names == std::vector<std::string>{"4", "5", "6"});
}

TEST_CASE("ids before a bar are no labels of a list") {
  const auto with_bars = [](const std::string& header, const std::string& prefix,
                            const std::vector<std::string>& names) {
    const TempFolder folder;
    std::string features, labels = header;
    for (std::size_t i = 0; i < 30; ++i) {
      features += "1.5,2\n";
      labels += prefix + std::to_string((7 * i) % 30) + "|" + names[(7 * i) % 30 % names.size()] + "\n";
    }
    folder.write("edges.csv", "0,1\n");
    folder.write("features.csv", features);
    folder.write("labels.csv", labels);
    return read_dataset(folder.path());
  };
  for (const char* header : {"", "id|label\n"}) {
    const Dataset data = with_bars(header, "", {"cat", "dog", "emu"});
    CHECK(data.class_names == std::vector<std::string>{"cat", "dog", "emu"});
    CHECK(data.label_kind == LabelKind::classes);
    CHECK(data.labels[1] == 1);
    CHECK(data.labels[29] == 2);
  }
  CHECK_THROWS_WITH_AS(with_bars("", "p", {"cat", "dog"}),
                       doctest::Contains("labels.csv: line 1: got 'p0|cat', where 'p0' is a label of no other node, as "
                                         "in 30 of 30 lists: want labels that nodes share"),
                       FileError);
  CHECK_THROWS_WITH_AS(with_bars("", "", {"101", "102"}), doctest::Contains("in 30 of 30 lists: want labels that"),
                       FileError);
}

TEST_CASE("rows of words for missing numbers are rows of unknown labels, between blanks, too") {
  const Dataset data = labelled("NA NA NA\n1 0 1\n0 0 1\n1 1 0\n");
  CHECK(data.label_kind == LabelKind::several);
  CHECK(data.classes() == 3);
  CHECK(std::isnan(data.targets(0, 0)));
  CHECK(data.targets(1, 2) == 1);
  CHECK(labelled("NA NA\nnone\nNA NA\ncat\n").label_kind == LabelKind::classes);
}

TEST_CASE("numbers that lose their units are noted") {
  const Dataset data = labelled("0.5\n16777217\n3\n4\n");
  if constexpr (sizeof(Real) == 4)
    CHECK(has_note(data.notes,
                   "labels.csv: numbers are kept to 24 binary digits; 1 change by half a unit or more: 16777217 "
                   "is 16777216"));
  CHECK_FALSE(has_note(labelled("0.1\n16777216\n3.3\n4\n").notes, "binary digits"));
  if constexpr (sizeof(Real) == 4) {
    const Dataset whole = labelled("20240101\n20240103\n20240101\n20240103\n");
    REQUIRE(other(whole, LabelKind::real) != nullptr);
    CHECK(has_note(other(whole, LabelKind::real)->notes, "20240101 is 20240100"));
  }
}

TEST_CASE("targets that are no finite numbers are refused by line") {
  for (const char* text : {"inf", "-inf", "1e400", "1e39"}) {
    if (std::string(text) == "1e39" && sizeof(Real) == 8) continue;
    refused_labels("0.5\n" + std::string(text) + "\n2\n3\n",
                   ("labels.csv: line 2: got '" + std::string(text) + "', want a finite number").c_str());
    refused_labels("5\n" + std::string(text) + "\n2\n3\n", "labels.csv: line 2: got");
  }
  refused_labels("a,b\n0.5,1\n1,inf\n2,2\n3,3\n", "labels.csv: line 3: got 'inf', want a finite number");
}

TEST_CASE("marks between thousands are refused") {
  for (const char* text : {"1.000,00", "-12.345.678,9", "1,000.00", "1,000,000"})
    refused_labels(
        "id;y\n0;1\n1;" + std::string(text) + "\n2;2\n3;3\n",
        ("labels.csv: line 3: got '" + std::string(text) + "', a number with marks between thousands").c_str());
  CHECK(labelled("id;y\n0;1,000\n1;0,500\n2;2\n3;3\n").targets(1, 0) == Real(0.5));
  for (const char* text : {"id,y\n0,\"1,050\"\n1,950\n2,\"2,000\"\n3,3\n", "y\n\"1,050\"\n\"950\"\n\"2,000\"\n3\n"})
    refused_labels(text, "labels.csv: line 2: got '1,050', whose comma may part thousands, want 1234 for 1,234; where");
  CHECK(labelled("id,y\n0,\"1,050\"\n1,\"0,500\"\n2,2\n3,3\n").targets(0, 0) == Real(1.05));
  CHECK(labelled("id;y\n0;123,456,789\n1;5\n2;2\n3;3\n").label_kind == LabelKind::several);
}

TEST_CASE("rows of zeros are no class, but nodes without any of several labels") {
  const Dataset data = labelled("a,b,c\n1,0,0\n0,0,0\n0,1,0\n-1,-1,-1\n");
  CHECK(data.label_kind == LabelKind::classes);
  CHECK(data.labels == std::vector<std::int32_t>{0, -1, 1, -1});
  CHECK(has_note(data.notes,
                 "labels.csv: 1 rows of zeros are nodes without a label; with --task multi-label, nodes with no"));
  const LabelReading* bits = other(data, LabelKind::several);
  REQUIRE(bits != nullptr);
  CHECK(bits->class_names == std::vector<std::string>{"a", "b", "c"});
  CHECK(bits->targets(1, 0) == 0);
  CHECK(std::isnan(bits->targets(3, 0)));
}

TEST_CASE("a row of indicators is known or not as a whole") {
  for (const char* unknown : {"NA,NA", "-1,-1", "?,"}) {
    const Dataset data = labelled("a,b\n1,1\n" + std::string(unknown) + "\n0,1\n0,0\n");
    CAPTURE(unknown);
    CHECK(data.label_kind == LabelKind::several);
    CHECK(data.labels == std::vector<std::int32_t>{0, -1, 0, 0});
    CHECK(std::isnan(data.targets(1, 1)));
  }
  refused_labels("a,b\n1,1\n1,NA\n0,1\n0,0\n", "labels.csv: line 3: got 'NA' beside labels of 0 and 1, want 0 or 1 in");
  refused_labels("a,b\n1,1\n-1,0\n0,1\n0,0\n", "labels.csv: line 3: got '-1' beside labels of 0 and 1");
}

TEST_CASE("what a spreadsheet writes for no value is no class") {
  for (const char* missing : {"#N/A", "N/A", "#NA", "NULL", "null", "-", "-nan", "#n/a"}) {
    CAPTURE(missing);
    CHECK(labelled("a\n" + std::string(missing) + "\nb\na\n").class_names == std::vector<std::string>{"a", "b"});
  }
}

TEST_CASE("arrays of labels follow the task, too") {
  const Dataset whole = of_array<std::int64_t>("<i8", {4}, {-1, 0, 1, 0});
  CHECK(whole.labels == std::vector<std::int32_t>{-1, 0, 1, 0});
  REQUIRE(other(whole, LabelKind::real) != nullptr);
  CHECK(other(whole, LabelKind::real)->targets(0, 0) == -1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Dataset gaps = of_array<double>("<f8", {4}, {-1, nan, 1, 0});
  REQUIRE(other(gaps, LabelKind::real) != nullptr);
  CHECK(std::isnan(other(gaps, LabelKind::real)->targets(1, 0)));
  CHECK(other(of_array<double>("<f8", {4}, {1, nan, 1, 0}), LabelKind::real) == nullptr);
  const Dataset bits = of_array<std::int64_t>("<i8", {3, 2}, {1, 1, -1, -1, 0, 0});
  CHECK(bits.label_kind == LabelKind::several);
  CHECK(bits.labels == std::vector<std::int32_t>{0, -1, 0});
  CHECK(has_note(bits.notes, "rows of -1 among the labels are no labels; 1 node has one"));
  CHECK(of_array<std::int64_t>("<i8", {3, 2}, {1, -1, -1, -1, 0, 0}).label_kind == LabelKind::real);
  if constexpr (sizeof(Real) == 4)
    CHECK(has_note(of_array<double>("<f8", {2}, {0.5, 33554433}).notes, "y: numbers are kept to 24 binary digits"));
}

TEST_CASE("a comment says the task in any spelling, and gives what --task gives") {
  for (const char* comment :
       {"# task: multi-label", "#task:multi-label", "#  Task : Multi-Label", "# TASK: multi_label"}) {
    CAPTURE(comment);
    const Dataset lists = labelled(std::string(comment) + "\n3;5\n3\n7\n5\n");
    CHECK(lists.label_kind == LabelKind::several);
    CHECK(lists.class_names == std::vector<std::string>{"3", "5", "7"});
    CHECK(lists.targets(0, 1) == 1);
    const Dataset classes = labelled(std::string(comment) + "\ncat\ndog\ncat\n-\n");
    CHECK(classes.label_kind == LabelKind::several);
    CHECK(classes.class_names == std::vector<std::string>{"cat", "dog"});
    CHECK(classes.targets(1, 1) == 1);
    CHECK(std::isnan(classes.targets(3, 0)));
    CHECK(labelled(std::string(comment) + "\ncat;dog\ndog\ncat\ndog\n").targets(0, 1) == 1);
  }
  for (const char* comment : {"# task: regression", "#task:regression", "# Task:  Regression", "# task : regression"}) {
    CAPTURE(comment);
    CHECK(labelled(std::string(comment) + "\n3\n5\n3\n5\n").label_kind == LabelKind::real);
  }
  CHECK(labelled("# task: classification\n3\n5\n3\n5\n").label_kind == LabelKind::classes);
  refused_labels("# note\n# task: regresion\n3\n5\n3\n5\n",
                 "line 2: got the task 'regresion', want # task: classification, # task: multi-label or");
  refused_labels("# task: multi-label\n0.5\n5\n3\n5\n", "got real numbers as labels");
  refused_labels("# task: multi-label\nnode,a,b\n0,0.5,1\n1,2,3\n2,1,1\n3,0,0\n", "which are real numbers");
  refused_labels("# task: classification\n0.5\n5\n3\n5\n", "want # task: regression");
}
