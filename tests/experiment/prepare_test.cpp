#include "mercer/experiment/prepare.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

using namespace mercer;

namespace {

/// Nodes 0 … 3 on a path, 4 and 5 apart; two classes.
Dataset two_components() {
  Dataset data;
  data.name = "two";
  data.graph = from_edges(6, std::vector<NodePair>{{0, 1}, {1, 2}, {2, 3}, {4, 5}});
  data.features = Tensor::from({{2, 2}, {1, 0}, {0, 1}, {3, 1}, {1, 1}, {1, 3}});
  data.labels = {0, 1, 0, 1, 0, 1};
  data.class_names = {"a", "b"};
  return data;
}

}  // namespace

TEST_CASE("data are symmetrised and get loops by default") {
  const Prepared usual = prepare(two_components(), {});
  CHECK(usual.data.graph.edges() == 8 + 6);
  CHECK(usual.symmetrise);
  CHECK_FALSE(usual.normalise_features);  // they are dense
  CHECK(usual.source == fingerprint(two_components()));
  const Prepared plain = prepare(two_components(), {.symmetrise = false, .loops = false});
  CHECK(plain.data.graph.edges() == 4);
  Dataset directed = two_components();
  directed.directed = true;
  CHECK_FALSE(prepare(std::move(directed), {}).symmetrise);
}

TEST_CASE("the largest component is taken for some data sets, or on request") {
  Dataset data = two_components();
  CHECK(prepare(data, {}).data.nodes() == 6);
  data.largest_component = true;
  const Prepared part = prepare(data, {});
  CHECK(part.data.nodes() == 4);
  CHECK(part.source_node(3) == 3);
  CHECK(prepare(data, {.largest_component = false}).data.nodes() == 6);
}

TEST_CASE("rows are normalised on request") {
  const Prepared prepared = prepare(two_components(), {.normalise_features = true});
  CHECK(std::get<Tensor>(prepared.data.features)(3, 0) == Real(0.75));
}

TEST_CASE("reordered nodes keep their source numbers and their random split") {
  const DataChoice choice{.data = "karate", .split_random = "per-class:4,4"};
  DataChoice in_parts = choice;
  in_parts.reorder = 3;
  const Prepared plain = prepare(choice), reordered = prepare(in_parts);
  REQUIRE(reordered.order.size() == 34);
  Index index = 0;
  const Split a = split_of(plain, 5, 0, index), b = split_of(reordered, 5, 0, index);
  REQUIRE(a.train.size() == b.train.size());
  for (std::size_t n = 0; n < a.train.size(); ++n)
    CHECK(a.train[n] == reordered.source_node(b.train[n]));
}

TEST_CASE("splits are given, taken in turn, or drawn") {
  Dataset data = two_components();
  data.splits = {{.train = {0, 1}, .validation = {2}, .test = {3}}, {.train = {4, 5}, .validation = {2}, .test = {3}}};
  Index index = -1;
  CHECK(split_of(prepare(data, {}), 0, 7, index).train == std::vector<Node>{0, 1});
  CHECK(split_of(prepare(data, {.split = "1"}), 0, 0, index).train == std::vector<Node>{4, 5});
  CHECK(index == 1);
  const Prepared all = prepare(data, {.split = "all"});
  CHECK(all.plan.in_words() == "all given splits in turn");
  split_of(all, 0, 3, index);
  CHECK(index == 1);
  const Prepared drawn = prepare(data, {.split_random = "share:0.4,0.2"});
  CHECK(split_of(drawn, 3, 0, index).train == split_of(drawn, 3, 1, index).train);
  CHECK(prepare(two_components(), {}).plan.in_words() == "random split per-class:20,30");
}

TEST_CASE("invalid choices are refused") {
  const auto refused = [](const DataChoice& choice, const char* wanted) {
    CHECK_THROWS_WITH_AS(prepare(two_components(), choice), doctest::Contains(wanted), ValueError);
  };
  refused({.split = "0"}, "[split] got 0, the data have no splits of their own");
  refused({.split = "0", .split_random = "share:0.5,0.2"}, "want one of them");
  refused({.reorder = 0}, "[reorder] got 0 parts, want at least 1");
  CHECK_THROWS_WITH_AS(prepare(DataChoice()), doctest::Contains("[data] got nothing"), ValueError);
  CHECK_THROWS_WITH_AS(prepare(karate(), {.split = "7"}), "[split] got 7, want 0 … 0 or all", ValueError);
  Index index = 0;
  for (const char* way : {"per-class:1", "share:0.5", "thirds", "share:a,b", ""})
    CHECK_THROWS_WITH_AS(split_of(prepare(two_components(), {.split_random = way}), 0, 0, index),
                         doctest::Contains("[split-random] "), ValueError);
  CHECK_THROWS_AS(check_trainable(two_components(), Split()), ValueError);
  Dataset one_class = two_components();
  one_class.class_names = {"a"};
  CHECK_THROWS_WITH_AS(check_trainable(one_class, {.train = {0}, .validation = {}, .test = {}}),
                       "two: got 1 classes, want at least 2", ValueError);
}
