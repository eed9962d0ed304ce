#include <doctest/doctest.h>

#include <sstream>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

/// A ring of 60 nodes whose features say the labels.
void write_ring(const fs::path& folder, const std::string& labels) {
  fs::create_directories(folder);
  std::ostringstream edges, features;
  for (int i = 0; i < 60; ++i) {
    edges << i << ' ' << (i + 1) % 60 << '\n';
    features << (i % 3 == 0) << ',' << (i % 5) / 4.0 << ",1\n";
  }
  write(folder / "edges.txt", edges.str());
  write(folder / "features.csv", features.str());
  write(folder / "labels.csv", labels);
}

std::string several_labels() {
  std::ostringstream text;
  text << "red,large\n";
  for (int i = 0; i < 60; ++i)
    text << (i % 3 == 0) << ',' << (i % 5 > 2) << '\n';
  return text.str();
}

std::string prices() {
  std::ostringstream text;
  text << "price\n";
  for (int i = 0; i < 60; ++i)
    text << 1000 + 100 * (i % 3 == 0) + 250.5 * (i % 5) << '\n';
  return text.str();
}

std::vector<std::string> training(const std::string& data, const std::string& out, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"train", "--data",          data,    "--model",        "mlp", "--epochs",
                                 "150",   "--learning-rate", "0.05",  "--weight-decay", "0",   "--dropout",
                                 "0",     "--stopping",      "fixed", "--out",          out};
  give(words, more);
  return words;
}

}  // namespace

TEST_CASE("several labels of a node are learned, measured and predicted") {
  const TemporaryFolder folder;
  write_ring(folder / "ring", several_labels());
  CHECK(has(run({"data", "info", folder.at("ring")}).out, "labels      2, 0 nodes without a label"));
  const Outcome trained = run(training(folder.at("ring"), folder.at("run"), {"--seeds", "2"}));
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out, "test micro-f1"));
  CHECK(has(trained.out, "the task is multi-label"));
  CHECK_FALSE(has(trained.out, "test macro-F1"));
  const auto summary = json_in(folder / "run/summary.json");
  CHECK(summary["task"] == "multi-label");
  CHECK(summary["metric"] == "micro-f1");
  CHECK(summary["test_scores"]["micro-f1"]["mean"].get<double>() > 0.9);
  CHECK(has(contents(folder / "run/report.html"), "test micro-f1"));
  const std::string measured = run({"evaluate", "--model", folder.at("run")}).out;
  CHECK(has(measured, "macro-f1"));
  CHECK(has(measured, "loss 0."));
  CHECK(has(run({"evaluate", "--model", folder.at("run"), "--task", "classes"}).err,
            "--task: got classes, the model learned multi-label"));
  CHECK(
      has(run({"evaluate", "--model", folder.at("run"), "--task", "regression"}).err, "the model learned multi-label"));
  REQUIRE(run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv")}).code == 0);
  CHECK(contents(folder / "p.csv").starts_with("node,part,p_red,true_red,p_large,true_large\n0,"));
}

TEST_CASE("real numbers are learned, measured and predicted in their units") {
  const TemporaryFolder folder;
  write_ring(folder / "ring", prices());
  const Outcome trained = run(training(folder.at("ring"), folder.at("run")));
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out, "test r2"));
  CHECK(has(trained.out, "test rmse"));
  const auto summary = json_in(folder / "run/summary.json");
  CHECK(summary["task"] == "regression");
  CHECK(summary["test_scores"]["r2"]["mean"].get<double>() > 0.9);
  const Outcome measured = run({"evaluate", "--model", folder.at("run"), "--json"});
  const auto json = nlohmann::json::parse(measured.out);
  CHECK(json["test"]["r2"].get<double>() == doctest::Approx(summary["test_scores"]["r2"]["mean"].get<double>()));
  CHECK(json["test"]["loss"].get<double>() ==
        doctest::Approx(summary["runs"][0]["test_loss"].get<double>()).epsilon(1e-5));
  CHECK(json["test"]["rmse"].get<double>() == doctest::Approx(summary["test_scores"]["rmse"]["mean"].get<double>()));
  for (const char* name : {"test_accuracy", "validation_accuracy", "train_accuracy", "test_macro_f1"}) {
    CHECK_FALSE(summary.contains(name));
    CHECK_FALSE(summary["runs"][0].contains(name));
  }
  REQUIRE(run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv")}).code == 0);
  std::istringstream csv(contents(folder / "p.csv"));
  std::string line;
  std::getline(csv, line);
  CHECK(line == "node,part,predicted_price,true_price");
  std::getline(csv, line);
  CHECK(std::stod(line.substr(line.find(',', 2) + 1)) == doctest::Approx(1100).epsilon(0.2));
  CHECK(run({"train", "--resume", folder.at("run"), "--epochs", "160", "--quiet"}).code == 0);
}

