#include <doctest/doctest.h>

#include <sstream>

#include "apps/program.hpp"
#include "apps/series_folder.hpp"
#include "simt/machine/sanitizer.hpp"
#include "support/series.hpp"

using namespace mercer::test;

namespace {

/// Sequences of one dimension that rise by a step for each position; the target is 100 steps.
std::string slopes_text(int count, std::uint64_t seed) {
  std::string text = "@dimensions 1\n@classLabel false\n@targetLabel true\n@data\n";
  mercer::Random random(seed);
  for (int n = 0; n < count; ++n) {
    const double step = random.uniform(-1, 1);
    const int length = 4 + static_cast<int>(random.below(4));
    for (int t = 0; t < length; ++t)
      text += std::to_string(step * t) + (t + 1 < length ? "," : ":");
    text += std::to_string(100 * step) + "\n";
  }
  return text;
}

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
      const Outcome trained =
          folder.train({"--model", model, "--epochs", "2", "--threads", threads, "--quiet", "--overwrite"});
      CAPTURE(trained.err);
      REQUIRE(trained.code == 0);
      const std::string model_file = contents(folder / "run/model.safetensors");
      if (first.empty()) first = model_file;
      CHECK(model_file == first);
    }
  }
}

TEST_CASE("numbers of sequences are learned, measured, predicted in their units, and explained") {
  const TemporaryFolder folder;
  write(folder / "slope_TRAIN.ts", slopes_text(60, 1));
  write(folder / "slope_TEST.ts", slopes_text(30, 2));
  CHECK(has(run({"data", "info", folder.at("slope_TRAIN.ts")}).out, "real numbers"));
  const Outcome trained = run({"train",
                               "--data",
                               folder.at("slope_TRAIN.ts"),
                               "--task",
                               "regression",
                               "--model",
                               "transformer-mikan",
                               "--layers",
                               "1",
                               "--hidden",
                               "4",
                               "--heads",
                               "2",
                               "--frequencies",
                               "8",
                               "--epochs",
                               "30",
                               "--batch",
                               "8",
                               "--warm-up",
                               "20",
                               "--learning-rate",
                               "0.01",
                               "--threads",
                               "1",
                               "--quiet",
                               "--out",
                               folder.at("run")});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  const auto summary = json_in(folder / "run/summary.json");
  CHECK(summary["task"] == "regression");
  CHECK(summary["test_scores"]["r2"]["mean"].get<double>() > 0.7);
  CHECK(summary["test_scores"]["rmse"]["mean"].get<double>() < 30);  // slopes are 100 apart
  CHECK_FALSE(has(contents(folder / "run/report.html"), "nodes"));
  const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--json"});
  CAPTURE(evaluated.err);
  REQUIRE(evaluated.code == 0);
  const auto found = nlohmann::json::parse(evaluated.out);
  CHECK(found["test"]["sequences"] == 30);
  CHECK(found["test"]["rmse"].get<double>() ==
        doctest::Approx(summary["test_scores"]["rmse"]["mean"].get<double>()).epsilon(1e-4));
  REQUIRE(
      run({"predict", "--model", folder.at("run"), "--data", folder.at("slope_TEST.ts"), "--out", folder.at("p.csv")})
          .code == 0);
  CHECK(contents(folder / "p.csv").starts_with("sequence,part,predicted_value,true_value\n0,"));
  CHECK(lines_in(folder / "p.csv") == 31);
  const Outcome explained = run({"explain", folder.at("run"), "--item", "0"});
  CAPTURE(explained.err);
  CHECK(explained.code == 0);
  CHECK(has(explained.out, "sequence 0"));
  // numbers that name classes are numbers where the task says so
  std::string counts;
  for (const char* line : {"1:1\n", "2,2:2\n", "4,4:4\n"})
    for (int copy = 0; copy < 10; ++copy)
      counts += line;
  write(folder / "counts.ts", "@dimensions 1\n@classLabel true 1 2 4\n@data\n" + counts);
  const Outcome counted = run({"train", "--data", folder.at("counts.ts"), "--task", "regression", "--layers", "1",
                               "--hidden", "2", "--heads", "1", "--epochs", "1", "--split-random", "share:0.4,0.3",
                               "--quiet", "--out", folder.at("counts")});
  CAPTURE(counted.err);
  CHECK(counted.code == 0);
  CHECK(json_in(folder / "counts/summary.json")["task"] == "regression");
}

