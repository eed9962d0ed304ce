#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

std::vector<int> numbers_in(const fs::path& file) {
  std::istringstream text(contents(file));
  return {std::istream_iterator<int>(text), {}};
}

}  // namespace

TEST_CASE("the printed facts match the file, recounted") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n");
  const std::vector<std::pair<int, int>> edges = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}, {8, 0}};
  std::string text;
  for (const auto& [i, j] : edges)
    text += std::to_string(i) + " " + std::to_string(j) + "\n";
  write(folder / "set/edges.txt", text);
  const Outcome outcome = run({"partition", folder.at("set"), "--parts", "3", "--out", folder.at("parts"), "--json"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::vector<int> part = numbers_in(folder / "parts");
  REQUIRE(part.size() == 10);
  std::set<std::pair<int, int>> ghosts;  // part and node
  int cut = 0;
  for (const auto& [i, j] : edges) {
    const int p = part[static_cast<std::size_t>(i)], q = part[static_cast<std::size_t>(j)];
    if (p == q) continue;
    cut += 2;
    ghosts.insert({p, j});
    ghosts.insert({q, i});
  }
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["parts"] == 3);
  CHECK(json["nodes"] == 10);
  CHECK(json["edge_slots"] == 16);  // 8 edges both ways
  CHECK(json["cut"] == cut);
  CHECK(json["ghosts"] == ghosts.size());
  REQUIRE(json["part"].size() == 3);
  for (int p = 0; p < 3; ++p)
    CHECK(json["part"][static_cast<std::size_t>(p)]["nodes"] == std::count(part.begin(), part.end(), p));
}

TEST_CASE("partition of the karate club, in words") {
  const TemporaryFolder folder;
  for (const char* method : {"kway", "recursive"}) {
    const std::vector<std::string> words = {"partition", "karate", "--parts", "2",     "--method",
                                            method,      "--seed", "3",       "--out", folder.at("parts")};
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(has(outcome.out, std::string("karate in 2 parts, ") + method));
    CHECK(has(outcome.out, "156"));
    CHECK(has(outcome.out, "part "));
    const std::string first = contents(folder / "parts");
    CHECK(lines_in(folder / "parts") == 34);
    REQUIRE(run(words).code == 0);
    CHECK(contents(folder / "parts") == first);
  }
  const Outcome many = run({"partition", "karate", "--parts", "17"});
  CHECK(many.code == 0);
  CHECK_FALSE(has(many.out, "part "));  // only up to 16 parts have a line each
  const Outcome one = run({"partition", "karate", "--parts", "1", "--json"});
  CHECK(nlohmann::json::parse(one.out)["cut"] == 0);
}

TEST_CASE("directed edges stay directed") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1\n1\n1\n");
  write(folder / "set/edges.txt", "# directed\n0 1\n0 2\n");
  const Outcome outcome = run({"partition", folder.at("set"), "--parts", "3", "--json"});
  REQUIRE(outcome.code == 0);
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["edge_slots"] == 2);
  CHECK(json["ghosts"] == 2);
}

TEST_CASE("a mistake of partition is one line, ends with code 2 and writes nothing") {
  const TemporaryFolder folder;
  struct Case {
    std::vector<std::string> words;
    const char* wanted;
  };
  const Case cases[] = {
      {{}, "got no data"},
      {{"karate"}, "--parts: got nothing"},
      {{"karate", "--parts", "0"}, "--parts: got '0', want a whole number, 1 to"},
      {{"karate", "--parts", "-2"}, "--parts: got '-2', want a whole number"},
      {{"karate", "--parts", "35"}, "got 35, want at most one for each of 34 nodes"},
      {{"karate", "--parts", "many"}, "many"},
      {{"karate", "--parts", "99999999999999999999"}, "--parts: got '99999999999999999999', want"},
      {{"karate", "--parts", "2", "--method", "spectral"}, "want kway or recursive"},
      {{"karate", "--parts", "2", "--imbalance", "0.5"}, "--imbalance: got '0.5', want a number, 1 to 1.5"},
      {{"karate", "--parts", "2", "--imbalance", "nan"}, "imbalance"},
      {{"karate", "--parts", "2", "--seed", "-1"}, "--seed"},
      {{"karate", "--parts", "2", "--seed", "2147483648"},
       "--seed: got '2147483648', want a whole number, 0 to 2147483647"},
      {{"karatte", "--parts", "2"}, "karatte"},
      {{"karate", "planted", "--parts", "2"}, "planted"},
      {{folder.at("none"), "--parts", "2"}, "none"},
  };
  for (const auto& [words, wanted] : cases) {
    std::vector<std::string> all = {"partition", "--out", folder.at("parts")};
    give(all, words);
    const Outcome outcome = run(all);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK_FALSE(fs::exists(folder / "parts"));
  }
  const Outcome nowhere = run({"partition", "karate", "--parts", "2", "--out", folder.at("no/parts")});
  CHECK(nowhere.code == 2);
  CHECK(has(nowhere.err, "does not exist"));
}

TEST_CASE("Pubmed in eight parts" * doctest::skip(!fs::exists(MERCER_SHARED_DIR "/datasets/planetoid"))) {
  ::setenv("MERCER_DATASETS", MERCER_SHARED_DIR "/datasets", 1);
  const Outcome outcome = run({"partition", "planetoid/pubmed", "--parts", "8", "--json"});
  ::unsetenv("MERCER_DATASETS");
  REQUIRE(outcome.code == 0);
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["nodes"] == 19717);
  CHECK(json["edge_slots"] == 88648);
  CHECK(json["node_imbalance"].get<double>() <= 1.04);
  CHECK(json["cut_share"].get<double>() < 0.15);  // random parts would give 7/8
  CHECK(json["ghosts"].get<int>() < 8000);
}
