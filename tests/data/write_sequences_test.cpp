#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;

namespace {

Dataset small_bags() { return planted_bags({.train = 6, .validation = 2, .test = 3, .size = 3}); }

}  // namespace

TEST_CASE("a set of sequences reads back from .ts to the bit, its validation with its training") {
  const test::TempFolder folder;
  const Dataset data = small_bags();
  write_dataset(data, folder.path() / "bags");
  const Dataset back = read_dataset(folder.path() / "bags");
  CHECK(back.format == "ts");
  CHECK(back.item_offset == data.item_offset);
  CHECK(back.labels == data.labels);
  CHECK(back.class_names == data.class_names);
  CHECK(std::ranges::equal(std::get<Tensor>(back.features).values(), std::get<Tensor>(data.features).values()));
  CHECK(back.splits.at(0).train.size() == 8);
  CHECK(back.splits.at(0).test.size() == 3);
}

TEST_CASE("sequences of the classes + and - read back; - alone is refused") {
  const test::TempFolder folder;
  Dataset data = small_bags();
  REQUIRE(data.classes() == 2);
  data.class_names = {"+", "-"};
  write_dataset(data, folder.path() / "bags");
  const Dataset back = read_dataset(folder.path() / "bags");
  CHECK(back.class_names == data.class_names);
  CHECK(back.labels == data.labels);
  data.class_names = {"a", "-"};
  CHECK_THROWS_AS(write_dataset(data, folder.path() / "other"), ValueError);
}

TEST_CASE("without a split there is one file, also of unlabelled sequences") {
  const test::TempFolder folder;
  Dataset data = small_bags();
  data.splits.clear();
  data.labels[1] = -1;
  write_dataset(data, folder.path() / "bags");
  CHECK(std::filesystem::exists(folder.path() / "bags/bags.ts"));
  const Dataset back = read_dataset(folder.path() / "bags");
  CHECK(back.labels == data.labels);
  CHECK(back.splits.empty());
}

TEST_CASE("targets of sequences read back, and several labels of one are refused") {
  const test::TempFolder folder;
  Dataset data = small_bags();
  data.label_kind = LabelKind::real;
  data.class_names = {"value"};
  data.targets = Tensor(11, 1);
  for (Index a = 0; a < 11; ++a)
    data.targets(a, 0) = Real(1.25) * static_cast<Real>(a) - 3;
  data.labels.assign(11, 0);
  data.labels[2] = -1;
  write_dataset(data, folder.path() / "bags");
  const Dataset back = read_dataset(folder.path() / "bags");
  CHECK(back.label_kind == LabelKind::real);
  CHECK(back.labels == data.labels);
  for (const Index a : {0, 1, 3, 10})
    CHECK(back.targets(a, 0) == data.targets(a, 0));
  data.class_names = {"a", "b"};
  data.targets = Tensor(11, 2);
  test::check_refused<ValueError>([&] { write_dataset(data, folder.path() / "out"); },
                                  {"got several labels of each sequence"});
}

TEST_CASE("texts read back with the words that the training file has twice") {
  const test::TempFolder folder;
  const Dataset data =
      list_operations({.train = 100, .validation = 0, .test = 20, .shortest = 3, .longest = 30, .seed = 1});
  write_dataset(data, folder.path() / "expressions");
  const Dataset back = read_dataset(folder.path() / "expressions");
  CHECK(back.format == "text");
  CHECK(back.item_offset == data.item_offset);
  CHECK(back.labels == data.labels);
  CHECK(back.feature_names.size() == 16);
  const SparseMatrix &x = std::get<SparseMatrix>(data.features), &y = std::get<SparseMatrix>(back.features);
  for (std::size_t row = 0; row < x.column().size(); ++row)
    REQUIRE(back.feature_names[static_cast<std::size_t>(y.column()[row])] ==
            data.feature_names[static_cast<std::size_t>(x.column()[row])]);
}

TEST_CASE("sequences that a file can't hold are refused, and nothing is left") {
  const test::TempFolder folder;
  Dataset data = small_bags();
  data.class_names[0] = "a nine";
  test::check_refused<ValueError>([&] { write_dataset(data, folder.path() / "out"); },
                                  {"the class name 'a nine'", "without blanks"});
  data = small_bags();
  data.item_offset[1] = 0;
  test::check_refused<ValueError>([&] { write_dataset(data, folder.path() / "out"); }, {"sequence 0 has no values"});
  CHECK(std::filesystem::is_empty(folder.path()));
}
