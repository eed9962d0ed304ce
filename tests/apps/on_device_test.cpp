#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "apps/program.hpp"

/// The program with a CUDA device, simulated by the SIMT machine.
using namespace mercer::test;

namespace {

/// A graph small enough for the machine.
std::string data() {
  static const TemporaryFolder folder;
  static const bool made = run({"data",
                                "make",
                                "planted",
                                "--nodes",
                                "150",
                                "--classes",
                                "3",
                                "--edges",
                                "400",
                                "--words",
                                "40",
                                "--words-in-all",
                                "900",
                                "--train",
                                "10",
                                "--validation",
                                "30",
                                "--test",
                                "50",
                                "--out",
                                folder.at("small")})
                               .code == 0;
  REQUIRE(made);
  return folder.at("small");
}

std::vector<std::string> training(const std::vector<std::string>& more) {
  std::vector<std::string> words{"train", "--data",   data(), "--model",   "gat", "--hidden", "4", "--heads",
                                 "2",     "--epochs", "3",    "--threads", "1",   "--seed",   "5", "--quiet"};
  give(words, more);
  return words;
}

nlohmann::json summary_of(const std::vector<std::string>& more, std::string* said = nullptr) {
  const TemporaryFolder folder;
  std::vector<std::string> words = more;
  words.insert(words.end(), {"--summary", folder.at("summary.json")});
  const Outcome outcome = run(training(words));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  if (said != nullptr) *said = outcome.err;
  return json_in(folder / "summary.json");
}

double test_loss(const nlohmann::json& summary) { return summary.at("runs").at(0).at("test_loss").get<double>(); }

}  // namespace

TEST_CASE("training on a device gives the result of training on the CPU") {
  const auto on_cpu = summary_of({"--device", "cpu"}), there = summary_of({"--device", "cuda"});
  CHECK(has(there.at("device").get<std::string>(), "cuda:0, "));
  CHECK(std::abs(test_loss(there) - test_loss(on_cpu)) < 1e-4);
}

TEST_CASE("replayed and launched epochs give the same result; a model that can't be replayed says why") {
  std::string said, said_otherwise;
  const auto replayed = summary_of({"--device", "cuda", "--dropout", "0.5"}, &said),
             launched = summary_of({"--device", "cuda", "--dropout", "0.5", "--no-cuda-graph"}, &said_otherwise);
  CHECK(test_loss(replayed) == test_loss(launched));
  CHECK(said.empty());
  CHECK(said_otherwise.empty());
  summary_of({"--device", "cuda", "--model", "favor", "--noise", "redrawn"}, &said);
  CHECK(said.empty());
  summary_of({"--device", "cuda", "--model", "maclaurin", "--seeds", "2"}, &said);
  CHECK(said ==
        "mercer: epochs are launched kernel by kernel: [copy] CUDA graph: the host waits for what the device computes, "
        "in the middle of a step\n");
}

TEST_CASE("a profile on a device waits for each operator, with the bits of a training without it") {
  const TemporaryFolder folder;
  std::string said;
  const auto plain = summary_of({"--device", "cuda"}),
             timed = summary_of({"--device", "cuda", "--profile", folder.at("time.json")}, &said);
  CHECK(test_loss(plain) == test_loss(timed));
  CHECK(said == "mercer: epochs are launched kernel by kernel: a profile times one operator after the other\n");
  const auto profile = json_in(folder / "time.json");
  CHECK(profile["epochs"] == 3);
  CHECK(has(profile["device"].get<std::string>(), "cuda:0"));
  CHECK(profile["operator_seconds"].get<double>() > profile["seconds"].get<double>() / 10);
}

TEST_CASE("bench on a device: every operator is measured there") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"bench", "--graph", "random:12,30", "--heads", "2", "--width", "4", "--rounds", "1",
                               "--device", "cuda", "--json", folder.at("a.json")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto found = json_in(folder / "a.json");
  CHECK(found["notes"].empty());
  CHECK(found["lines"].size() > 130);
  for (const auto& line : found["lines"])
    CHECK(line["seconds"]["median"].get<double>() > 0);
}

TEST_CASE("ranks on a device give the result of the CPU") {
  std::string said;
  const auto one = summary_of({"--device", "cpu", "--reorder", "2"}),
             two = summary_of({"--device", "cuda:0,cuda"}, &said);
  CHECK(has(two.at("device").get<std::string>(), "cuda:0, SIMT machine"));
  CHECK(has(two.at("device").get<std::string>(), "; copies from device to device"));
  CHECK(std::abs(test_loss(two) - test_loss(one)) < 1e-4);
  CHECK(said == "mercer: epochs are launched kernel by kernel: in each of them ranks exchange values\n");
}

TEST_CASE("a graph that does not fit on the device streams through it, with a note") {
  std::string said;
  const auto on_cpu = summary_of({"--device", "cpu"});
  const auto streamed = summary_of({"--device", "cuda", "--device-memory", "64KB"}, &said);
  CHECK(has(said, "limited to 64 KiB"));
  CHECK(has(said, "attention streams through the device: 2 slots of "));
  CHECK(has(said, "6 passes"));  // forward, over rows, over columns: of two layers
  CHECK(has(streamed.at("device").get<std::string>(), ", attention streamed"));
  CHECK(std::abs(test_loss(streamed) - test_loss(on_cpu)) < 1e-4);
}

TEST_CASE("a graph that fits does not stream") {
  std::string said;
  const auto summary = summary_of({"--device", "cuda", "--device-memory", "64MB"}, &said);
  CHECK(said.empty());
  CHECK_FALSE(has(summary.at("device").get<std::string>(), "streamed"));
}

TEST_CASE("a model is evaluated and predicts on a device with enough memory and without") {
  const TemporaryFolder folder;
  REQUIRE(run(training({"--device", "cuda", "--out", folder.at("run")})).code == 0);
  const Outcome want = run({"evaluate", "--model", folder.at("run"), "--device", "cpu"});
  for (const char* memory : {"64MB", "48KB"}) {
    const Outcome got = run({"evaluate", "--model", folder.at("run"), "--device", "cuda", "--device-memory", memory});
    CAPTURE(got.err);
    CHECK(got.code == 0);
    CHECK(got.out == want.out);
    CHECK(has(got.err, "streams") == (std::string(memory) == "48KB"));
    CHECK(run({"predict", "--model", folder.at("run"), "--device", "cuda", "--device-memory", memory, "--out",
               folder.at("classes.csv")})
              .code == 0);
    CHECK(lines_in(folder / "classes.csv") == 151);
  }
}

TEST_CASE("too little memory to stream through is refused before training") {
  const TemporaryFolder folder;
  const Outcome outcome = run(training({"--device", "cuda", "--device-memory", "1KB", "--out", folder.at("run")}));
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "--device-memory: too little even to stream through: "));
  CHECK_FALSE(fs::exists(folder / "run" / "summary.json"));
}

TEST_CASE("--device-memory needs a device") {
  for (const char* size : {"0", "much", "-1"})
    CHECK(run(training({"--device", "cuda", "--device-memory", size})).code == 2);
  const Outcome outcome = run(training({"--device", "cpu", "--device-memory", "1GB"}));
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "--device-memory: is of a CUDA device; --device is cpu"));
}
