#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

using SearchWords = std::vector<std::string>;

SearchWords search(const std::string& out, const SearchWords& more = {}) {
  SearchWords words{"tune",     "--data", "karate",  "--model", "gat",     "--trials", "6",
                    "--epochs", "40",     "--seeds", "2",       "--quiet", "--out",    out};
  give(words, more);
  return words;
}

/// The scores of every trial, without times.
std::string scores_in(const fs::path& folder) {
  std::string text;
  const auto found = json_in(folder / "tune.json");
  for (const auto& trial : found["trials"]) {
    text += trial["values"].dump();
    for (const auto& rung : trial["rungs"])
      text += rung["validation"].dump();
  }
  return text;
}

}  // namespace

TEST_CASE("a search from start to end: validation alone, the same with any number of jobs, and train repeats it") {
  const TemporaryFolder folder;
  const Outcome outcome = run(search(folder.at("one"), {"--jobs", "1"}));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  REQUIRE(run(search(folder.at("two"), {"--jobs", "2"})).code == 0);
  CHECK(scores_in(folder / "one") == scores_in(folder / "two"));
  const auto found = json_in(folder / "one/tune.json");
  CHECK(found["finished"] == true);
  CHECK_FALSE(has(contents(folder / "one/tune.json"), "test"));
  for (const auto& entry : fs::recursive_directory_iterator(folder / "one/runs"))
    if (entry.is_regular_file()) CHECK(json_in(entry.path())["result"]["test_metric"].is_null());
  const std::string report = contents(folder / "one/report.html");
  for (const char* part : {"Best settings", "Validation score by rung", "learning-rate", "mercer train --config"})
    CHECK(has(report, part));
  CHECK(has(report, "mean over 2 seeds: "));
  CHECK(has(report, "; seeds 0 to 1; 1 training side"));
  for (const char* part : {"<script", "http", "src=", "nan", "<th></th>"})
    CHECK_FALSE(has(report, part));
  const auto& best = found["trials"][found["best"].get<std::size_t>()];
  REQUIRE(run({"train", "--config", folder.at("one/best.json"), "--seeds", "2", "--quiet", "--summary",
               folder.at("summary.json")})
              .code == 0);
  const auto runs = json_in(folder / "summary.json")["runs"];
  for (std::size_t s = 0; s < 2; ++s)
    CHECK(runs[s]["validation_metric"] == best["rungs"].back()["validation"][s]);
}

TEST_CASE("a search by the mean of several splits trains each trial on all of them, and says so") {
  const TemporaryFolder folder;
  const SearchWords words{"tune",     "--data", "karate",  "--model",    "gat",   "--trials",       "2",
                          "--epochs", "20",     "--range", "hidden=4,8", "--out", folder.at("out"), "--split-random",
                          "folds:4"};
  SearchWords several = words;
  several.insert(several.end(), {"--splits", "3,1"});
  const Outcome outcome = run(several);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.out, "--split all"));
  const auto found = json_in(folder / "out/tune.json");
  CHECK(found["trials"][0]["rungs"][0]["validation"].size() == 2);
  std::vector<int> splits;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "out/runs"))
    if (entry.is_regular_file()) splits.push_back(json_in(entry.path())["result"]["split"].get<int>());
  CHECK(std::ranges::count(splits, 3) == std::ranges::count(splits, 1));
  CHECK(std::ranges::count(splits, 3) * 2 == std::ssize(splits));
  SearchWords all = several;
  all.back() = "all";
  *std::ranges::find(all, folder.at("out")) = folder.at("every");
  REQUIRE(run(all).code == 0);
  CHECK(json_in(folder / "every/tune.json")["trials"][0]["rungs"][0]["validation"].size() == 4);
  for (const auto& [option, value] : {std::pair("--split", "0"), std::pair("--seeds", "3")}) {
    SearchWords both = several;
    both.insert(both.end(), {option, value});
    const Outcome refused = run(both);
    CHECK(refused.code == 2);
    CHECK(has(refused.err, "--splits"));
  }
}

TEST_CASE("a search tells the best settings beside the recipe's own") {
  const TemporaryFolder folder;
  const SearchWords words{"tune",     "--data", "karate",  "--model",    "gat",   "--trials",      "3",
                          "--epochs", "20",     "--range", "hidden=8,4", "--out", folder.at("out")};
  const Outcome outcome = run(words);
  CAPTURE(outcome.out);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.out, "recipe's own settings: validation "));
  CHECK(has(contents(folder / "out/report.html"), "own settings: validation "));
  const auto trials = json_in(folder / "out/tune.json")["trials"];
  CHECK(trials[0]["values"]["hidden"] == "8");
  CHECK(trials[0]["rungs"].size() == json_in(folder / "out/tune.json")["protocol"]["rungs"].size());
  const Outcome explained = run({"explain", folder.at("out")});
  CHECK(explained.code == 2);
  CHECK(
      has(explained.err, "holds a search, which keeps no model; mercer train --config " + folder.at("out/best.json")));
  SearchWords outside = words;
  *std::ranges::find(outside, "hidden=8,4") = "hidden=2,4";
  outside.emplace_back("--fresh");
  CHECK(has(run(outside).out, "no trial has the recipe's own settings: hidden 8 is outside of hidden=2,4"));
}

