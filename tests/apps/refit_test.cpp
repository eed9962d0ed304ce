#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "apps/series_folder.hpp"

using namespace mercer::test;

TEST_CASE("refit: after the epoch was chosen, the whole training file trains for as many epochs") {
  const SeriesFolder folder;
  const Outcome chosen = folder.train({"--refit"});
  CAPTURE(chosen.err);
  REQUIRE(chosen.code == 0);
  const auto summary = json_in(folder / "run/summary.json");
  const auto run_of_it = summary["runs"][0];
  const int epochs = run_of_it["best_epoch"].get<int>();
  CHECK(run_of_it["refit_epochs"] == epochs);
  CHECK(run_of_it["epochs"] == 12);
  CHECK(summary["settings"]["refit"] == "true");
  CHECK(has(chosen.out, "refit: the model, scored on the test, trained anew for " + std::to_string(epochs) +
                            " epochs on the 32 training and 8 validation sequences together"));
  CHECK(has(contents(folder / "run/report.html"), "refit: the model"));
  CHECK_FALSE(has(chosen.err, "no validation"));

  const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--json"});
  CAPTURE(evaluated.err);
  REQUIRE(evaluated.code == 0);
  const auto found = nlohmann::json::parse(evaluated.out);
  CHECK(found["train"]["sequences"] == 40);
  CHECK(found["test"]["accuracy"].get<double>() == doctest::Approx(summary["test_accuracy"]["mean"].get<double>()));

  const std::string model = contents(folder / "run/model.safetensors"), all = std::to_string(epochs);
  const Outcome whole =
      folder.train({"--validation-share", "0", "--stopping", "fixed", "--epochs", all, "--overwrite"});
  CAPTURE(whole.err);
  REQUIRE(whole.code == 0);
  const auto alone = json_in(folder / "run/summary.json");
  CHECK(alone["test_metric"]["mean"] == summary["test_metric"]["mean"]);
  CHECK(alone["runs"][0]["test_loss"] == run_of_it["test_loss"]);

  const Outcome further = folder.train({"--refit", "--overwrite"});
  REQUIRE(further.code == 0);
  CHECK(contents(folder / "run/model.safetensors") == model);
  const Outcome refused = run({"train", "--resume", folder.at("run"), "--epochs", "24"});
  CHECK(refused.code != 0);
  CHECK(has(refused.err, "can't be trained further"));
}

TEST_CASE("a refit that is stopped and resumed ends with the same bits") {
  const SeriesFolder folder;
  const std::vector<std::string> longer{"--refit", "--epochs", "300", "--patience", "300"};
  REQUIRE(folder.train(longer).code == 0);
  const std::string model = contents(folder / "run/model.safetensors");
  const auto summary = json_in(folder / "run/summary.json")["runs"];
  const auto refit = summary[0]["refit_epochs"].get<std::size_t>();
  for (const std::size_t lines : {std::size_t{100}, 301 + refit / 2}) {
    fs::remove_all(folder / "run");
    Program program = folder.started(longer);
    while (lines_in(folder / "run/log.jsonl.partial") < lines && program.running())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    program.send(SIGINT);
    const Outcome stopped = program.wait();
    CAPTURE(stopped.err);
    if (stopped.code == 0) continue;  // it was faster
    CHECK(has(stopped.err, lines == 100 ? "of seed 0" : "of the refit of seed 0"));
    const Outcome resumed = run({"train", "--resume", folder.at("run"), "--threads", "1"});
    CAPTURE(resumed.err);
    REQUIRE(resumed.code == 0);
    CHECK(contents(folder / "run/model.safetensors") == model);
    CHECK(json_in(folder / "run/summary.json")["runs"] == summary);
  }
}

TEST_CASE("a comparison refits its runs with the chosen settings, not its searches") {
  const SeriesFolder folder;
  const Outcome compared = run({"compare", "--attention", "transformer:layers=1:hidden=4:heads=2", "--data",
                                folder.at("small_TRAIN.ts"), "--seeds", "2", "--grid", "learning-rate=0.005,0.01",
                                "--epochs", "3", "--refit", "--jobs", "1", "--quiet", "--out", folder.at("compared")});
  CAPTURE(compared.err);
  REQUIRE(compared.code == 0);
  int refits = 0, others = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder / "compared"))
    if (file.path().extension() == ".json" && has(contents(file.path()), "\"best_epoch\""))
      ++(has(contents(file.path()), "\"refit_epochs\"") ? refits : others);
  CHECK(refits == 2);
  CHECK(others > 0);
}

TEST_CASE("refit is refused where nothing chooses an epoch, and of graphs") {
  const SeriesFolder folder;
  const auto refused = [&](const std::vector<std::string>& words, const char* why) {
    const Outcome outcome = folder.train(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code != 0);
    CHECK(has(outcome.err, why));
  };
  refused({"--refit", "--stopping", "fixed"}, "no epoch is chosen with stopping fixed");
  refused({"--refit", "--validation-share", "0"}, "no sequences of small validate");
  refused({"--refit", "--epochs", "0"}, "got 0 epochs");
  const Outcome graph = run({"train", "--data", "karate", "--refit"});
  CHECK(graph.code != 0);
  CHECK(has(graph.err, "is of sequences, bags and texts, and karate is a graph"));
}
