#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "apps/program.hpp"
#include "bench/measure.hpp"
#include "bench/record.hpp"

using namespace mercer::test;
using mercer::program::Median;

namespace {

std::set<std::string> listed_operators() {
  std::set<std::string> names;
  std::istringstream lines(run({"bench", "--list"}).out);
  for (std::string line; std::getline(lines, line);)
    names.insert(line.substr(0, line.find(' ')));
  return names;
}

nlohmann::json line_named(const nlohmann::json& found, const std::string& name) {
  for (const auto& line : found["lines"])
    if (line["name"] == name) return line;
  FAIL(("no line " + name));
  return {};
}

/// Small operands: the test is of the command, not of the machine.
std::vector<std::string> small_bench(const std::vector<std::string>& more) {
  std::vector<std::string> words{"bench", "--heads", "2", "--width", "4", "--rounds", "3"};
  give(words, more);
  return words;
}

}  // namespace

TEST_CASE("every operator of the table and every kernel of the catalogue is measured") {
  const std::set<std::string> names = listed_operators();
#define MERCER_OPERATOR(result, name, operands) CHECK_MESSAGE(names.contains(#name), #name);
#include "backend/dense_ops.inc"
#undef MERCER_OPERATOR
  for (const char* name : {"attend/gaussian/forward", "attend/gaussian/backward", "attend/dot/bf16/forward"})
    CHECK_MESSAGE(names.contains(name), std::string(name));
}

TEST_CASE("bench: all operators on a small graph, each beside its ceiling, as table, JSON and roofline") {
  const TemporaryFolder folder;
  const Outcome outcome = run(small_bench({"--graph", "random:40,200", "--rounds", "1", "--threads", "1", "--json",
                                           folder.at("a.json"), "--svg", folder.at("roof.svg")}));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.out, "share of its ceiling"));
  const auto found = json_in(folder / "a.json");
  CHECK(found["notes"].empty());
  CHECK(found["lines"].size() == listed_operators().size() + 3);
  for (const auto& line : found["lines"]) {
    CAPTURE(line["name"].get<std::string>());
    CHECK(line["seconds"]["median"].get<double>() > 0);
    CHECK(line["bytes"].get<double>() > 0);
    if (!line["name"].get<std::string>().starts_with("ceiling")) CHECK(line["share_of_ceiling"].get<double>() > 0);
  }
  const double n = 40, d = 8, r = sizeof(mercer::Real);
  CHECK(line_named(found, "relu")["bytes"] == 2 * n * d * r);
  CHECK(line_named(found, "relu_backward")["bytes"] == 4 * n * d * r);
  CHECK(line_named(found, "adam_step")["bytes"] == 7 * n * d * r);
  CHECK(line_named(found, "gemm")["flops"] == 2 * n * d * d);
  const std::string picture = contents(folder / "roof.svg");
  CHECK(picture.starts_with("<svg xmlns"));
  for (const char* part : {"copy, ", "gather, ", "attend/gaussian/forward", "flops a byte"})
    CHECK(has(picture, part));
  CHECK_FALSE(has(picture, "nan"));
}

TEST_CASE("bench: stars, power laws and every order; attention's bytes follow the edges") {
  const TemporaryFolder folder;
  REQUIRE(
      run(small_bench({"--graph", "star:50", "--graph", "power-law:60,150", "--order", "given", "--order", "shuffled",
                       "--order", "metis", "--operators", "attend/gaussian/forward", "--json", folder.at("a.json")}))
          .code == 0);
  const auto found = json_in(folder / "a.json");
  CHECK(found["lines"].size() == 6 * 2);
  std::set<std::string> graphs;
  for (const auto& line : found["lines"])
    graphs.insert(line["graph"]);
  CHECK(graphs.contains("star:50"));
  CHECK(graphs.contains("power-law:60,150, metis"));
  REQUIRE(run(small_bench({"--graph", "communities:300,900", "--graph", "grid:100", "--order", "communities",
                           "--operators", "gather", "--json", folder.at("b.json")}))
              .code == 0);
  CHECK(has(contents(folder / "b.json"), "grid:100, communities"));
  const double edges = 2 * 49 + 50, nodes = 50, f = 8, r = sizeof(mercer::Real);
  CHECK(line_named(found, "attend/gaussian/forward")["bytes"] ==
        edges * (4 + r * 2 * f) + nodes * (8 + r * 2 * f + r * 2));
}