TEST_CASE("the commands of docs/tune.md run") {
  const TemporaryFolder folder;
  std::istringstream page(contents(fs::path(MERCER_SOURCE_DIR) / "docs" / "tune.md"));
  int commands = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("    mercer ") || !has(line, "karate")) continue;
    std::istringstream text(line);
    SearchWords words;
    for (std::string word; text >> word;)
      words.push_back(word.starts_with("runs/") ? folder.at(word.substr(5)) : word);
    words.erase(words.begin());
    const Outcome outcome = run(words);
    CAPTURE(line);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    ++commands;
  }
  CHECK(commands >= 3);
}

TEST_CASE("a search that is killed or interrupted goes on to the same result") {
  const TemporaryFolder folder;
  REQUIRE(run(search(folder.at("whole"))).code == 0);
  fs::create_directory(folder / "cut");
  write(folder / "cut/tune.json.part", "{");  // of a search that was killed at once
  for (const int signal : {SIGKILL, SIGTERM}) {
    Program program(search(folder.at("cut")));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    program.send(signal);
    const Outcome cut = program.wait();
    if (signal == SIGTERM && cut.code == 130) CHECK(has(cut.err, "go on with"));
  }
  const Outcome whole = run(search(folder.at("cut")));
  CAPTURE(whole.err);
  REQUIRE(whole.code == 0);
  CHECK(scores_in(folder / "cut") == scores_in(folder / "whole"));
  const Outcome other = run(search(folder.at("cut"), {"--trials", "7"}));
  CHECK(other.code == 2);
  CHECK(has(other.err, "holds another search (trials: was 6, is 7"));
  CHECK(has(other.err, "--overwrite"));
  CHECK(run(search(folder.at("cut"), {"--trials", "7", "--fresh"})).code == 0);
}

TEST_CASE("searches that can't be are refused, and nothing is written") {
  const TemporaryFolder folder;
  const std::pair<SearchWords, const char*> cases[] = {
      {{"--range", "droput=0..1"}, "did you mean dropout?"},
      {{"--range", "lr=0..1"}, "did you mean learning-rate?"},
      {{"--range", "hidden-channels=4,8"}, "did you mean hidden?"},
      {{"--range", "learning-rate=0.001-0.1"}, "a range is learning-rate=low..high"},
      {{"--range", "dropout=0..2"}, "want 0 to 1"},
      {{"--range", "hidden=4,8", "--hidden", "4"}, "hidden is given, too"},
      {{"--range", "epochs=4,8"}, "part of the budget"},
      {{"--split-random", "share:0.6,0"}, "no validation nodes"},
      {{"--trials", "0"}, "--trials"},
      {{"--first-epochs", "50"}, "want at most the 40 epochs"},
      {{"--model", "gta"}, "did you mean gat?"},
  };
  for (const auto& [words, wanted] : cases) {
    const Outcome outcome = run(search(folder.at("out"), words));
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
    if (words.front() == "--range") CHECK(outcome.err.size() < 200);
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK_FALSE(fs::exists(folder / "out"));
  }
  const Outcome one =
      run({"tune", "--data", "karate", "--range", "hidden=8", "--epochs", "4", "--out", folder.at("one")});
  CHECK(one.code == 0);
  CHECK(has(one.err, "the ranges hold only 1 setting for 27 trials: each is tried once\n"));
  CHECK(has(one.out, "gat on karate, 1 trial by validation accuracy\n"));
  fs::create_directory(folder / "mine");
  write(folder / "mine/notes.txt", "mine");
  CHECK(has(run(search(folder.at("mine"))).err, "holds something else"));
}

TEST_CASE("a search in which all trials diverge says so") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"tune", "--data", "karate", "--model", "rbf", "--divisor", "1e-37", "--trials", "2",
                               "--epochs", "5", "--range", "learning-rate=0.01,0.02", "--out", folder.at("out")});
  CHECK(outcome.code == 3);
  CHECK(has(outcome.out, "no trial came to an end"));
  CHECK_FALSE(fs::exists(folder / "out/best.json"));
  CHECK(json_in(folder / "out/tune.json")["best"].is_null());
}

TEST_CASE("the ranges of a search may stand in a file, as a list") {
  const TemporaryFolder folder;
  const auto space = [&](const char* name, const std::string& text) {
    write(folder / name, text);
    return run({"tune", "--data", "karate", "--model", "gat", "--show-space", "--config", folder.at(name)});
  };
  for (const Outcome& shown : {space("a.json", "{\"range\": [\"hidden=4,8\", \"heads=1,2\"]}"),
                               space("a.toml", "range = [\"hidden=4,8\", \"heads=1,2\"]\n")}) {
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "--range hidden=4,8\n--range heads=1,2\n"));
  }
  CHECK(has(space("b.json", "{\"range\": [[\"hidden=4,8\"]]}").err, "range: want one value"));
  CHECK(has(space("c.json", "{\"trials\": [4]}").err, "trials: want one value"));
}
