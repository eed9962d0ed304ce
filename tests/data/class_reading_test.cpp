// NumberRows of labels as classes: a single 1 in each, probabilities; names of classes that are nearly the same.
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "data/labels/alike_names.hpp"
#include "data/labels/label_array.hpp"
#include "data/labels/labels.hpp"
#include "data/texts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"

using namespace mercer;

namespace {

using NumberRows = std::vector<std::vector<double>>;

Dataset of_rows(const NumberRows& rows, const ArrayLabels& said = {}) {
  NpyArray array{.source = "y.npz", .dtype = "<f8", .shape = {std::ssize(rows), std::ssize(rows[0])}, .bytes = {}};
  for (const auto& row : rows) {
    const auto bytes = std::as_bytes(std::span(row));
    array.bytes.insert(array.bytes.end(), bytes.begin(), bytes.end());
  }
  Dataset data;
  data.graph = from_edges(std::ssize(rows), {});
  data.features = Tensor(std::ssize(rows), 0);
  set_labels(array, std::ssize(rows), data, said);
  return data;
}

Dataset of_words(const std::vector<std::string_view>& words) {
  Dataset data;
  set_labels({.file = "labels.txt", .texts = words}, data);
  return data;
}

const LabelReading* as_classes(const Dataset& data) {
  for (const LabelReading& reading : data.other_readings)
    if (reading.kind == LabelKind::classes) return &reading;
  return nullptr;
}

bool noted(const Dataset& data, const std::string& piece) { return test::has_note(data.label_notes, piece); }

}  // namespace

TEST_CASE("rows with a single 1 are classes for that task, else it is said which row is not") {
  const Dataset hot = of_rows({{0, 1, 0}, {1, 0, 0}, {-1, -1, -1}, {0, 0, 1}});
  CHECK(hot.label_kind == LabelKind::several);
  const LabelReading* classes = as_classes(hot);
  REQUIRE(classes != nullptr);
  CHECK(classes->problem.empty());
  CHECK(classes->labels == std::vector<std::int32_t>{1, 0, -1, 2});
  CHECK(classes->class_names == std::vector<std::string>{"0", "1", "2"});
  const Dataset part = induced(hot, std::vector<Node>{3, 0});
  CHECK(as_classes(part)->labels == std::vector<std::int32_t>{2, 1});
  CHECK(as_classes(of_rows({{0, 1}, {1, 1}}))
            ->problem.starts_with("y.npz: node 1: got 2 labels of 1 in a row, want one"));
  CHECK(as_classes(of_rows({{0, 1}, {0, 0}}))->problem.starts_with("y.npz: node 1: got 0 labels of 1"));
  CHECK(as_classes(of_rows({{0, 1}, {1, 0}}, {.task = LabelKind::real}))->labels == std::vector<std::int32_t>{1, 0});
  CHECK(as_classes(of_rows({{1}, {1}}, {.task = LabelKind::real})) == nullptr);
}

TEST_CASE("rows of probabilities are noted, and named where classes are asked for") {
  const Dataset soft = of_rows({{0.25, 0.75}, {1, 0}, {0.5, 0.5}});
  CHECK(soft.label_kind == LabelKind::real);
  CHECK(noted(soft, "rows of labels sum to 1, as probabilities of classes"));
  REQUIRE(as_classes(soft) != nullptr);
  CHECK(as_classes(soft)->problem.find("want the class of each node for --task classes") != std::string::npos);
  CHECK(as_classes(of_rows({{0.25, 0.5}, {1, 0}})) == nullptr);
  CHECK(as_classes(of_rows({{1.25, -0.25}, {1, 0}})) == nullptr);
}

TEST_CASE("classes that differ in case, blanks or the form of Unicode alone are noted") {
  const Dataset data = of_words({"true", "True", "TRUE", "no"});
  CHECK(data.classes() == 4);
  CHECK(noted(data, "labels.txt: the classes 'TRUE', 'True' and 'true' are different ones"));
  CHECK_FALSE(noted(of_words({"yes", "no"}), "different ones"));
  using Names = std::vector<std::string>;
  CHECK(alike_names({"\xC3\xA9t\xC3\xA9", "e\xCC\x81te\xCC\x81"}).size() == 1);
  CHECK(alike_names({"\xC3\x89T\xC3\x89", "e\xCC\x81te\xCC\x81"}).size() == 1);
  CHECK(alike_names({"\xC3\xA9t\xC3\xA9", "ete", "\xC3\xA9t\xC3\xA8"}) == Names{});
  CHECK(alike_names({"a", "a\xC2\xA0", " a"}) == Names{"'a', 'a<U+00A0>' and ' a'"});
  CHECK(alike_names({"cat", "cat\xE2\x80\x8B",
                     "\xEF\xBB\xBF"
                     "cat"}) == Names{"'cat', 'cat<U+200B>' and '<U+FEFF>cat'"});
  CHECK(alike_names({"1", "01", "+1", "10", "1.5", "v1"}) == Names{"'1', '01' and '+1'"});
  CHECK(alike_names({"\xC3\x9F", "\xC3\xBF", "\xC3\x97"}) == Names{});
}