TEST_CASE("a causal Transformer is trained and explained by the pairs that it has, or refused by name") {
  const SeriesFolder folder;
  REQUIRE(folder.train({"--causal", "--epochs", "2", "--quiet"}).code == 0);
  const Outcome explained =
      run({"explain", folder.at("run"), "--item", "0", "--edges", folder.at("pairs.csv"), "--json"});
  CAPTURE(explained.err);
  REQUIRE(explained.code == 0);
  const std::size_t rows = nlohmann::json::parse(explained.out)["positions"].size();
  CHECK(lines_in(folder / "pairs.csv") == 1 + rows * (rows + 1));  // of two heads
  const Outcome refused = folder.train({"--causal", "--model", "transformer-primal"});
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "causal: got true, but transformer-primal has no causal form"));
}

TEST_CASE("what the offset of two positions adds is named among the factors; its search holds the recipe's values") {
  const SeriesFolder folder;
  REQUIRE(folder.train({"--relative", "table", "--longest", "9", "--epochs", "1", "--quiet"}).code == 0);
  CHECK(has(run({"explain", folder.at("run"), "--item", "0"}).out, "× exp(the relative bias of i − j)"));
  const Outcome space = run({"tune", "--data", folder.at("small_TRAIN.ts"), "--model", "transformer", "--show-space"});
  CHECK(has(space.out, "trial 0: the recipe's own settings, "));
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
  const std::string page = contents(folder / "compared/report.html");
  CHECK(has(page, "60 sequences, "));
  CHECK(has(page, "20 test sequences"));
  CHECK(has(page, "entropy over the positions that a position attends to"));
  CHECK_FALSE(has(page, "nodes"));
  CHECK_FALSE(has(page, "edge"));
}

TEST_CASE("explain draws the attention of a sequence by layer and head, as the page on sequences shows it") {
  const SeriesFolder folder;
  REQUIRE(folder.train({"--epochs", "2", "--quiet", "--pooling", "cls"}).code == 0);
  const std::string page = contents(fs::path(MERCER_SOURCE_DIR) / "docs/sequences.md");
  const std::size_t first = page.find("    mercer explain ");
  REQUIRE(first != std::string::npos);
  std::istringstream line(page.substr(first, page.find('\n', first) - first));
  std::vector<std::string> words;
  for (std::string word; line >> word;) {
    if (const std::size_t place = word.find("runs/vowels"); place != std::string::npos)
      word = folder.at("run") + word.substr(place + 11);
    words.push_back(word);
  }
  words.erase(words.begin());
  const Outcome outcome = run(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const char* part : {"transformer on small, sequence 0", " positions: predicted ", ", truth up", "layer",
                           "their product is exp(q·k / sqrt(d))", "rows written to"})
    CHECK(has(outcome.out, part));
  const std::string svg = contents(folder / "run/item0/explain.svg");
  for (const char* part : {"layer 1, head 1", "layer 1, head 2", "<path fill=\"#", ">cls</text>", "A row attends"})
    CHECK(has(svg, part));
  const auto json = json_in(folder / "run/item0/explain.json");
  const std::size_t rows = json["positions"].size();  // and the row of cls
  CHECK(json["sequence"] == 0);
  CHECK(json["truth"] == "up");
  std::istringstream table(contents(folder / "run/item0.csv"));
  std::string row;
  std::getline(table, row);
  CHECK(row == "source,target,layer,head,alpha,similarity,magnitude,loop");
  std::size_t count = 0;
  double alpha = 0;
  for (; std::getline(table, row); ++count) {
    std::istringstream cells(row);
    std::string cell;
    for (int c = 0; c < 5; ++c)
      std::getline(cells, cell, ',');
    alpha += std::stod(cell);
  }
  CHECK(count == rows * rows * 2);
  CHECK(alpha == doctest::Approx(2.0 * static_cast<double>(rows)).epsilon(1e-5));
  CHECK(has(run({"explain", folder.at("run"), "--item", "60"}).err, "--item 60: want 0 … 59, the sequences of small"));
  CHECK(has(run({"explain", folder.at("run"), "--node", "1"}).err, "--item explains one"));
}

