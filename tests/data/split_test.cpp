#include "mercer/data/split.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "mercer/base/check.hpp"

using namespace mercer;

namespace {

/// Class c has sizes[c] nodes, dealt in turn; every seventh node has no label.
Dataset labelled(std::vector<Index> sizes) {
  Dataset data;
  for (std::size_t c = 0; c < sizes.size(); ++c)
    data.class_names.push_back("class" + std::to_string(c));
  while (std::ranges::any_of(sizes, [](Index left) { return left > 0; }))
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      if (data.labels.size() % 7 == 0) data.labels.push_back(-1);
      if (sizes[c]-- > 0) data.labels.push_back(static_cast<std::int32_t>(c));
    }
  return data;
}

std::vector<Index> of_class(const Dataset& data, const std::vector<Node>& part) {
  std::vector<Index> count(data.class_names.size(), 0);
  for (const Node i : part) {
    const auto label = data.labels.at(static_cast<std::size_t>(i));
    REQUIRE(label >= 0);  // a node without a label is never in a split
    ++count[static_cast<std::size_t>(label)];
  }
  return count;
}

void check_disjoint(const Split& split) {
  std::set<Node> nodes;
  for (const auto* part : {&split.train, &split.validation, &split.test}) {
    CHECK(std::ranges::is_sorted(*part));
    for (const Node i : *part)
      CHECK(nodes.insert(i).second);
  }
}