TEST_CASE("bench: whole epochs, and without peers it says so") {
  const TemporaryFolder folder;
  const Outcome outcome =
      run(small_bench({"--data", "karate", "--operators", "none", "--epochs", "4", "--model", "gat-pyg", "--model",
                       "gcn", "--peers", "/no/such/python", "--json", folder.at("a.json")}));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.err, "measured without peers: /no/such/python: can't be started"));
  const auto found = json_in(folder / "a.json");
  CHECK(found["ended"] == "whole");
  CHECK(found["lines"].size() == 2);
  CHECK(line_named(found, "epoch: gat-pyg")["seconds"]["rounds"] == 4);
  const Outcome other =
      run(small_bench({"--data", "karate", "--operators", "none", "--epochs", "2", "--peers", "/bin/true"}));
  CHECK(other.code == 0);
  CHECK(has(other.err, "measured without peers: it ended before it said what it has"));
  write(folder / "bare.txt", "0 1\n1 2\n");
  const Outcome bare = run(small_bench({"--data", folder.at("bare.txt"), "--operators", "relu", "--epochs", "2"}));
  CHECK(bare.code == 0);
  CHECK(has(bare.err, "an epoch is not measured: the nodes have no labels"));
}

TEST_CASE("bench --compare: verdicts by line; another machine, version or options is refused by name") {
  const TemporaryFolder folder;
  const std::vector<std::string> words = small_bench(
      {"--graph", "random:40,200", "--operators", "sigmoid", "--operators", "fill", "--rounds", "6", "--json"});
  std::vector<std::string> first = words, second = words;
  first.push_back(folder.at("a.json"));
  REQUIRE(run(first).code == 0);
  auto slow = json_in(folder / "a.json");
  for (auto& line : slow["lines"])
    if (line["name"] == "sigmoid")
      for (const char* field : {"median", "low", "high"})
        line["seconds"][field] = 10.0;
  write(folder / "slow.json", slow.dump());
  second.insert(second.end(), {folder.at("b.json"), "--compare", folder.at("slow.json")});
  const Outcome outcome = run(second);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.out, "random:40,200: sigmoid"));
  CHECK(has(outcome.out, "  faster\n"));
  CHECK_FALSE(has(outcome.out, "  too few rounds\n"));
  auto unlike = slow;
  for (auto& line : unlike["lines"])
    line["bytes"] = 1.0;
  unlike["ended"] = "interrupted";
  write(folder / "unlike.json", unlike.dump());
  second.back() = folder.at("unlike.json");
  const std::string other_graph = run(second).out;
  CHECK(has(other_graph, "  another graph\n"));
  CHECK_FALSE(has(other_graph, "  faster\n"));
  CHECK(has(other_graph, "the run of the file was interrupted"));
  const auto damaged = [&](const auto& change, const char* says) {
    auto json = slow;
    change(json["lines"]);
    write(folder / "damaged.json", json.dump());
    CHECK(has(run({"bench", "--compare", folder.at("damaged.json")}).err, says));
  };
  damaged([](auto& lines) { lines[0]["seconds"]["median"] = 0; }, "a median of 0 s, want a time above 0");
  damaged([](auto& lines) { lines[0]["seconds"]["low"] = 99; }, "want an interval around it");
  damaged([](auto& lines) { lines.push_back(lines[0]); }, "is there twice");
  damaged([](auto& lines) { lines = nullptr; }, "is not what mercer bench --json writes");
  CHECK(has(run({"bench", "--compare", folder.path().string()}).err, "is a folder"));
  const auto refused = [&](const char* field, const std::string& value, const std::string& says) {
    auto other = slow;
    other["setting"][field] = value;
    write(folder / "other.json", other.dump());
    const Outcome got = run(small_bench({"--graph", "random:40,200", "--compare", folder.at("other.json")}));
    CHECK(got.code == 2);
    CHECK_MESSAGE(has(got.err, says), got.err);
  };
  refused("cpu", "Z80", "was measured of another machine (cpu: was Z80, is");
  refused("version", "0.0.1", "of another version (version: was 0.0.1, is");
  refused("width", "99", "with other options (width: was 99, is 4)");
  write(folder / "other.json", "{}");
  CHECK(has(run({"bench", "--compare", folder.at("other.json")}).err, "is not what mercer bench --json writes"));
  CHECK(has(run({"bench", "--compare", folder.at("absent.json")}).err, "absent.json: can't be read"));
}

