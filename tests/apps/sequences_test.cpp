#include <doctest/doctest.h>

#include "apps/program.hpp"
#include "support/series.hpp"

using namespace mercer::test;

namespace {

/// The files of a small set of sequences, and a quick training on them.
struct SeriesFolder : TemporaryFolder {
  SeriesFolder() {
    write(*this / "small_TRAIN.ts", series_text(40, 1));
    write(*this / "small_TEST.ts", series_text(20, 2));
  }
  Outcome train(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"train",     "--data",   at("small_TRAIN.ts"),
                                   "--threads", "1",        "--layers",
                                   "1",         "--hidden", "4",
                                   "--heads",   "2",        "--epochs",
                                   "12",        "--batch",  "8",
                                   "--warm-up", "20",       "--learning-rate",
                                   "0.01",      "--out",    at("run")};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
};

}  // namespace

TEST_CASE("sequences from start to end: info, train, evaluate, predict") {
  const SeriesFolder folder;
  const Outcome info = run({"data", "info", folder.at("small_TRAIN.ts")});
  CHECK(has(info.out, "sequences   60, of 4 to 9 positions"));
  CHECK(has(info.out, "40 training, 0 validation, 20 test"));

  const Outcome trained = folder.train({"--seed", "1"});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out, "32 training, 8 validation, 20 test sequences"));
  const auto summary = json_in(folder / "run/summary.json");
  CHECK(summary["model"] == "transformer");
  CHECK(summary["data"]["sequences"] == 60);
  CHECK(summary["data"]["test_sequences"] == 20);
  CHECK_FALSE(summary["data"].contains("edge_slots"));
  CHECK(summary["settings"]["schedule"] == "inverse-sqrt");
  CHECK(has(contents(folder / "run/report.html"), "Classes, on the test sequences"));
  CHECK(lines_in(folder / "run/log.jsonl") == 14);

  const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--json"});
  CAPTURE(evaluated.err);
  REQUIRE(evaluated.code == 0);
  const auto found = nlohmann::json::parse(evaluated.out);
  CHECK(found["test"]["sequences"] == 20);
  CHECK(found["test"]["accuracy"].get<double>() == doctest::Approx(summary["test_accuracy"]["mean"].get<double>()));
  CHECK(found["validation"]["sequences"] == 8);

  const Outcome predicted = run({"predict", "--model", folder.at("run"), "--data", folder.at("small_TEST.ts"), "--out",
                                 folder.at("p.csv"), "--embeddings", folder.at("e.csv")});
  CAPTURE(predicted.err);
  REQUIRE(predicted.code == 0);
  CHECK(has(predicted.out, "20 sequences written"));
  CHECK(contents(folder / "p.csv").starts_with("sequence,class,probability,true_class,part,p_up,p_down\n0,"));
  CHECK(lines_in(folder / "p.csv") == 21);
  CHECK(contents(folder / "e.csv").starts_with("sequence,hidden_1,"));
}

TEST_CASE("the same model on any number of threads, with any attention") {
  const SeriesFolder folder;
  for (const char* model : {"transformer", "transformer-rbf"}) {
    std::string first;
    for (const char* threads : {"1", "2"}) {
      const Outcome trained = folder.train({"--model", model, "--epochs", "2", "--threads", threads, "--quiet"});
      CAPTURE(trained.err);
      REQUIRE(trained.code == 0);
      const std::string model_file = contents(folder / "run/model.safetensors");
      if (first.empty()) first = model_file;
      CHECK(model_file == first);
    }
  }
}

TEST_CASE("attentions are compared on sequences") {
  const SeriesFolder folder;
  const Outcome compared = run({"compare", "--attention",
                                "transformer:layers=1:hidden=4:heads=2,transformer-rbf:layers=1:hidden=4:heads=2:p=2,"
                                "transformer:layers=1:patch=2,transformer:layers=1:pooling=cls",
                                "--data", folder.at("small_TRAIN.ts"), "--seeds", "2", "--grid", "none", "--epochs",
                                "3", "--jobs", "1", "--quiet", "--out", folder.at("compared")});
  CAPTURE(compared.err);
  CHECK(compared.code == 0);
  // the budget is that of a Transformer
  CHECK(has(contents(folder / "compared/results.json"), "--optimizer adamw"));
}

TEST_CASE("what is not for sequences is refused by name, with the way out") {
  const SeriesFolder folder;
  const auto refused = [](const Outcome& outcome, const char* why) {
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, why));
  };
  refused(folder.train({"--model", "gat"}), "want transformer, or transformer-gat for the same attention");
  CHECK(run({"train", "--data", "karate", "--epochs", "2", "--quiet", "--out", folder.at("graph")}).code == 0);
  refused(run({"evaluate", "--model", folder.at("graph"), "--data", folder.at("small_TRAIN.ts")}),
          "want transformer, or transformer-gat for the same attention");
  refused(folder.train({"--loops"}), "[loops] small is a set of sequences");
  refused(folder.train({"--output-heads", "2"}), "transformer has no option \"output-heads\"");
  refused(folder.train({"--model", "transformer-mlp"}), "unknown model \"transformer-mlp\"");
  refused(run({"train", "--data", "karate", "--model", "transformer"}), "karate is a graph");
  refused(run({"train", "--data", "karate", "--batch", "3"}), "always one batch");
  refused(run({"partition", folder.at("small_TRAIN.ts"), "--parts", "2"}), "got a set of sequences, want a graph");
  refused(run({"data", "convert", folder.at("small_TRAIN.ts"), "--out", folder.at("c.npz")}), "want a graph");
  REQUIRE(folder.train({"--epochs", "1", "--quiet"}).code == 0);
  refused(run({"explain", folder.at("run")}), "explain looks at models of graphs only");
  write(folder / "bad.ts", "@classLabel true up down\n@data\n1,2:3:up\n");
  refused(run({"predict", "--model", folder.at("run"), "--data", folder.at("bad.ts"), "--out", folder.at("p.csv")}),
          "bad.ts: line 3: dimension 2 has 1 values, dimension 1 has 2");
}
