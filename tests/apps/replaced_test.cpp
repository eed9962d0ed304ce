#include <doctest/doctest.h>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& more) {
  give(words, more);
  return words;
}

std::vector<std::string> few_epochs(const std::vector<std::string>& more) {
  return joined({"train", "--data", "karate", "--threads", "1", "--stopping", "fixed", "--epochs", "4", "--hidden", "4",
                 "--quiet"},
                more);
}

}  // namespace

TEST_CASE("a finished run is not replaced by another one without --overwrite; the same one may be trained again") {
  const TemporaryFolder folder;
  const auto trained = [&](const std::vector<std::string>& more) {
    return run(few_epochs(joined(std::vector<std::string>{"--out", folder.at("o")}, more)));
  };
  REQUIRE(trained({}).code == 0);
  const std::string model = contents(folder / "o/model.safetensors");
  for (const char* place : {MERCER_SOURCE_DIR "/datasets/karate", "karate"}) {
    const Outcome again = trained({"--data", place, "--threads", "2"});
    CAPTURE(again.err);
    CHECK(again.code == 0);
    CHECK(has(again.err, "holds this very run, finished; it is trained again"));
  }
  CHECK(contents(folder / "o/model.safetensors") == model);

  const auto refused = [&](const std::vector<std::string>& more, const std::string& why) {
    const Outcome outcome = trained(more);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, "holds another run, which is finished (" + why));
    CHECK(has(outcome.err, "another folder, or --overwrite to replace it"));
    CHECK(contents(folder / "o/model.safetensors") == model);
  };
  refused({"--hidden", "5"}, "hidden: was 4, is 5); want another");
  refused({"--epochs", "7"}, "epochs: was 4, is 7); want mercer train --resume " + folder.at("o") + " to train");
  refused({"--seeds", "2"}, "seeds: was 1, is 2)");
  refused({"--split-random", "share:0.3,0.3"}, "split: was ");
  refused({"--no-loops"}, "loops: was ");
  refused({"--data", "planted"}, "classes: was 2, is 7; the data differ in the number of nodes");

  // of a summary alone, and of a model alone, as a kill leaves it
  fs::create_directory(folder / "s");
  REQUIRE(run(few_epochs({"--summary", folder.at("s/summary.json")})).code == 0);
  CHECK(run(few_epochs({"--hidden", "5", "--out", folder.at("s")})).code == 2);
  CHECK(run(few_epochs({"--out", folder.at("s")})).code == 0);
  fs::remove(folder / "s/summary.json");
  CHECK(run(few_epochs({"--hidden", "5", "--out", folder.at("s")})).code == 2);
  CHECK(run(few_epochs({"--out", folder.at("s")})).code == 0);

  const Outcome replaced = trained({"--hidden", "5", "--overwrite"});
  CHECK(replaced.code == 0);
  CHECK(replaced.err.empty());
  CHECK(contents(folder / "o/model.safetensors") != model);
}

TEST_CASE("the summary may be asked for in a folder that the run makes, under whatever name") {
  const TemporaryFolder folder;
  const std::string d = folder.at("d");

  for (const char* name : {"/summary.json", "/own.json"})
    for (int time = 0; time < 2; ++time) {
      const Outcome outcome = run(few_epochs({"--out", d, "--summary", d + name}));
      CAPTURE(outcome.err);
      CHECK(outcome.code == 0);
      CHECK(json_in(d + name)["model"] == "gat");
    }
  CHECK(run(few_epochs({"--out", folder.at("e"), "--summary", folder.at("e/own.json")})).code == 0);
}
