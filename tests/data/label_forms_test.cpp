// Labels in two forms, and ids of classes.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "data/texts.hpp"

using namespace mercer;
using test::has_note;
using test::read_texts;
using test::refused_texts;

namespace {

test::Texts with_labels(const std::vector<std::string>& labels) {
  std::string text = "id,label\n", features, edges;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += std::to_string(i) + "," + labels[i] + "\n";
    features += std::to_string(i * i + 1) + ".5,2\n";
    if (i > 0) edges += std::to_string(i - 1) + "," + std::to_string(i) + "\n";
  }
  return {{"edges.csv", edges}, {"features.csv", features}, {"labels.csv", text}};
}

}  // namespace

TEST_CASE("True beside 1 is the same class, and refused beside a third") {
  const Dataset data = read_texts(with_labels({"True", "1", "False", "0", "NA"}));
  CHECK(data.class_names == std::vector<std::string>{"0", "1"});
  CHECK(data.labels == std::vector<std::int32_t>{1, 1, 0, 0, -1});
  CHECK(has_note(data, "labels.csv: True and False stand beside 1 and 0 and are the same classes"));
  refused_texts(with_labels({"1", "True", "cat", "0"}),
                "labels.csv: line 3: got 'True' beside '1' (line 2) and 'cat' (line 4), want 1 for True");
  CHECK(read_texts(with_labels({"True", "False", "True"})).class_names == std::vector<std::string>{"False", "True"});
}

TEST_CASE("ids of any size that nodes share are classes") {
  for (const char* id : {"1000000000000000", "10000000000000000", "900000000000000000", "99999999999999999999"}) {
    CAPTURE(std::string(id));
    const std::string a = std::string(id) + "1", b = std::string(id) + "2";
    const Dataset data = read_texts(with_labels({a, b, a, b, a}));
    CHECK(data.label_kind == LabelKind::classes);
    CHECK(data.class_names == std::vector<std::string>{a, b});
  }
}
