#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/write.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

constexpr LookupOptions small_tables{.size = 5, .train = 3, .validation = 2, .test = 1, .seed = 7};

Index only(const Tensor& x, Index i, Index first, Index last) {
  Index found = -1;
  for (Index c = first; c < last; ++c)
    if (x(i, c) == 1) {
      CHECK(found == -1);
      found = c - first;
    }
  return found;
}

}  // namespace

TEST_CASE("a query's class is the value of the key with its attribute, in every table") {
  const Dataset data = lookup_tables(small_tables);
  REQUIRE(data.nodes() == 60);
  REQUIRE(data.feature_count() == 11);
  CHECK(data.directed);
  CHECK(data.graph.edges() == 6 * 25);
  const Tensor x = std::get<SparseMatrix>(data.features).to_dense();
  std::set<std::vector<Index>> pairings;
  for (Node first = 0; first < 60; first += 10) {
    std::vector<Index> value(5, -1);
    for (Node key = first; key < first + 5; ++key) {
      CHECK(data.labels[static_cast<std::size_t>(key)] == -1);
      CHECK(data.graph.neighbours(key).empty());
      value.at(static_cast<std::size_t>(only(x, key, 0, 5))) = only(x, key, 5, 10);
    }
    CHECK(std::set<Index>(value.begin(), value.end()) == std::set<Index>{0, 1, 2, 3, 4});
    pairings.insert(value);
    for (Node query = first + 5; query < first + 10; ++query) {
      CHECK(x(query, 10) == 1);
      CHECK(only(x, query, 5, 10) == -1);
      CHECK(data.labels[static_cast<std::size_t>(query)] == value.at(static_cast<std::size_t>(only(x, query, 0, 5))));
      REQUIRE(data.graph.neighbours(query).size() == 5);
      CHECK(data.graph.neighbours(query).front() == first);
      CHECK(data.graph.neighbours(query).back() == first + 4);
    }
  }
  CHECK(pairings.size() > 3);
}

TEST_CASE("tables are whole in one part of the split") {
  const Split split = lookup_tables(small_tables).splits.at(0);
  CHECK(split.train.size() == 15);
  CHECK(split.validation.size() == 10);
  CHECK(split.test.size() == 5);
  CHECK(split.train.front() == 5);
  CHECK(split.train.back() == 29);
  CHECK(split.test.front() == 55);
}

TEST_CASE("the same seed makes the same tables, another seed others") {
  LookupOptions other = small_tables;
  CHECK(lookup_tables(small_tables).labels == lookup_tables(other).labels);
  other.seed = 8;
  CHECK(lookup_tables(small_tables).labels != lookup_tables(other).labels);
}

TEST_CASE("tables read back from text, directed as they were") {
  const test::TempFolder folder;
  const Dataset data = lookup_tables(small_tables);
  write_dataset(data, folder.path() / "set");
  const Dataset back = read_dataset(folder.path() / "set");
  CHECK(back.directed);
  CHECK(back.graph == data.graph);
  CHECK(back.labels == data.labels);
  CHECK(back.class_names == data.class_names);
  CHECK(max_abs_difference(std::get<SparseMatrix>(back.features).to_dense(),
                           std::get<SparseMatrix>(data.features).to_dense()) == 0);
  CHECK(induced(back, std::vector<Node>{0, 5}).directed);
  CHECK_FALSE(symmetrised(back).directed);
}

TEST_CASE("sizes that can't be are refused") {
  CHECK_THROWS_AS(lookup_tables({.size = 1}), ValueError);
  CHECK_THROWS_AS(lookup_tables({.size = 1 << 20}), ValueError);
  CHECK_THROWS_AS(lookup_tables({.train = 0}), ValueError);
  CHECK_THROWS_AS(lookup_tables({.test = -1}), ValueError);
  CHECK_THROWS_AS(lookup_tables({.train = std::numeric_limits<Index>::max()}), ValueError);
}