TEST_CASE("labels written as Python's bytes are read without the marks") {
  const Dataset data = of_words({"b'cat'", "b'dog'", "", "b\"cat\""});
  CHECK(data.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(data.labels == std::vector<std::int32_t>{0, 1, -1, 0});
  CHECK(noted(data, "labels are bytes of Python's"));
  CHECK(of_words({"b'cat'", "dog"}).class_names == std::vector<std::string>{"b'cat'", "dog"});
}

TEST_CASE("texts of an archive follow the task that it says") {
  const std::vector<std::string_view> words{"1", "2", "1", "3"};
  Dataset data;
  set_labels({.file = "y.npz", .texts = words}, LabelKind::real, data);
  CHECK(data.label_kind == LabelKind::real);
  CHECK(data.targets(3, 0) == 3);
  const std::vector<std::string_view> cats{"cat"};
  CHECK_THROWS_WITH_AS(set_labels({.file = "y.npz", .texts = cats}, LabelKind::real, data),
                       doctest::Contains("y.npz: node 0: got 'cat', want a number"), FileError);
}

TEST_CASE("a dash is a class beside +, and -1 beside +1, with a note") {
  using Names = std::vector<std::string>;
  const Dataset signs = of_words({"+", "-", "+", ""});
  CHECK(signs.class_names == Names{"+", "-"});
  CHECK(signs.labels == std::vector<std::int32_t>{0, 1, 0, -1});
  CHECK(noted(signs, "labels.txt: '-' is a class beside '+': where it is no label, leave it empty or write nan"));
  CHECK(of_words({"+", "0", "-"}).class_names == Names{"0", "+", "-"});
  CHECK(of_words({"+", "\xE2\x88\x92"}).classes() == 2);  // the minus of typesetting
  CHECK(of_words({"+1", "-", "+1"}).class_names == Names{"+1", "-"});
  const Dataset three = of_words({"+1", "0", "-1", "0"});
  CHECK(three.class_names == Names{"-1", "0", "+1"});
  CHECK(noted(three, "'-1' is a class beside '+1'"));
  CHECK(of_words({"+", "-1"}).class_names == Names{"-1", "+"});
  const Dataset two = of_words({"1", "-1", "NA"});
  CHECK(two.class_names == Names{"-1", "1"});
  CHECK(noted(two, "-1 and 1 are the only labels"));
  CHECK(of_words({"1", "0", "-1"}).class_names == Names{"0", "1"});
  CHECK(of_words({"+1", "2", "-1"}).class_names == Names{"+1", "2"});
}

TEST_CASE("a dash for no label is counted in a note") {
  const Dataset data = of_words({"a", "-", "b", "-", "", "1"});
  CHECK(data.labels == std::vector<std::int32_t>{1, -1, 2, -1, -1, 0});
  CHECK(noted(data, "labels.txt: '-' is taken as no label (2 nodes)"));
  CHECK_FALSE(noted(data, "''"));
  CHECK(noted(of_words({"1", "-", "1"}), "'-' is taken as no label (1 node)"));
  CHECK(noted(of_words({"0.5", "-", "1.5"}), "'-' is taken as no label (1 node)"));
}

TEST_CASE("marks for what is missing are no class, and words that may be one are noted") {
  for (const char* mark : {".", "\\N", "n.a.", "N.A.", "--", "not available", "Not Available", "n/a", "null", "<NA>",
                           "(null)", "\xE2\x80\x93"}) {
    CAPTURE(mark);
    const Dataset data = of_words({"a", mark, "b", mark});
    CHECK(data.labels == std::vector<std::int32_t>{0, -1, 1, -1});
    CHECK(noted(data, "labels.txt: '" + std::string(mark) + "' is taken as no label (2 nodes)"));
  }
  for (const char* word : {"other", "Undefined", "not specified"}) {
    CAPTURE(word);
    const Dataset data = of_words({"a", word, "b"});
    CHECK(data.classes() == 3);
    CHECK(noted(data, "the class '" + std::string(word) + "' may stand for no label; 1 node has it: write nan where"));
  }
  CHECK_FALSE(noted(of_words({"a", "another"}), "may stand"));
}
