// A kernel machine through the program: trained, resumed, evaluated, compared, and the notes on its landmarks.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <tuple>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

const std::vector<std::string> train_machine{"train",   "--data",     "karate", "--model",   "kernel-machine",
                                             "--quiet", "--stopping", "fixed",  "--threads", "1"};

std::vector<std::string> machine_with(const std::vector<std::string>& more) {
  std::vector<std::string> words = train_machine;
  give(words, more);
  return words;
}

/// The bytes of that tensor.
std::string tensor_in(const fs::path& file, const char* name) {
  const std::string bytes = contents(file);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto place = nlohmann::json::parse(bytes.substr(8, header)).at(name).at("data_offsets");
  const auto begin = place[0].get<std::size_t>(), end = place[1].get<std::size_t>();
  return bytes.substr(8 + header + begin, end - begin);
}

}  // namespace

TEST_CASE("a kernel machine tells its landmarks, resumes to the same bits, predicts without the training data") {
  const TemporaryFolder folder;
  const Outcome whole =
      run(machine_with({"--landmarks", "400", "--steps", "1", "--epochs", "60", "--out", folder.at("whole")}));
  CAPTURE(whole.err);
  REQUIRE(whole.code == 0);
  CHECK(has(whole.err, " landmarks are left: 400 are more than the training nodes, all of which were taken"));
  const auto model = model_in(folder / "whole/model.safetensors");
  const auto options = model["options"].dump();
  CAPTURE(options);
  const std::string trained = json_in(folder / "whole/summary.json").dump();
  CHECK(has(trained, "landmarks are left"));
  CHECK_FALSE(has(options, "\"landmarks\":400"));  // as many as there were
  CHECK(model["buffers"].dump() == "[\"landmarks\",\"inverse_scale\",\"centre\"]");

  REQUIRE(
      run(machine_with({"--landmarks", "400", "--steps", "1", "--epochs", "25", "--out", folder.at("parts")})).code ==
      0);
  const Outcome further = run({"train", "--resume", folder.at("parts"), "--epochs", "60", "--quiet"});
  CAPTURE(further.err);
  REQUIRE(further.code == 0);
  const auto tensors = [](const std::string& file) { return file.substr(file.size() / 2); };  // after the header
  CHECK(tensors(contents(folder / "parts/model.safetensors")) == tensors(contents(folder / "whole/model.safetensors")));

  const Outcome scores = run({"evaluate", "--model", folder.at("whole"), "--data", "karate"});
  CAPTURE(scores.err);
  CHECK(scores.code == 0);
  const Outcome predicted =
      run({"predict", "--model", folder.at("whole"), "--data", "karate", "--out", folder.at("classes.csv")});
  CAPTURE(predicted.err);
  CHECK(predicted.code == 0);
  CHECK(lines_in(folder / "classes.csv") == 35);
}

TEST_CASE("a kernel machine stands beside other models in a comparison; its options are refused by name") {
  const TemporaryFolder folder;
  const Outcome compared = run({"compare", "--data", "karate", "--attention", "kernel-machine:steps=1,mlp", "--seeds",
                                "2", "--epochs", "10", "--out", folder.at("table")});
  CAPTURE(compared.err);
  CHECK(compared.code == 0);
  const std::string results = json_in(folder / "table/results.json").dump();
  CHECK(has(results, "\"weight-decay\":\"0.0005\""));
  CHECK_FALSE(has(results, "\"dropout\":\"0.4\""));  // no option of the machine
  const Outcome asked = run({"compare", "--data", "karate", "--attention", "kernel-machine,mlp", "--grid",
                             "dropout=0.2,0.4", "--epochs", "2", "--out", folder.at("none")});
  CHECK(asked.code == 2);
  CHECK(has(asked.err, "kernel-machine has no option \"dropout\""));
  for (const auto& [option, value, complaint] :
       {std::tuple("--lambda", "-1", "lambda"), std::tuple("--kernel", "polynomial", "kernel"),
        std::tuple("--landmarks", "0", "landmarks"), std::tuple("--hidden", "8", "hidden")}) {
    const Outcome refused = run(machine_with({option, value}));
    CAPTURE(refused.err);
    CHECK(refused.code == 2);
    CHECK(has(refused.err, complaint));
  }
}

TEST_CASE("a kernel machine that begins with another has its landmarks, whatever part trains now") {
  const TemporaryFolder folder;
  REQUIRE(run(machine_with({"--split-random", "per-class:8,4", "--epochs", "5", "--out", folder.at("first")})).code ==
          0);
  const Outcome further = run({"train", "--init", folder.at("first"), "--data", "karate", "--split-random",
                               "per-class:4,4", "--epochs", "0", "--quiet", "--out", folder.at("further")});
  CAPTURE(further.err);
  REQUIRE(further.code == 0);
  for (const char* name : {"landmarks", "inverse_scale", "centre", "coefficients", "bias"})
    CHECK_MESSAGE(
        tensor_in(folder / "first/model.safetensors", name) == tensor_in(folder / "further/model.safetensors", name),
        name);
  CHECK(model_in(folder / "further/model.safetensors")["options"].dump() ==
        model_in(folder / "first/model.safetensors")["options"].dump());
  CHECK(run({"evaluate", "--model", folder.at("further"), "--data", "karate"}).code == 0);
}