std::string message_of(const Dataset& data, const SplitCounts& counts) {
  try {
    split_by_count(data, counts, 1);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("counts of each class, the rest for the test") {
  const Dataset data = labelled({60, 51, 100});
  const Split split = split_by_count(data, {.train = 20, .validation = 30}, 5);
  check_disjoint(split);
  CHECK(of_class(data, split.train) == std::vector<Index>{20, 20, 20});
  CHECK(of_class(data, split.validation) == std::vector<Index>{30, 30, 30});
  CHECK(of_class(data, split.test) == std::vector<Index>{10, 1, 50});
}

TEST_CASE("as Planetoid: validation and test from all classes together") {
  const Dataset data = labelled({300, 200, 400});
  const Split split = split_by_count(data, {20, 100, false, 250}, 5);
  check_disjoint(split);
  CHECK(of_class(data, split.train) == std::vector<Index>{20, 20, 20});
  CHECK(split.validation.size() == 100);
  CHECK(split.test.size() == 250);
}

TEST_CASE("a split depends on the seed only") {
  const Dataset data = labelled({60, 60});
  CHECK(split_by_count(data, {}, 1).train == split_by_count(data, {}, 1).train);
  CHECK(split_by_count(data, {}, 1).train != split_by_count(data, {}, 2).train);
  CHECK(split_by_share(data, {}, 1).test == split_by_share(data, {}, 1).test);
  CHECK(split_by_share(data, {}, 1).test != split_by_share(data, {}, 2).test);
}

TEST_CASE("shares divide each class by itself") {
  const Dataset data = labelled({10, 5, 100});
  const Split split = split_by_share(data, {0.6, 0.2}, 3);
  check_disjoint(split);
  CHECK(of_class(data, split.train) == std::vector<Index>{6, 3, 60});
  CHECK(of_class(data, split.validation) == std::vector<Index>{2, 1, 20});
  CHECK(of_class(data, split.test) == std::vector<Index>{2, 1, 20});
  CHECK(split_by_share(data, {1, 0}, 3).train.size() == 115);
  CHECK(split_by_share(data, {0, 0}, 3).train.empty());
}

TEST_CASE("impossible splits are refused by name") {
  const Dataset data = labelled({60, 10});
  CHECK(message_of(data, {.train = 11, .validation = 0}) == "[split] class class1 has 10 nodes, want 11");
  CHECK(message_of(data, {.train = 5, .validation = 6}).find("class1 has 10 nodes, want 11") != std::string::npos);
  CHECK(message_of(data, {5, 50, false, 11}).find("has 60 nodes, want 61") != std::string::npos);
  constexpr Index most = std::numeric_limits<Index>::max();  // sums would overflow
  for (const SplitCounts& counts : {SplitCounts{1, most}, {most, 1}, {most / 2 + 4, most / 2 + 3}})
    CHECK(message_of(data, counts).find("class0 has 60 nodes, want") != std::string::npos);
  CHECK(message_of(data, {1, most, false, 1}).find("has 68 nodes, want") != std::string::npos);
  CHECK(message_of(data, {-1, 5}).find("negative") != std::string::npos);
  CHECK_THROWS_AS(split_by_share(data, {0.9, 0.2}, 0), ValueError);
  CHECK_THROWS_AS(split_by_share(data, {-0.1, 0.2}, 0), ValueError);
}

TEST_CASE("one class, or none, is split too") {
  CHECK(split_by_count(labelled({9}), {3, 3}, 0).test.size() == 3);
  CHECK(split_by_count(Dataset{}, {}, 0).test.empty());
  CHECK(split_by_share(Dataset{}, {}, 0).train.empty());
}

TEST_CASE("folds test every labelled node once, and are stratified") {
  const Dataset data = labelled({20, 11, 3});
  std::vector<Index> tested(data.labels.size(), 0);
  for (Index fold = 0; fold < 5; ++fold) {
    const Split split = split_by_fold(data, 5, fold, 7);
    check_disjoint(split);
    CHECK(split.train.size() + split.validation.size() + split.test.size() == 34);
    CHECK(split.test.size() >= 6);
    CHECK(split.test.size() <= 7);
    CHECK(of_class(data, split.test)[0] == 4);
    CHECK(of_class(data, split.test)[1] >= 2);
    CHECK(split.validation == split_by_fold(data, 5, (fold + 1) % 5, 7).test);
    for (const Node i : split.test)
      ++tested[static_cast<std::size_t>(i)];
  }
  for (std::size_t i = 0; i < tested.size(); ++i)
    CHECK(tested[i] == (data.labels[i] >= 0 ? 1 : 0));
  CHECK(split_by_fold(data, 5, 0, 7).test != split_by_fold(data, 5, 0, 8).test);
  CHECK_THROWS_AS(split_by_fold(data, 2, 0, 0), ValueError);
  CHECK_THROWS_AS(split_by_fold(data, 5, 5, 0), ValueError);
  CHECK_THROWS_AS(split_by_fold(data, 35, 0, 0), ValueError);
}

TEST_CASE("a share of the training part becomes validation, of each class, and one example stays") {
  const Dataset data = labelled({20, 11, 1});
  Split given;
  for (Node i = 0; i < static_cast<Node>(data.labels.size()); ++i)
    if (data.labels[static_cast<std::size_t>(i)] >= 0) (i % 4 == 0 ? given.test : given.train).push_back(i);
  const Split split = with_validation(data, given, 0.2, 7);
  check_disjoint(split);
  CHECK(split.test == given.test);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto before = of_class(data, given.train)[c], taken = of_class(data, split.validation)[c];
    CHECK(taken == std::llround(0.2 * static_cast<double>(before)));
    CHECK(of_class(data, split.train)[c] == before - taken);
  }
  CHECK(split.validation == with_validation(data, given, 0.2, 7).validation);
  CHECK(split.validation != with_validation(data, given, 0.2, 8).validation);
  const Split all = with_validation(data, given, 1, 7);
  for (std::size_t c = 0; c < 3; ++c)
    CHECK(of_class(data, all.train)[c] == std::min<Index>(of_class(data, given.train)[c], 1));
  CHECK_THROWS_WITH_AS(with_validation(data, given, 1.5, 7), doctest::Contains("share: got 1.5"), ValueError);
}

TEST_CASE("the least validation share takes an example of each class that has two") {
  for (const Index size : {2, 3, 4, 7, 60}) {
    Dataset data;
    data.class_names = {"a", "b", "c"};
    for (Index i = 0; i < size; ++i)
      data.labels.insert(data.labels.end(), {0, 1});
    data.labels.push_back(2);
    Split split;
    for (std::size_t i = 0; i < data.labels.size(); ++i)
      split.train.push_back(static_cast<Node>(i));
    const double least = least_validation_share(data, split).value();
    CHECK(with_validation(data, split, least, 1).validation.size() == 2);
    if (least > 0.01) CHECK(with_validation(data, split, least - 0.01, 1).validation.empty());
  }
  Dataset alone;
  alone.labels = {0, 1};
  alone.class_names = {"a", "b"};
  CHECK_FALSE(least_validation_share(alone, {.train = {0, 1}, .validation = {}, .test = {}}));
}

TEST_CASE("examples without a label are taken out of the parts, with a note that counts them") {
  Dataset data;
  data.labels = {0, -1, 1, -1, 0, -1};
  data.class_names = {"a", "b"};
  data.splits = {{.train = {0, 1, 2}, .validation = {}, .test = {3, 4, 5}}};
  leave_out_unlabelled(data);
  CHECK(data.splits[0].train == std::vector<Node>{0, 2});
  CHECK(data.splits[0].test == std::vector<Node>{4});
  CHECK(data.left_out_of_splits == 3);
  const std::vector<std::string> notes{
      "3 nodes without a label are left out of the split: 1 of the training, 2 of the test"};
  CHECK(data.notes == notes);
  leave_out_unlabelled(data);
  CHECK(data.notes == notes);
}
