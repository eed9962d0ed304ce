#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "support/refused.hpp"

using namespace mercer;

namespace {

double difference(const Tensor& x, Index a, const Tensor& y, Index b) {
  double sum = 0;
  for (Index c = 0; c < x.columns(); ++c)
    sum += (x(a, c) - y(b, c)) * (x(a, c) - y(b, c));
  return sum;
}

/// Does any picture of the bag lie nearest to a 9 among pictures whose bags are known?
bool looks_like_nine(const Dataset& data, std::size_t bag, const Dataset& nines, const Dataset& others) {
  const Tensor &x = std::get<Tensor>(data.features), &yes = std::get<Tensor>(nines.features),
               &no = std::get<Tensor>(others.features);
  for (Index i = data.item_offset[bag]; i < data.item_offset[bag + 1]; ++i) {
    double nine = INFINITY, other = INFINITY;
    for (Index b = 0; b < yes.rows(); ++b)
      nine = std::min(nine, difference(x, i, yes, b));
    for (Index b = 0; b < no.rows(); ++b)
      other = std::min(other, difference(x, i, no, b));
    if (nine < other) return true;
  }
  return false;
}

/// The rows of the bags of one class.
Dataset of_class(const Dataset& data, std::int32_t label) {
  const Tensor& x = std::get<Tensor>(data.features);
  std::vector<Real> values;
  for (std::size_t bag = 0; bag < data.labels.size(); ++bag)
    for (Index i = data.item_offset[bag]; data.labels[bag] == label && i < data.item_offset[bag + 1]; ++i)
      for (Index c = 0; c < x.columns(); ++c)
        values.push_back(x(i, c));
  Dataset rows;
  rows.features = Tensor::from(std::ssize(values) / x.columns(), x.columns(), values);
  return rows;
}

}  // namespace

TEST_CASE("bags are of the sizes asked for, both classes are likely, pixels are brightness") {
  const Dataset data = planted_bags({.train = 150, .validation = 20, .test = 30, .size = 6, .noise = 0});
  REQUIRE(data.examples() == 200);
  REQUIRE(data.feature_count() == 144);
  for (std::size_t bag = 0; bag < 200; ++bag) {
    const Index size = data.item_offset[bag + 1] - data.item_offset[bag];
    CHECK(size >= 3);
    CHECK(size <= 9);
  }
  const auto nines = std::ranges::count(data.labels, 0);
  CHECK(nines > 70);
  CHECK(nines < 130);
  const Tensor& x = std::get<Tensor>(data.features);
  CHECK(std::ranges::min(x.values()) == 0);
  CHECK(std::ranges::max(x.values()) <= 1);
  CHECK(std::ranges::max(x.values()) > Real(0.9));
  CHECK(data.splits.at(0).test.size() == 30);
}

TEST_CASE("a bag with a 9 has a picture like those that only such bags have, one without has not") {
  const Dataset known = planted_bags({.train = 1500, .validation = 0, .test = 0, .size = 2, .noise = 0, .seed = 1});
  const Dataset data = planted_bags({.train = 200, .validation = 0, .test = 0, .size = 2, .noise = 0, .seed = 2});
  const Dataset none = of_class(known, 1);
  const Dataset with_nines = of_class(known, 0);
  int right = 0;
  for (std::size_t bag = 0; bag < 200; ++bag)
    right += looks_like_nine(data, bag, with_nines, none) == (data.labels[bag] == 0) ? 1 : 0;
  CHECK(right > 130);  // a guess gives 100 ± 7
}

TEST_CASE("the same seed makes the same bags") {
  const BagOptions options{.train = 5, .validation = 0, .test = 0, .seed = 9};
  const Dataset once = planted_bags(options), again = planted_bags(options);
  CHECK(std::ranges::equal(std::get<Tensor>(once.features).values(), std::get<Tensor>(again.features).values()));
  test::check_refused<ValueError>([] { planted_bags({.train = 0}); }, {"planted_bags", "train: got 0, want 1 to"});
  test::check_refused<ValueError>([] { planted_bags({.size = 1}); }, {"size: got 1, want 2 to"});
}