TEST_CASE("bench refuses what it can't do, with the way out") {
  const auto refused = [](const std::vector<std::string>& words, const char* says) {
    const Outcome got = run(words);
    CHECK(got.code == 2);
    CHECK_MESSAGE(has(got.err, says), got.err);
  };
  refused({"bench", "--graph", "random:10"}, "--graph random:10: got 1 numbers, want 2");
  refused({"bench", "--graph", "star:x"}, "not whole numbers above 0");
  refused({"bench", "--graph", "sta:5"}, "did you mean star?");
  refused({"bench", "--graph", "star:50", "--graph", "sta:5"}, "did you mean star?");
  refused({"bench", "--order", "given", "--order", "sorted"}, "want given, shuffled, communities or metis");
  refused({"bench", "--model", "gcn"}, "--model: trains the epochs that are timed; want --epochs, too");
  refused({"bench", "--model", "transformer", "--epochs", "1"}, "attends over sequences");
  refused({"bench", "--operators", "attned"}, "see mercer bench --list");
  refused({"bench", "--model", "gta", "--epochs", "1"}, "gat");
  refused({"bench", "--peers", "python3"}, "want --epochs, too");
  refused({"bench", "--operators", "none"}, "leaves nothing to time; want --epochs, too");
  refused({"bench", "--operators", "none", "--operators", "relu"}, "got none and others");
  refused({"bench", "--svg", "roof.png"}, "want a name that ends in .svg");
  refused({"bench", "--json", "/absent/a.json"}, "/absent");
}

TEST_CASE("the interval of a median is that of the order statistics, and verdicts need intervals apart") {
  std::vector<double> values;
  for (int n = 1; n <= 15; ++n)
    values.push_back(n);
  std::ranges::reverse(values);
  const Median found = mercer::program::median_of(values);
  CHECK(found.at == 8);
  CHECK(found.low == 4);  // 2 P(B <= 3) = 0.035 of 15 fair coins, 2 P(B <= 4) = 0.118
  CHECK(found.high == 12);
  CHECK(found.first_quartile == 4.5);
  CHECK(found.third_quartile == 11.5);
  for (int n = 16; n <= 5000; ++n)  // 2^-n is 0 here
    values.push_back(n);
  const Median many = mercer::program::median_of(values);
  CHECK(many.low == doctest::Approx(2500 - std::sqrt(5000.0)).epsilon(0.001));  // about 2 deviations of √n / 2
  CHECK(many.high == 5001 - many.low);
  const Median few = mercer::program::median_of({3, 1, 2});
  CHECK(few.low == 1);
  CHECK(few.high == 3);
  const auto verdict = [](double low, double high) {
    return std::string(
        mercer::program::verdict({.at = 5, .low = 4, .high = 6, .rounds = 6}, {.low = low, .high = high, .rounds = 6}));
  };
  CHECK(verdict(1, 3.9) == "faster");
  CHECK(verdict(1, 4.1) == "undecided");
  CHECK(verdict(5.9, 9) == "undecided");
  CHECK(verdict(6.1, 9) == "slower");
  CHECK(mercer::program::verdict({.low = 4, .high = 6, .rounds = 5}, {.low = 7, .high = 9, .rounds = 15}) ==
        std::string_view("too few rounds"));
}

TEST_CASE("the commands of docs/benchmarks.md run") {
  const TemporaryFolder folder;
  std::istringstream lines(contents(MERCER_SOURCE_DIR "/docs/benchmarks.md"));
  std::size_t commands = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    mercer ")) continue;
    ++commands;
    const Outcome outcome = shell("cd " + folder.path().string() + " && $M " + line.substr(11));
    CAPTURE(line);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
  }
  CHECK(commands >= 6);
}