TEST_CASE("a sequence too long to explain is refused with the way out, and others have their patches for rows") {
  const SeriesFolder folder;
  std::string longest = "0";
  for (int t = 1; t < 7000; ++t)
    longest += t % 2 == 0 ? ",0" : ",1";
  write(folder / "long.ts", "@dimensions 1\n@classLabel true up down\n@data\n1,2,3:up\n3,2,1,0:down\n1,2,4:up\n" +
                                longest + ":down\n3,1,1:down\n");
  const auto trained = [&](const std::string& patch) {
    return run({"train", "--data", folder.at("long.ts"), "--layers", "1", "--hidden", "2", "--heads", "1", "--epochs",
                "0", "--patch", patch, "--split-random", "share:0.4,0.2", "--quiet", "--fresh", "--out",
                folder.at("run")});
  };
  const Outcome first = trained("1");
  CAPTURE(first.err);
  REQUIRE(first.code == 0);
  const Outcome refused = run({"explain", folder.at("run"), "--item", "3"});
  CAPTURE(refused.err);
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "--item 3: the pairs of its 7,000 rows in 1 heads need 561 MB, want at most 512"));
  CHECK(has(refused.err, "or a model with a larger --patch"));
  REQUIRE(trained("2").code == 0);
  const Outcome small = run({"explain", folder.at("run"), "--item", "1", "--json"});
  CAPTURE(small.err);
  REQUIRE(small.code == 0);
  CHECK(nlohmann::json::parse(small.out)["positions"] == nlohmann::json{"0-1", "2-3"});
}