TEST_CASE("a task that labels, metric or command don't fit is refused") {
  const TemporaryFolder folder;
  write_ring(folder / "several", several_labels());
  write_ring(folder / "real", prices());
  const auto refused = [&](std::vector<std::string> words, const char* why) {
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, why));
  };
  const std::string several = folder.at("several"), real = folder.at("real"), out = folder.at("none");
  refused(training(several, out, {"--task", "classes"}), "labels.csv: node 1: got 0 labels of 1 in a row, want one");
  refused(training(real, out, {"--task", "multi-label"}), "labels are real numbers in real; want regression");
  refused(training(real, out, {"--metric", "accuracy"}), "accuracy is none of real numbers, which have r2");
  refused(training(several, out, {"--metric", "r2"}), "r2 is none of several labels");
  refused(training("karate", out, {"--metric", "r2"}), "r2 is of real numbers");
  refused(training(real, out, {"--class-weight", "balanced"}), "belongs to classes");
  refused(training("karate", out, {"--task", "regression"}), "want numbers");
  for (const std::string metric : {"roc-auc", "average-precision"})
    refused(training("planted", out, {"--metric", metric}),
            ("--metric: " + metric + " is of two classes, and planted has 7: want --metric accuracy or macro-f1\n")
                .c_str());
  write_ring(folder / "one", prices());
  std::string split = "train\n";
  for (int i = 1; i < 60; ++i)
    split += i == 1 ? "val\n" : i < 40 ? "train\n" : "test\n";
  write(folder / "one/split.csv", split);
  refused(training(folder.at("one"), out),
          "all the same in the validation part of 1 nodes: want a split with larger parts, as split-random share");
  refused({"compare", "--data", real, "--attention", "gat", "--out", out}, "mercer compare compares no others");
}

TEST_CASE("the task decides how labels are read that may be numbers or labels") {
  const TemporaryFolder folder;
  std::ostringstream either, whole, hot;
  either << "id;y\n";
  hot << "a,b,c\n";
  for (int i = 0; i < 60; ++i) {
    either << i << ';' << i % 3 << ',' << i % 5 + 1 << '\n';
    whole << (i % 4) - 1 << '\n';
    hot << (i % 4 == 0) << ',' << (i % 4 == 1) << ',' << (i % 4 == 2) << '\n';
  }
  write_ring(folder / "either", either.str());
  write_ring(folder / "whole", whole.str());
  write_ring(folder / "hot", hot.str());
  const auto note_of = [&](const char* set, const char* task) {
    const Outcome outcome = run({"train", "--data", folder.at(set), "--model", "mlp", "--epochs", "2", "--task", task});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    return outcome.out;
  };
  const Outcome none = run({"train", "--data", folder.at("either"), "--model", "mlp"});
  CHECK(none.code == 2);
  CHECK(has(none.err, "line 2: got '0,1', which may be a number with a decimal comma or two labels: want --task"));
  CHECK(has(note_of("either", "regression"), "labels.csv: numbers have decimal commas; 0,5 is read as 0.5"));
  CHECK_FALSE(has(note_of("either", "regression"), "which may be a number"));
  CHECK(has(note_of("either", "multi-label"), "test micro-f1"));
  CHECK_FALSE(has(note_of("either", "multi-label"), "decimal comma"));
  CHECK(has(note_of("whole", "regression"), "-1 is a number among real numbers; 15 nodes have it"));
  CHECK_FALSE(has(note_of("whole", "regression"), "nodes have no label"));
  CHECK(has(note_of("whole", "classes"), "is taken as no label (15 nodes)"));
  CHECK_FALSE(has(note_of("hot", "multi-label"), "nodes have no label"));
  const std::string precise =
      run({"train", "--data", "karate", "--model", "mlp", "--epochs", "2", "--metric", "average-precision"}).out;
  CHECK(has(precise, "test average-precision "));
  CHECK(has(precise, "average precision is that of the class '"));  // the other one's is another
}

