#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "apps/program.hpp"
#include "simt/machine/sanitizer.hpp"

using namespace mercer::test;

namespace {

constexpr std::size_t hundreds = simt::under_asan ? 8 : 40;  // of epochs; under a sanitizer each takes longer

const std::vector<std::string> long_run{
    "train",   "--data", "karate", "--threads", "1", "--stopping", "fixed", "--epochs", std::to_string(100 * hundreds),
    "--seeds", "2"};

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  give(words, more);
  return words;
}

/// Waits until the log of a run holds that many lines, then sends the signal. False when the run ended before.
bool stop_at(Program& program, const fs::path& log, std::size_t lines, int signal) {
  while (lines_in(log) < lines) {
    if (!program.running()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  program.send(signal);
  return true;
}

/// The epochs in a log, without their times.
std::vector<std::string> epochs_of(const fs::path& log) {
  std::vector<std::string> epochs;
  std::istringstream lines(contents(log));
  for (std::string line; std::getline(lines, line);) {
    auto json = nlohmann::json::parse(line);
    json.erase("ms");
    if (json["event"] == "epoch") epochs.push_back(json.dump());
  }
  return epochs;
}

}  // namespace

TEST_CASE("a run that is stopped and resumed ends with the same bits") {
  const TemporaryFolder folder;
  REQUIRE(run(with(long_run, {"--quiet", "--out", folder.at("whole")})).code == 0);

  // stopped in its first seed by SIGINT, in its second by SIGTERM
  Program first(with(long_run, {"--out", folder.at("parts"), "--summary", folder.at("summary.json")}));
  REQUIRE(stop_at(first, folder / "parts/log.jsonl.partial", 22 * hundreds, SIGINT));
  const Outcome stopped = first.wait();
  CAPTURE(stopped.err);
  CHECK(stopped.code == 130);
  CHECK(has(stopped.err, "mercer train --resume " + folder.at("parts")));
  CHECK(stopped.out.empty());
  CHECK(fs::exists(folder / "parts/resume.json"));
  CHECK(fs::exists(folder / "parts/resume.safetensors"));
  CHECK(fs::exists(folder / "parts/model.safetensors"));
  CHECK_FALSE(fs::exists(folder / "parts/report.html"));
  CHECK_FALSE(fs::exists(folder / "summary.json"));

  Program second({"train", "--resume", folder.at("parts"), "--threads", "1"});
  REQUIRE(stop_at(second, folder / "parts/log.jsonl.partial", 120 * hundreds, SIGTERM));
  CHECK(second.wait().code == 130);

  const Outcome resumed = run({"train", "--resume", folder.at("parts")});
  CAPTURE(resumed.err);
  REQUIRE(resumed.code == 0);
  CHECK(contents(folder / "parts/model.safetensors") == contents(folder / "whole/model.safetensors"));
  CHECK(epochs_of(folder / "parts/log.jsonl") == epochs_of(folder / "whole/log.jsonl"));
  CHECK_FALSE(fs::exists(folder / "parts/resume.json"));
  const auto summary = json_in(folder / "summary.json"), whole = json_in(folder / "whole/summary.json");
  CHECK(summary["test_accuracy"] == whole["test_accuracy"]);
  CHECK(summary["runs"] == whole["runs"]);
  CHECK(has(summary["command"], "--out " + folder.at("parts")));

  const Outcome over = run({"train", "--resume", folder.at("parts")});
  CHECK(over.code == 2);
  CHECK(has(over.err, "--resume " + folder.at("parts") +
                          ": holds the best of 2 seeds, which can't be trained further; " + "--init " +
                          folder.at("parts") + " --out OTHER begins with it"));
  fs::remove(folder / "parts/summary.json");  // as of a model that was imported
  CHECK(has(run({"train", "--resume", folder.at("parts"), "--epochs", "9"}).err,
            "holds a model without the state of its training, which can't be trained further"));
  CHECK(has(run({"train", "--resume", folder.at("none"), "--epochs", "9"}).err, "holds no unfinished run"));
}

TEST_CASE("a run that is killed keeps its finished seeds, and says what it lacks") {
  const TemporaryFolder folder;
  REQUIRE(run(with(long_run, {"--quiet", "--out", folder.at("whole")})).code == 0);
  Program killed(with(long_run, {"--out", folder.at("parts")}));
  REQUIRE(stop_at(killed, folder / "parts/log.jsonl.partial", 120 * hundreds, SIGKILL));
  killed.wait();
  const Outcome evaluated = run({"evaluate", folder.at("parts")});
  CHECK(evaluated.code == 0);
  CHECK(has(evaluated.err, "the run is not finished, 1 of 2 seeds are; mercer train --resume " + folder.at("parts")));
  const Outcome resumed = run({"train", "--resume", folder.at("parts")});
  CAPTURE(resumed.err);
  CHECK(resumed.code == 0);
  CHECK(contents(folder / "parts/model.safetensors") == contents(folder / "whole/model.safetensors"));
  CHECK(json_in(folder / "parts/summary.json")["runs"] == json_in(folder / "whole/summary.json")["runs"]);
  CHECK_FALSE(has(run({"evaluate", folder.at("parts")}).err, "not finished"));

  Program early(with(long_run, {"--out", folder.at("early")}));
  REQUIRE(stop_at(early, folder / "early/log.jsonl.partial", 3, SIGKILL));
  early.wait();
  const Outcome none = run({"train", "--resume", folder.at("early")});
  CHECK(none.code == 2);
  CHECK(has(none.err, ": its run ended before a state was saved"));
}

TEST_CASE("a run whose nodes are ordered is stopped and resumed to the same bits, on any number of threads") {
  const TemporaryFolder folder;
  const std::vector<std::string> words = with(long_run, {"--reorder", "communities", "--seeds", "1"});
  REQUIRE(run(with(words, {"--quiet", "--out", folder.at("whole")})).code == 0);
  Program first(with(words, {"--out", folder.at("parts")}));
  REQUIRE(stop_at(first, folder / "parts/log.jsonl.partial", 22 * hundreds, SIGINT));
  CHECK(first.wait().code == 130);
  REQUIRE(run({"train", "--resume", folder.at("parts"), "--threads", "2"}).code == 0);
  CHECK(contents(folder / "parts/model.safetensors") == contents(folder / "whole/model.safetensors"));
  CHECK(epochs_of(folder / "parts/log.jsonl") == epochs_of(folder / "whole/log.jsonl"));
}

TEST_CASE("a terminal that hangs up stops a run as an interrupt does, unless it ignores SIGHUP") {
  const TemporaryFolder folder;
  Program program(with(long_run, {"--out", folder.at("run")}));
  REQUIRE(stop_at(program, folder / "run/log.jsonl.partial", 100, SIGHUP));
  CHECK(program.wait().code == 130);
  CHECK(fs::exists(folder / "run/resume.json"));
  const Outcome ignoring = shell("trap '' HUP; \"$M\" train --data karate --threads 1 --stopping fixed --epochs " +
                                 std::to_string(75 * hundreds) + " --quiet --out '" + folder.at("ignoring") +
                                 "' & P=$!; sleep 0.1; kill -HUP $P; wait $P");
  CHECK(ignoring.code == 0);
  CHECK(fs::exists(folder / "ignoring/summary.json"));
}

TEST_CASE("an interrupted run isn't overwritten without --fresh, and continues with its settings") {
  const TemporaryFolder folder;
  Program program(with(long_run, {"--out", folder.at("run")}));
  REQUIRE(stop_at(program, folder / "run/log.jsonl.partial", 100, SIGINT));
  REQUIRE(program.wait().code == 130);
  const std::string before = contents(folder / "run/resume.json");

  const Outcome again = run({"train", "--data", "karate", "--out", folder.at("run")});
  CHECK(again.code == 2);
  CHECK(has(again.err, "--resume"));
  CHECK(has(again.err, "start anew with --overwrite"));
  CHECK(contents(folder / "run/resume.json") == before);

  const Outcome changed = run({"train", "--resume", folder.at("run"), "--epochs", "3"});
  CHECK(changed.code == 2);
  CHECK(has(changed.err, "--epochs"));

  CHECK(run({"train", "--data", "karate", "--epochs", "3", "--fresh", "--quiet", "--out", folder.at("run")}).code == 0);
  CHECK_FALSE(fs::exists(folder / "run/resume.json"));
}

TEST_CASE("broken files of an interrupted run are refused") {
  const TemporaryFolder folder;
  Program program(with(long_run, {"--out", folder.at("run")}));
  REQUIRE(stop_at(program, folder / "run/log.jsonl.partial", 100, SIGINT));
  REQUIRE(program.wait().code == 130);
  const std::string json = contents(folder / "run/resume.json"), state = contents(folder / "run/resume.safetensors");
  const auto refused = [&](const std::string& name, const std::string& text) {
    write(folder / "run" / name, text);
    const Outcome outcome = run({"train", "--resume", folder.at("run")});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, name));
  };
  for (const std::string& broken :
       {json.substr(0, json.size() / 2), std::string("{}"), std::string("[1]"), std::string()})
    refused("resume.json", broken);
  write(folder / "run/resume.json", json);
  for (const std::string& broken : {state.substr(0, 5), state.substr(0, state.size() - 9), state + "x", std::string()})
    refused("resume.safetensors", broken);
}

