#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic_sequences.hpp"
#include "mercer/data/vocabulary.hpp"
#include "support/refused.hpp"

using namespace mercer;

namespace {

constexpr ListOpsOptions short_ones{
    .train = 300, .validation = 50, .test = 50, .shortest = 4, .longest = 40, .seed = 3};

std::vector<std::string> expression(const Dataset& data, std::size_t a) {
  const SparseMatrix& x = std::get<SparseMatrix>(data.features);
  std::vector<std::string> words;
  for (Index at = data.item_offset[a]; at < data.item_offset[a + 1]; ++at)
    words.push_back(data.feature_names.at(static_cast<std::size_t>(x.column()[static_cast<std::size_t>(at)])));
  return words;
}

/// By definition: reads one value from `at` on.
int evaluated(const std::vector<std::string>& words, std::size_t& at, int depth, int& deepest) {
  deepest = std::max(deepest, depth);
  const std::string word = words.at(at++);
  if (word.front() != '[') return std::stoi(word);
  std::vector<int> values;
  while (words.at(at) != "]")
    values.push_back(evaluated(words, at, depth + 1, deepest));
  ++at;
  CHECK(values.size() >= 2);
  CHECK(values.size() <= 10);
  if (word == "[min") return *std::ranges::min_element(values);
  if (word == "[max") return *std::ranges::max_element(values);
  int all = 0;
  for (const int value : values)
    all += value;
  if (word == "[sm") return all % 10;
  REQUIRE(word == "[med");
  std::multiset<int> left(values.begin(), values.end());
  while (left.size() > 2)
    left.erase(left.begin()), left.erase(std::prev(left.end()));
  return (*left.begin() + *std::prev(left.end())) / 2;
}

}  // namespace

TEST_CASE("the class of every ListOps expression is its value, its length and depth are in range, and all differ") {
  const Dataset data = list_operations(short_ones);
  REQUIRE(data.examples() == 400);
  CHECK(has_tokens(data));
  std::set<std::vector<std::string>> all;
  std::map<std::string, int> times;
  int deepest = 0;
  for (std::size_t a = 0; a < 400; ++a) {
    const std::vector<std::string> words = expression(data, a);
    CHECK(words.size() >= 4);
    CHECK(words.size() <= 40);
    std::size_t at = 0;
    CHECK(evaluated(words, at, 1, deepest) == data.labels[a]);
    CHECK(at == words.size());
    all.insert(words);
    ++times[words.front()];
  }
  CHECK(all.size() == 400);
  CHECK(deepest > 2);
  for (const char* operation : {"[min", "[max", "[med", "[sm"})
    CHECK(times[operation] > 60);  // each is a quarter of the 400, give or take four deviations
  CHECK(data.splits.at(0).train.size() == 300);
  CHECK(data.splits.at(0).validation.front() == 300);
  CHECK(data.splits.at(0).test.back() == 399);
}

TEST_CASE("ListOps goes no deeper than asked, and the same seed gives the same expressions") {
  ListOpsOptions options = short_ones;
  options.depth = 2;
  options.longest = 12;
  const Dataset flat = list_operations(options);
  for (std::size_t a = 0; a < 400; ++a)
    CHECK(std::ranges::count(expression(flat, a), std::string("]")) == 1);
  CHECK(list_operations(options).labels == flat.labels);
  options.seed = 4;
  CHECK(list_operations(options).labels != flat.labels);
}

TEST_CASE("published lengths of ListOps can be drawn") {
  const Dataset data = list_operations({.train = 20, .validation = 0, .test = 0});
  for (std::size_t a = 0; a < 20; ++a) {
    CHECK(data.item_offset[a + 1] - data.item_offset[a] >= 500);
    CHECK(data.item_offset[a + 1] - data.item_offset[a] <= 2000);
  }
}

TEST_CASE("ListOps refuses what can't be") {
  test::check_refused<ValueError>([] { list_operations({.arguments = 1}); },
                                  {"list_operations", "arguments: got 1, want 2 to"});
  test::check_refused<ValueError>([] { list_operations({.shortest = 9, .longest = 8}); },
                                  {"longest: got 8, want 9 to"});
  test::check_refused<ValueError>([] { list_operations({.train = 5'000'000}); }, {"more than 2^31 tokens"});
  test::check_refused<ValueError>([] { list_operations({.train = 20, .shortest = 1, .longest = 1}); },
                                  {"found 10 different expressions of 1 to 1 tokens, want 1020"});
}