TEST_CASE("whole numbers that are many classes are noted, with the way to numbers") {
  const TemporaryFolder folder;
  std::ostringstream prices;
  prices << "price\n";
  for (int i = 0; i < 60; ++i)
    prices << 100 + 7 * (i % 30) << '\n';
  write_ring(folder / "houses", prices.str());
  const char* note = "labels are 30 different whole numbers, and each is a class of its own; --task regression learns";
  const auto notes = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data", folder.at("houses"), "--model", "mlp", "--epochs", "1"};
    give(words, more);
    return run(words).out;
  };
  CHECK(has(notes({"--split-random", "share:0.5,0.2"}), note));
  CHECK_FALSE(has(notes({"--split-random", "share:0.5,0.2", "--task", "classes"}), note));
  CHECK_FALSE(has(notes({"--task", "regression"}), note));
}

TEST_CASE("the positive class of two is the user's choice, and stays with the model") {
  const TemporaryFolder folder;
  std::ostringstream sick;
  sick << "state\n";
  for (int i = 0; i < 60; ++i)
    sick << (i % 4 == 0 ? "sick" : "well") << '\n';
  write_ring(folder / "ring", sick.str());
  const auto trained = [&](const std::string& positive, const std::string& out) {
    std::vector<std::string> words{"train",
                                   "--data",
                                   folder.at("ring"),
                                   "--model",
                                   "mlp",
                                   "--epochs",
                                   "5",
                                   "--metric",
                                   "average-precision",
                                   "--quiet",
                                   "--out",
                                   folder.at(out),
                                   "--split-random",
                                   "share:0.4,0.3"};
    if (!positive.empty()) give(words, {"--positive", positive});
    return run(words);
  };
  REQUIRE(trained("", "second").code == 0);
  REQUIRE(trained("sick", "first").code == 0);
  const auto scores = [&](const char* out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"evaluate", folder.at(out), "--json"};
    give(words, more);
    return nlohmann::json::parse(run(words).out);
  };
  CHECK(scores("second")["positive"] == "well");
  CHECK(scores("first")["positive"] == "sick");
  CHECK(scores("first")["test"]["average_precision"] < scores("second")["test"]["average_precision"]);
  const auto other = scores("second", {"--positive", "sick"})["test"], own = scores("second")["test"];
  CHECK(other["average_precision"] < own["average_precision"]);
  CHECK(other["accuracy"] == own["accuracy"]);
  CHECK(has(run({"evaluate", folder.at("first")}).out,
            "\naverage precision is that of the class 'sick'; --positive 'well' takes the other\n"));
  CHECK(has(trained("ill", "none").err, "--positive: ring has no class 'ill'"));
  CHECK(has(run({"train", "--data", "planted", "--positive", "0"}).err,
            "--positive: is one of two classes, and planted"));
  CHECK(has(run({"explain", folder.at("first"), "--positive", "sick"}).err, "--positive: no effect here"));
  CHECK(!has(run({"explain", "--help"}).out, "--positive"));
  CHECK(has(run({"evaluate", "--help"}).out, "--positive"));
}

TEST_CASE("rows with a single 1 are classes where these are asked for") {
  const TemporaryFolder folder;
  std::ostringstream hot;
  hot << "# task: multi-label\nred,blue\n";
  for (int i = 0; i < 60; ++i)
    hot << (i % 3 == 0) << ',' << (i % 3 != 0) << '\n';
  write_ring(folder / "ring", hot.str());
  const Outcome trained = run(training(folder.at("ring"), folder.at("run"), {"--task", "classes"}));
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out, "labels are rows with a single 1: its column is the class"));
  CHECK(has(trained.out, "test accuracy"));
  write_ring(folder / "both", several_labels());
  const Outcome refused = run(training(folder.at("both"), folder.at("no"), {"--task", "classes"}));
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "labels.csv: node 1: got 0 labels of 1 in a row, want one for --task classes"));
}