TEST_CASE("a run whose data changed since it began is not resumed") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n0,1\n");
  write(folder / "set/edges.txt", "0 1\n2 3\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\n");
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\n");
  Program program({"train", "--data", folder.at("set"), "--threads", "1", "--stopping", "fixed", "--epochs", "100000",
                   "--quiet", "--out", folder.at("run")});
  REQUIRE(stop_at(program, folder / "run/log.jsonl.partial", 100, SIGINT));
  REQUIRE(program.wait().code == 130);
  write(folder / "set/edges.txt", "0 1\n2 3\n1 2\n");
  const Outcome outcome = run({"train", "--resume", folder.at("run")});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "is not what the run began with: the edges differ"));
  CHECK(fs::exists(folder / "run/resume.json"));
}

TEST_CASE("a run whose data were moved goes on where --data finds them, if they are the same") {
  const TemporaryFolder folder;
  const std::string here = folder.at("of me"), there = folder.at("of others"), out = folder.at("run");
  REQUIRE(run({"data", "convert", "karate", "--out", here}).code == 0);
  REQUIRE(run({"train", "--data", here, "--epochs", "3", "--stopping", "fixed", "--quiet", "--out", out}).code == 0);
  fs::rename(here, there);
  const auto resumed = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"train", "--resume", out, "--quiet"});
    return run(more);
  };
  const Outcome gone = resumed({"--epochs", "5"});
  CHECK(gone.code == 2);
  CHECK(has(gone.err, "mercer train --resume " + out + " --data NEWPLACE says where they are now"));
  const Outcome other = resumed({"--epochs", "5", "--data", "planted"});
  CHECK(other.code == 2);
  CHECK(has(other.err, "planted: is not what the run began with: the number of nodes and edges"));
  const Outcome moved = resumed({"--epochs", "5", "--data", there});
  CAPTURE(moved.err);
  REQUIRE(moved.code == 0);
  CHECK(json_in(folder / "run/summary.json")["command"] ==
        "mercer train --stopping fixed --quiet --out " + out + " --epochs 5 --data '" + there + "'");
  CHECK(resumed({"--epochs", "7"}).code == 0);
}

