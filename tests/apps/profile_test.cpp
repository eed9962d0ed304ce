#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <set>
#include <thread>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

double sum_of_operators(const nlohmann::json& profile) {
  double sum = 0;
  for (const auto& line : profile["operators"])
    sum += line["seconds"].get<double>();
  return sum;
}

/// Checks that children fill their parents, and the names of all scopes.
std::set<std::string> names_in_tree(const nlohmann::json& scope) {
  std::set<std::string> names{scope["name"].get<std::string>()};
  double within = 0;
  for (const auto& child : scope["children"]) {
    names.merge(names_in_tree(child));
    within += child["seconds"].get<double>();
  }
  CHECK(within <= scope["seconds"].get<double>() + 1e-9);
  return names;
}

void check_whole(const fs::path& json, const fs::path& svg) {
  const auto profile = json_in(json);
  const double sum = sum_of_operators(profile), whole = profile["seconds"];
  CHECK(sum == doctest::Approx(profile["operator_seconds"].get<double>()));
  CHECK(sum + profile["outside_operators_seconds"].get<double>() == doctest::Approx(whole));
  CHECK(sum > 0);
  CHECK(sum <= whole);
  const std::string picture = contents(svg);
  CHECK(picture.starts_with("<svg xmlns"));
  CHECK(picture.ends_with("</svg>\n"));
}

}  // namespace

TEST_CASE("train --profile: operators, layers and phases of a deep stack, with the bits of a run without it") {
  const TemporaryFolder folder;
  std::vector<std::string> words{"train",  "--data", "karate",   "--model", "gat",          "--layers", "3",
                                 "--norm", "batch",  "--epochs", "20",      "--classifier", "linear",   "--out"};
  std::vector<std::string> timed = words;
  words.push_back(folder.at("plain"));
  timed.insert(timed.end(), {folder.at("timed"), "--profile"});
  REQUIRE(run(words).code == 0);
  const Outcome outcome = run(timed);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const char* part : {"outside operators", "part of the model", "layer 3", "classifier", "attend", "adam_step"})
    CHECK(has(outcome.out, part));
  CHECK(json_in(folder / "plain/summary.json")["runs"][0]["test_loss"] ==
        json_in(folder / "timed/summary.json")["runs"][0]["test_loss"]);
  check_whole(folder / "timed/profile.json", folder / "timed/profile.svg");
  const auto profile = json_in(folder / "timed/profile.json");
  CHECK(profile["epochs"] == 20);
  const std::set<std::string> names = names_in_tree(profile["tree"]);
  for (const char* name : {"forward", "backward", "optimiser", "evaluation", "layer 1", "layer 3", "gemm", "attend"})
    CHECK_MESSAGE(names.contains(name), std::string(name));
  for (const auto& phase : profile["tree"]["children"])
    if (phase["name"] == "backward") CHECK(names_in_tree(phase).contains("layer 2"));
}

TEST_CASE("the profile of an interrupted run is whole, and a resumed run is profiled, too") {
  const TemporaryFolder folder;
  const fs::path log = folder / "run/log.jsonl.partial";
  // after twenty epochs more than the log of an earlier run has
  const auto interrupted = [&](const std::vector<std::string>& words) {
    const std::size_t wanted = lines_in(folder / "run/log.jsonl") + 20;
    Program program(words);
    while (program.running() && lines_in(log) < wanted)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    program.send(SIGINT);
    return program.wait();
  };
  const Outcome cut = interrupted({"train", "--data", "karate", "--model", "gat", "--epochs", "1000000", "--stopping",
                                   "fixed", "--quiet", "--out", folder.at("run"), "--profile", folder.at("time.svg")});
  CAPTURE(cut.err);
  REQUIRE(cut.code == 130);
  check_whole(folder / "time.json", folder / "time.svg");
  CHECK(json_in(folder / "time.json")["ended"] == "interrupted");
  CHECK(json_in(folder / "time.json")["epochs"].get<int>() > 0);
  REQUIRE(interrupted({"train", "--resume", folder.at("run"), "--quiet", "--profile"}).code == 130);
  check_whole(folder / "run/profile.json", folder / "run/profile.svg");
}

TEST_CASE("a profile is refused where it would replace another file, and under another ending") {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& file) {
    return run({"train", "--data", "karate", "--epochs", "2", "--out", folder.at("run"), "--profile", file});
  };
  CHECK(has(with(folder.at("time.txt")).err, "want a name that ends in .json or .svg"));
  CHECK(has(with(folder.at("run/summary.json")).err, "is a file of the run"));
  CHECK(has(with(folder.at("absent/time.svg")).err, "absent"));
  CHECK(has(run({"train", "--data", "karate", "--epochs", "2", "--quiet", "--profile"}).err, "nothing shows it"));
  fs::create_directory(folder / "there");
  CHECK(with(folder.at("there")).code == 0);
  check_whole(folder / "there/profile.json", folder / "there/profile.svg");
  CHECK(with(folder.at("time.json")).code == 0);
  check_whole(folder / "time.json", folder / "time.svg");
}
