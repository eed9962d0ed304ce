#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

/// The bytes of the tensors in a model.safetensors.
std::string tensors_of(const fs::path& folder) {
  const std::string bytes = contents(folder / "model.safetensors");
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  return bytes.substr(8 + header);
}

}  // namespace

TEST_CASE("a training begins with the parameters of a model, its options and data; no epoch leaves them") {
  const TemporaryFolder folder;
  const std::string first = folder.at("first"), same = folder.at("same");
  REQUIRE(run({"train", "--data", "karate", "--model", "rbf", "--p", "1.5", "--hidden", "4", "--epochs", "20",
               "--no-loops", "--split-random", "share:0.3,0.3", "--seed", "4", "--quiet", "--out", first})
              .code == 0);
  const Outcome none = run({"train", "--init", first, "--epochs", "0", "--quiet", "--out", same});
  CAPTURE(none.err);
  REQUIRE(none.code == 0);
  CHECK(tensors_of(folder / "first") == tensors_of(folder / "same"));
  const auto before = json_in(folder / "first/summary.json"), after = json_in(folder / "same/summary.json");
  CHECK(after["test_accuracy"]["values"] == before["test_accuracy"]["values"]);  // the split is the same, too
  CHECK(after["settings"]["p"] == "1.5");
  CHECK(after["settings"]["init"] == first);
  CHECK(after["data"]["preparation"]["loops"] == "false");

  const Outcome tuned = run({"train", "--init", first, "--epochs", "5", "--dropout", "0.1", "--threads", "1", "--quiet",
                             "--out", folder.at("tuned")});
  CHECK(tuned.code == 0);
  CHECK(json_in(folder / "tuned/summary.json")["settings"]["attention-dropout"] == "0.1");
  CHECK(tensors_of(folder / "first") != tensors_of(folder / "tuned"));
  REQUIRE(run({"train", "--resume", folder.at("tuned"), "--epochs", "9", "--quiet"}).code == 0);
  CHECK(run({"evaluate", "--model", folder.at("tuned")}).code == 0);
  fs::rename(folder / "first", folder / "moved");
  CHECK(has(run({"train", "--resume", folder.at("tuned"), "--epochs", "11"}).err,
            "first/model.safetensors: no such file; the run began with this model, and wants it there to go on"));
}

TEST_CASE("what a further training of another seed scores never trained it") {
  const TemporaryFolder folder;
  REQUIRE(run({"train", "--data", "karate", "--split-random", "share:0.5,0.2", "--epochs", "2", "--quiet", "--out",
               folder.at("first")})
              .code == 0);
  REQUIRE(run({"train", "--init", folder.at("first"), "--seed", "7", "--epochs", "2", "--quiet", "--out",
               folder.at("second")})
              .code == 0);
  const auto evaluated = [&](const std::string& name) { return run({"evaluate", "--model", folder.at(name)}); };
  CHECK(evaluated("second").err.empty());
  CHECK(has(evaluated("second").out, "random split share:0.5,0.2 of seed 0"));

  const auto begun = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--init", folder.at("first"), "--epochs", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words).out;
  };
  CHECK(!has(begun({}), "were among the training"));
  const std::string other = begun({"--split-random", "share:0.3,0.2", "--seed", "5"});
  CHECK(has(other, "nodes were among the training nodes of the model that --init names: scores are too high"));
}

TEST_CASE("a model that doesn't fit is no beginning") {
  const TemporaryFolder folder;
  REQUIRE(run({"train", "--data", "karate", "--epochs", "2", "--quiet", "--out", folder.at("first")}).code == 0);
  const auto refused = [&](std::vector<std::string> words, const char* why) {
    words.insert(words.begin(), {"train", "--init", folder.at("first"), "--epochs", "2"});
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, why));
  };
  refused({"--model", "gcn"}, "got gcn, want gat, the model to begin with");
  refused({"--hidden", "5"}, "the model to begin with");
  refused({"--data", "planted"}, "the model wants 34");
  CHECK(has(run({"train", "--init", folder.at("none")}).err, "none/model.safetensors"));
  for (const char* option : {"--init", "--resume"})
    for (const auto& [file, why] :
         {std::pair{"tune.json", "holds a search, which keeps no model; mercer train --config "},
          {"compare.json", "holds a comparison, which keeps no model; its report.html has"}}) {
      const std::string many = folder.at(std::string("many-") + file);
      fs::create_directory(many);
      write(fs::path(many) / file, "{}");
      const Outcome outcome = run({"train", option, many});
      CHECK(outcome.code == 2);
      CHECK(has(outcome.err, std::string(option) + " " + many + ": " + why));
      fs::remove_all(many);
    }
}