TEST_CASE("a finished run is not trained on without more epochs, and with them as if it had begun with them") {
  const TemporaryFolder folder;
  const auto trained = [&](const std::string& name, const std::string& epochs) {
    return run({"train", "--data", "karate", "--threads", "1", "--stopping", "fixed", "--epochs", epochs, "--quiet",
                "--out", folder.at(name)});
  };
  REQUIRE(trained("whole", "90").code == 0);
  REQUIRE(trained("run", "40").code == 0);
  const Outcome again = run({"train", "--resume", folder.at("run")});
  CHECK(again.code == 2);
  CHECK(has(again.err, "this run is finished, after 40 epochs; mercer train --resume " + folder.at("run") +
                           " --epochs 80 trains it further"));
  CHECK(has(run({"train", "--resume", folder.at("run"), "--epochs", "40"}).err, "the run has 40 already, want more"));
  const Outcome faster = run({"train", "--resume", folder.at("run"), "--epochs", "90", "--learning-rate", "1"});
  CHECK(has(faster.err, "--learning-rate: a finished run is trained further as it began"));

  const Outcome further = run({"train", "--resume", folder.at("run"), "--epochs", "90"});
  CAPTURE(further.err);
  REQUIRE(further.code == 0);
  CHECK(contents(folder / "run/model.safetensors") == contents(folder / "whole/model.safetensors"));
  CHECK(epochs_of(folder / "run/log.jsonl") == epochs_of(folder / "whole/log.jsonl"));
  const std::string command = json_in(folder / "run/summary.json")["command"];
  CHECK(has(command, "--stopping fixed --quiet"));
  CHECK(command.ends_with(" --epochs 90"));

  const Outcome other = trained("run", "3");
  CHECK(other.code == 2);
  CHECK(has(other.err, "holds another run, which is finished (epochs: was 90, is 3)"));
}

TEST_CASE("a run that stopped early is trained further with a longer patience, which is said") {
  const TemporaryFolder folder;
  const std::string out = folder.at("run");
  REQUIRE(run({"train", "--data", "karate", "--threads", "1", "--stopping", "loss", "--patience", "4", "--epochs",
               "400", "--quiet", "--out", out})
              .code == 0);
  REQUIRE(json_in(folder / "run/summary.json")["runs"][0]["ended"] == "early stop");
  const auto further = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"train", "--resume", out, "--quiet", "--epochs", "420"});
    return run(more);
  };
  CHECK(has(further({}).err, "--patience: the run stopped early: add --patience 8 (more than its 4)"));
  CHECK(has(further({"--patience", "3"}).err,
            "--patience: got 3, and the run stopped early: add --patience 8 (more than its 4)"));
  CHECK(further({"--patience", "8"}).code == 0);
}