// The limit of memory would end a sanitizer, which maps terabytes.
TEST_CASE("a comparison leaves out of its pictures the sequences whose pairs would fill the memory" *
          doctest::skip(simt::under_asan)) {
  const SeriesFolder folder;
  std::string longest = "0";
  for (int t = 1; t < 10'000; ++t)
    longest += t % 2 == 0 ? ",0" : ",1";
  std::string text = "@dimensions 1\n@classLabel true up down\n@data\n" + longest + ":up\n";
  for (int n = 0; n < 12; ++n)
    text += n % 2 == 0 ? "1,2,3:up\n" : "3,2,1:down\n";
  write(folder / "long.ts", text);
  const Outcome compared = shell(
      "ulimit -v 1100000; \"$M\" compare --attention transformer:layers=1:hidden=2:heads=1 --data '" +
      folder.at("long.ts") + "' --seeds 1 --grid none --epochs 0 --jobs 1 --quiet --out '" + folder.at("c") + "'");
  CAPTURE(compared.err);
  REQUIRE(compared.code == 0);
  const auto entropy = json_in(folder / "c/results.json")["results"][0]["entropy"];
  CHECK(entropy[0][0][0].get<double>() <= 1.0001);
}

TEST_CASE("options of graphs and of splits that sequences don't take are named as what they are") {
  const SeriesFolder folder;
  CHECK(has(folder.train({"--device", "cpu,cpu"}).err, "--device: got 2 for a set of sequences, want one"));
  CHECK(has(folder.train({"--split-random", "share:0.6,0.2", "--validation-share", "0.2"}).err,
            "--validation-share: split-random is set too, which draws a validation part itself"));
  REQUIRE(folder.train({"--epochs", "2", "--quiet", "--validation-share", "0.5"}).code == 0);
  CHECK(run({"evaluate", "--model", folder.at("run"), "--split", "0"}).out ==
        run({"evaluate", "--model", folder.at("run")}).out);
  REQUIRE(folder.train({"--epochs", "2", "--quiet", "--split-seed", "5"}).code == 0);
  const Outcome first = run({"evaluate", "--model", folder.at("run"), "--split", "0"});
  CHECK(first.err.empty());
  CHECK(first.out == run({"evaluate", "--model", folder.at("run")}).out);
  const Outcome whole = run({"evaluate", "--model", folder.at("run"), "--validation-share", "0"});
  CAPTURE(whole.err);
  CHECK(has(whole.out, "validation         0 sequences"));
  CHECK(has(run({"evaluate", "--model", folder.at("run"), "--validation-share", "0", "--split-seed", "6"}).err,
            "--split-seed: small: nothing is drawn"));
  CHECK(has(folder.train({"--device", "cpu,cpu", "--model", "gat"}).err, "transformer-gat for the same attention"));
}

TEST_CASE("the same sequences in one file keep their parts, and others of the same classes are others") {
  const SeriesFolder folder;
  REQUIRE(folder.train({"--epochs", "2", "--quiet", "--validation-share", "0"}).code == 0);
  const auto evaluated = [&](const std::string& name) {
    return run({"evaluate", "--model", folder.at("run"), "--data", folder.at(name)});
  };
  const std::string test = contents(folder / "small_TEST.ts");
  write(folder / "all.ts", contents(folder / "small_TRAIN.ts") + test.substr(test.find("@data\n") + 6));
  const Outcome all = evaluated("all.ts");
  CAPTURE(all.out + all.err);
  CHECK(has(all.out, "training          40 sequences"));
  CHECK(has(all.out, "validation         0 sequences"));
  CHECK(has(all.out, "test              20 sequences"));
  REQUIRE(folder.train({"--epochs", "1", "--quiet", "--overwrite"}).code == 0);
  std::string turned = contents(folder / "small_TRAIN.ts");
  for (std::size_t at = turned.find(":up\n"), n = 0; at != std::string::npos && n < 9; at = turned.find(":up\n"), ++n)
    turned.replace(at, 4, ":down\n");
  write(folder / "small_TRAIN.ts", turned);
  const Outcome changed = run({"evaluate", "--model", folder.at("run"), "--split", "0"});
  CAPTURE(changed.out + changed.err);
  CHECK(has(changed.err, "so whether they are the same ones is not known"));
  write(folder / "new.ts", series_text(60, 9));
  CHECK(has(evaluated("new.ts").out, "test              60 sequences"));
}

TEST_CASE("data info describes sequences as the task that its note names reads them") {
  const TemporaryFolder folder;
  write(folder / "c.ts", "@classLabel true 1 2 3\n@data\n1,2:1\n2,3:2\n3,4:3\n4,5:2\n");
  const Outcome numbers = run({"data", "info", folder.at("c.ts"), "--task", "regression"});
  CAPTURE(numbers.err);
  CHECK(numbers.code == 0);
  CHECK(has(numbers.out, "targets     1"));
}

TEST_CASE("a model beyond the memory is refused with the options that made it large" *
          doctest::skip(simt::under_asan)) {
  const SeriesFolder folder;
  const Outcome large = shell("ulimit -v 4000000; \"$M\" train --data '" + folder.at("small_TRAIN.ts") +
                              "' --patch 1000000 --hidden 64 --epochs 1 --threads 1");
  CHECK(large.code == 2);
  CHECK(has(large.err, "in patches of 1000000 positions"));
  CHECK(has(large.err, "want smaller --patch, --hidden"));
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
  refused(folder.train({"--loops"}), "--loops: small is a set of sequences");
  refused(folder.train({"--output-heads", "2"}), "transformer has no option \"output-heads\"");
  refused(folder.train({"--model", "transformer-mlp"}), "unknown model \"transformer-mlp\"");
  refused(run({"train", "--data", "karate", "--model", "transformer"}), "karate is a graph");
  refused(run({"train", "--data", "karate", "--batch", "3"}), "always one batch");
  refused(run({"partition", folder.at("small_TRAIN.ts"), "--parts", "2"}), "got a set of sequences, want a graph");
  refused(run({"data", "convert", folder.at("small_TRAIN.ts"), "--out", folder.at("c.npz")}), "want a graph");
  REQUIRE(folder.train({"--epochs", "1", "--quiet"}).code == 0);
  refused(run({"explain", folder.at("run")}), "--item: got nothing, want one of the sequences 0 … 59 of small");
  write(folder / "bad.ts", "@classLabel true up down\n@data\n1,2:3:up\n");
  refused(run({"predict", "--model", folder.at("run"), "--data", folder.at("bad.ts"), "--out", folder.at("p.csv")}),
          "bad.ts: line 3: dimension 2 has 1 values, dimension 1 has 2");
}
