#include "mercer/device/device.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "apps/program.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Outcome train_on(const std::string& device, const std::string& out) {
  return run(
      {"train", "--data", "karate", "--epochs", "5", "--quiet", "--threads", "1", "--device", device, "--out", out});
}

void check_refused(const std::string& device, const std::string& why) {
  const TemporaryFolder folder;
  const Outcome outcome = train_on(device, folder.at("run"));
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "--device " + device + ": " + why));
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK(outcome.out.empty());
  CHECK_FALSE(fs::exists(folder / "run"));
}

}  // namespace

TEST_CASE("devices prints threads and CUDA, or why there is none") {
  const Outcome outcome = run({"devices"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(has(outcome.out, "threads\n"));
  CHECK(has(outcome.out, "cuda  " + cuda_description() + "\n"));
  CHECK(has(outcome.out, "cuda:0") == cuda_available());
}

TEST_CASE("invalid device names are refused") {
  for (const char* device : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda: 0", "cuda:0x", "CUDA", "cuda:99999999999"})
    check_refused(device, "want cpu, cuda, cuda:NUMBER or auto");
}

TEST_CASE("several devices are of one kind, and train") {
  for (const char* devices : {"cpu,", "cpu,gpu", ",cpu", "cpu,auto"})
    check_refused(devices, "want devices of one kind");
  for (const char* devices : {",", "auto,auto", "gpu,cuda"})
    check_refused(devices, "want cpu, cuda, cuda:NUMBER or auto");
  const TemporaryFolder folder;
  REQUIRE(train_on("cpu,cpu", folder.at("run")).code == 0);
  const Outcome outcome = run({"evaluate", "--model", folder.at("run"), "--device", "cpu,cpu"});
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "--device cpu,cpu: want one device; several are of mercer train alone"));
  CHECK(run({"evaluate", "--model", folder.at("run"), "--device", "cpu"}).code == 0);
  const auto refused = [&](const std::vector<std::string>& more, const std::string& why) {
    std::vector<std::string> words{"train", "--data", "karate", "--epochs", "5", "--quiet"};
    give(words, more);
    const Outcome said = run(words);
    CAPTURE(said.err);
    CHECK(said.code == 2);
    CHECK(has(said.err, why));
  };
  refused({"--device", "cpu,cpu", "--device-memory", "1GB"}, "--device-memory: is of one CUDA device");
  refused({"--device", "cpu,cpu", "--no-nccl"}, "--no-nccl: is of several CUDA devices; --device is cpu,cpu");
  refused({"--device", "cpu", "--no-cuda-graph"}, "--no-cuda-graph: is of a CUDA device; --device is cpu");
  refused({"--device", "cpu,cpu,cpu", "--reorder", "2"},
          "--device: got 3 for 2 parts, by which the nodes are ordered (reorder), want fewer");
}

TEST_CASE("several ranks give the result of one, printed once") {
  for (const char* model : {"gat", "gkat"}) {
    CAPTURE(model);
    const auto summary = [&](const std::vector<std::string>& more) {
      const TemporaryFolder folder;
      std::vector<std::string> words{"train",   "--data",  "planted",   "--model", model,   "--epochs",
                                     "4",       "--quiet", "--threads", "2",       "--out", folder.at("run"),
                                     "--seeds", "2"};
      give(words, more);
      const Outcome outcome = run(words);
      CAPTURE(outcome.err);
      REQUIRE(outcome.code == 0);
      CHECK(lines_in(folder / "run" / "log.jsonl") == 11);  // a start, and for each seed four epochs and an end
      return json_in(folder / "run" / "summary.json");
    };
    const auto one = summary({"--device", "cpu", "--reorder", "3"}), three = summary({"--device", "cpu,cpu,cpu"});
    CHECK(three.at("device") == "cpu, 3 ranks");
    for (const std::size_t seed : {0u, 1u}) {
      const auto &want = one.at("runs").at(seed), &got = three.at("runs").at(seed);
      CHECK(std::abs(got.at("test_loss").get<double>() - want.at("test_loss").get<double>()) < 1e-5);
      CHECK(got.at("epochs") == want.at("epochs"));
    }
  }
}

TEST_CASE("a missing device is refused with the reason, and nothing is written" * doctest::skip(cuda_available())) {
  REQUIRE(cuda_description().starts_with("none: "));
  check_refused("cuda", cuda_description());
  check_refused("cuda:0", cuda_description());
  check_refused("cuda:9", cuda_description());
  for (const char* command : {"evaluate", "predict"}) {
    const TemporaryFolder folder;
    REQUIRE(train_on("cpu", folder.at("run")).code == 0);
    std::vector<std::string> words{command, "--model", folder.at("run"), "--device", "cuda"};
    if (std::string(command) == "predict") words.insert(words.end(), {"--out", folder.at("classes.csv")});
    const Outcome outcome = run(words);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, cuda_description()));
    CHECK_FALSE(fs::exists(folder / "classes.csv"));
  }
}

TEST_CASE("a number beyond the devices is refused" * doctest::skip(!cuda_available())) {
  check_refused("cuda:9", "there is " + cuda_description() + ", counted from 0");
}

TEST_CASE("auto without a device is the CPU" * doctest::skip(cuda_available())) {
  const TemporaryFolder folder;
  for (const char* device : {"auto", "cpu"}) {
    const Outcome outcome = train_on(device, folder.at(device));
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(outcome.err.empty());
  }
  CHECK(contents(folder / "auto/model.safetensors") == contents(folder / "cpu/model.safetensors"));
  for (const char* option : {"--device-memory=1GB", "--no-cuda-graph", "--no-nccl"}) {
    const Outcome noted = run({"train", "--data", "karate", "--epochs", "1", "--quiet", option});
    CHECK(noted.code == 0);
    CHECK(has(noted.err, "there is none, and it has no effect on the CPU"));
  }
}
