#include <doctest/doctest.h>

#include "apps/program.hpp"

using namespace mercer::test;

TEST_CASE("the karate club from start to end") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"train", "--data", "karate", "--threads", "1", "--epochs", "200", "--seed", "1",
                               "--seeds", "3", "--out", folder.at("run"), "--summary", folder.at("summary.json")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.out.starts_with("test accuracy"));
  CHECK(has(outcome.out, "mercer train --data karate"));
  CHECK(outcome.err.empty());  // no progress line without a terminal

  const auto summary = json_in(folder / "summary.json");
  CHECK(contents(folder / "summary.json") == contents(folder / "run/summary.json"));
  CHECK(summary["version"] == MERCER_PROGRAM_VERSION);
  CHECK(has(summary["command"], "--data karate"));
  CHECK(summary["test_accuracy"]["values"].size() == 3);
  double mean = 0;
  for (const double value : summary["test_accuracy"]["values"])
    mean += value / 3;
  CHECK(summary["test_accuracy"]["mean"].get<double>() == doctest::Approx(mean));
  CHECK(mean > 0.75);  // two labelled leaders suffice
  CHECK(summary["epoch_ms"]["median"].get<double>() > 0);
  CHECK(summary["peak_rss_mb"].get<double>() > 1);
  CHECK(summary["peak_device_mb"] == 0);
  CHECK(summary["parameters"].get<int>() > 34 * 64);
  CHECK(summary["runs"][2]["seed"] == 3);

  for (const char* file : {"model.safetensors", "log.jsonl", "summary.json", "report.html"})
    CHECK(fs::exists(folder / "run" / file));
  for (const auto& entry : fs::directory_iterator(folder / "run")) {
    CHECK_FALSE(has(entry.path().string(), ".partial"));
    CHECK_FALSE(has(entry.path().string(), "resume"));
  }
}

TEST_CASE("the log holds one object for each epoch") {
  const TemporaryFolder folder;
  REQUIRE(run({"train", "--data", "karate", "--threads", "1", "--epochs", "11", "--stopping", "fixed", "--quiet",
               "--out", folder.at("run")})
              .code == 0);
  std::istringstream lines(contents(folder / "run/log.jsonl"));
  int epochs = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json["event"] != "epoch") continue;
    CHECK(json["epoch"] == ++epochs);
    CHECK(json["train_loss"].get<double>() > 0);
    CHECK(json["validation_loss"].get<double>() > 0);
  }
  CHECK(epochs == 11);
}

TEST_CASE("the same bits on 1, 2 and 4 threads, and again") {
  const TemporaryFolder folder;
  const auto trained = [&](const std::string& threads, const std::string& name) {
    const Outcome outcome = run({"train", "--data", "planted", "--epochs", "12", "--stopping", "fixed", "--threads",
                                 threads, "--quiet", "--out", folder.at(name)});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    return contents(folder / name / "model.safetensors");
  };
  const std::string once = trained("1", "one");
  CHECK(once.size() > 300'000);
  CHECK(trained("2", "two") == once);
  CHECK(trained("4", "four") == once);
  CHECK(trained("1", "again") == once);
}

TEST_CASE("another seed is another model; --seeds gives the model of the best validation") {
  const TemporaryFolder folder;
  const auto trained = [&](std::vector<std::string> more, const std::string& name) {
    more.insert(more.begin(),
                {"train", "--data", "karate", "--threads", "1", "--epochs", "40", "--quiet", "--out", folder.at(name)});
    REQUIRE(run(more).code == 0);
    return contents(folder / name / "model.safetensors");
  };
  const std::string five = trained({"--seed", "5"}, "five"), six = trained({"--seed", "6"}, "six");
  CHECK(five != six);
  const std::string both = trained({"--seed", "5", "--seeds", "2"}, "both");
  const bool is_one_of_them = both == five || both == six;
  CHECK(is_one_of_them);
  CHECK(both == (model_in(folder / "both/model.safetensors")["seed"] == 5 ? five : six));
}

TEST_CASE("a set with several splits takes them in turn") {
  const TemporaryFolder folder;
  write(folder / "features.csv", "1,0\n1,0\n0,1\n0,1\n1,0\n0,1\n");
  write(folder / "edges.txt", "0 1\n1 4\n2 3\n3 5\n");
  write(folder / "labels.txt", "a\na\nb\nb\na\nb\n");
  write(folder / "split.txt", "train test\nval train\ntrain test\nval train\ntest val\ntest val\n");
  const Outcome outcome = run({"train", "--data", folder.path().string(), "--split", "all", "--seeds", "3", "--epochs",
                               "20", "--summary", folder.at("summary.json")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto runs = json_in(folder / "summary.json")["runs"];
  CHECK(runs[0]["split"] == 0);
  CHECK(runs[1]["split"] == 1);
  CHECK(runs[2]["split"] == 0);
  CHECK(has(outcome.out, "all given splits in turn: "));
  CHECK_FALSE(has(outcome.out, "takes all of them"));

  const Outcome one =
      run({"train", "--data", folder.path().string(), "--split", "all", "--epochs", "2", "--out", folder.at("one")});
  CAPTURE(one.err);
  REQUIRE(one.code == 0);
  CHECK(has(one.out, "given split 0: "));
  CHECK(has(one.out, "split 0 of 2; --seeds 2 takes all of them"));
  CHECK(has(run({"evaluate", folder.at("one"), "--split", "all"}).out, ", given split 0\n"));
}

TEST_CASE("without an edge, and with a class alone, the outcome is defined") {
  const TemporaryFolder folder;
  write(folder / "features.csv", "1,0\n1,0\n0,1\n0,1\n1,0\n0,1\n");
  write(folder / "edges.txt", "# none\n");
  write(folder / "labels.txt", "a\na\nb\nb\na\nb\n");
  write(folder / "split.txt", "train\nval\ntrain\nval\ntest\ntest\n");
  const Outcome alone = run({"train", "--data", folder.path().string(), "--epochs", "5"});
  CAPTURE(alone.err);
  CHECK(alone.code == 0);
  CHECK_FALSE(has(alone.out, "nan"));

  write(folder / "split.txt", "val\nval\nval\nval\ntest\ntest\n");
  const Outcome untaught = run({"train", "--data", folder.path().string()});
  CHECK(untaught.code == 2);
  CHECK(has(untaught.err, "no training nodes"));

  write(folder / "split.txt", "train\ntrain\ntrain\nnone\ntest\ntest\n");
  const Outcome unchecked = run({"train", "--data", folder.path().string(), "--epochs", "5"});
  CHECK(unchecked.code == 0);
  CHECK(has(unchecked.err, "no validation"));

  write(folder / "labels.txt", "a\na\na\na\na\na\n");
  const Outcome single = run({"train", "--data", folder.path().string()});
  CHECK(single.code == 2);
  CHECK(has(single.err, "want at least 2"));
}

TEST_CASE(
    "without validation nodes a training has few epochs unless more are asked for, and says so before it begins") {
  const TemporaryFolder folder;
  REQUIRE(run({"data", "convert", "karate", "--out", folder.at("set")}).code == 0);
  std::string split = contents(folder / "set/split.txt");
  for (std::size_t at = split.find("val"); at != std::string::npos; at = split.find("val", at))
    split.replace(at, 3, "train");
  write(folder / "set/split.txt", split);
  const auto trained = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data", folder.at("set"), "--summary", folder.at("summary.json")};
    give(words, more);
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.err;
  };
  const auto epochs = [&] { return json_in(folder / "summary.json")["runs"][0]["epochs"].get<int>(); };
  CHECK(trained({}).starts_with(
      "mercer: no validation nodes: 200 epochs, nothing stops earlier; --epochs N, or --validation-share 0.2 takes "
      "some of the training nodes\n"));
  CHECK(epochs() == 200);
  CHECK(json_in(folder / "summary.json")["settings"]["epochs"] == "200");
  CHECK(has(trained({"--stopping", "fixed"}), "no validation nodes: 200 epochs"));
  CHECK(has(trained({"--epochs", "210"}), "no validation nodes: 210 epochs"));
  CHECK(epochs() == 210);
  CHECK_FALSE(has(trained({"--epochs", "3", "--stopping", "fixed"}), "no validation nodes"));
  CHECK(has(trained({"--split-random", "share:0.6,0"}), "or a --split-random with a validation part"));
  CHECK(has(run({"train", "--data", folder.at("set"), "--model", "gat", "--classifier", "linear", "--global", "gated",
                 "--local-epochs", "300", "--patience", "400"})
                .err,
            "with epochs 200 the training can end before it begins"));
}

TEST_CASE("a training that diverges ends with code 3, names the epoch, and keeps the best model") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"train", "--data", "karate", "--learning-rate", "1e30", "--epochs", "50", "--seeds", "2",
                               "--threads", "1", "--out", folder.at("run")});
  CHECK(outcome.code == 3);
  CHECK(has(outcome.err, "seed 0: diverged in epoch"));
  CHECK(has(outcome.err, "seed 1: diverged in epoch"));
  CHECK(has(outcome.err, "parameter"));
  CHECK(fs::exists(folder / "run/model.safetensors"));
  const auto runs = json_in(folder / "run/summary.json")["runs"];
  CHECK(runs[0]["ended"] == "diverged");
  CHECK(has(runs[0]["note"], "diverged in epoch"));
  CHECK(run({"evaluate", "--model", folder.at("run")}).code == 0);
}

TEST_CASE("what was read and done is printed by train, in the summary and in the report") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0.5\n0.5,1\n0.5,1\n1,0.5\n0,1\n");
  write(folder / "set/edges.txt", "0 1\n0 1\n1 4\n2 3\n3 5\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\nc\n-\n");
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\ntest\nnone\n");
  const Outcome outcome = run({"train", "--data", folder.at("set"), "--epochs", "3", "--out", folder.at("run")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const std::string note :
       {"repeated edges are merged", "the edges are symmetrised: 4 slots became 8", "loops are added to 6 nodes",
        "is taken as no label (1 node)", "no training node is of class c: nothing teaches it"}) {
    CAPTURE(note);
    CHECK(has(outcome.out, note));
    CHECK(has(contents(folder / "run/report.html"), note));
    CHECK(has(contents(folder / "run/summary.json"), note));
  }
  const auto data = json_in(folder / "run/summary.json")["data"];
  CHECK(data["preparation"]["symmetrise"] == "true");
  CHECK(data["class_sizes"][0]["nodes"] == 2);
  CHECK(data["unlabelled_nodes"] == 1);
}

TEST_CASE("small classes, folds and a held split train; an unknown way says what there is") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  std::string features, labels, edges;
  for (int i = 0; i < 40; ++i) {
    features += std::to_string(i % 2) + "," + std::to_string(1 - i % 2) + "\n";
    labels += i < 3 ? "rare\n" : i % 2 == 0 ? "even\n" : "odd\n";
    edges += std::to_string(i) + " " + std::to_string((i + 2) % 40) + "\n";
  }
  write(folder / "set/features.csv", features);
  write(folder / "set/labels.txt", labels);
  write(folder / "set/edges.txt", edges);
  const auto trained = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data",    folder.at("set"),         "--epochs",
                                   "10",    "--summary", folder.at("summary.json")};
    give(words, more);
    return run(words);
  };
  const Outcome small = trained({});
  CAPTURE(small.err);
  CHECK(small.code == 0);
  CHECK(has(small.out, "random split share:0.6,0.2"));
  CHECK(has(small.out, "class rare has 3 nodes, too few for per-class:20,30"));
  CHECK(has(small.out, "test macro-F1"));  // rare is less than a third of odd
  CHECK(json_in(folder / "summary.json")["test_macro_f1"]["values"].size() == 1);

  const Outcome all_folds = trained({"--split-random", "folds:4", "--seeds", "4"});
  CHECK(all_folds.code == 0);
  CHECK_FALSE(has(all_folds.out, "alone test"));
  const auto runs = json_in(folder / "summary.json")["runs"];
  for (std::size_t fold = 0; fold < 4; ++fold)
    CHECK(runs[fold]["split"] == fold);
  CHECK(has(trained({"--split-random", "folds:4", "--seed", "3"}).out,
            "fold 0 alone tests, whatever the seed: --seeds 4 takes all in turn, --split 1 another"));
  CHECK(trained({"--split-random", "share:0.5,0.2", "--split-seed", "1", "--seeds", "2", "--class-weight", "balanced"})
            .code == 0);
  CHECK(json_in(folder / "summary.json")["settings"]["class-weight"] == "balanced");
  const Outcome tight = trained({"--split-random", "per-class:20,30"});
  CHECK(tight.code == 2);
  CHECK(has(tight.err, "--split-random: per-class:20,30: class even has 18 nodes, want 50; shares"));
  CHECK(has(trained({"--class-weight", "1,2,0.5"}).out, "class weights: 'even' 1, 'odd' 2, 'rare' 0.5"));
  CHECK(has(trained({"--class-weights", "balanced"}).err, "did you mean --class-weight?"));
  CHECK(has(trained({"--class-weight", "1,2"}).err, "want 3: one for each class, in the order even, odd, rare"));
}

TEST_CASE("balanced class weights find a rare class that the plain loss gives up") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  std::string features, labels, split;
  for (int i = 0; i < 200; ++i) {
    const bool rare = i % 20 == 0;
    features += std::to_string(rare ? 0.6 : 0.4 + 0.02 * (i % 10)) + ",1\n";
    labels += rare ? "rare\n" : "usual\n";
    split += i % 3 == 0 ? "train\n" : i % 3 == 1 ? "val\n" : "test\n";
  }
  write(folder / "set/features.csv", features);
  write(folder / "set/labels.txt", labels);
  write(folder / "set/split.txt", split);
  write(folder / "set/edges.txt", "# none\n");
  const auto macro = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data",     folder.at("set"), "--epochs",
                                   "150",   "--stopping", "fixed",          "--dropout",
                                   "0",     "--quiet",    "--summary",      folder.at("summary.json")};
    give(words, more);
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    return json_in(folder / "summary.json")["test_macro_f1"]["mean"].get<double>();
  };
  CHECK(macro({"--class-weight", "balanced"}) > macro({}));
}

TEST_CASE("nodes without features train on those of the graph, and the model keeps which") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.svmlight", "\n\n\n\n\n\n");
  write(folder / "set/edges.txt", "0 1\n0 2\n0 3\n4 5\n");
  write(folder / "set/labels.txt", "hub\nleaf\nleaf\nleaf\nleaf\nleaf\n");
  write(folder / "set/split.txt", "train\ntrain\nval\ntest\ntest\ntest\n");
  const Outcome bare = run({"train", "--data", folder.at("set"), "--epochs", "3"});
  CHECK(bare.code == 2);
  CHECK(has(bare.err, "--features degree"));
  for (const std::string kind : {"degree", "identity"}) {
    CHECK(run({"train", "--data", folder.at("set"), "--features", kind, "--epochs", "3", "--out", folder.at(kind)})
              .code == 0);
    CHECK(run({"evaluate", "--model", folder.at(kind)}).code == 0);
  }
  CHECK(run({"predict", "--model", folder.at("degree"), "--data", "karate", "--out", folder.at("p.csv")}).code == 2);
}

TEST_CASE("a stack with a branch to all nodes, and features by random walks, from start to end") {
  const TemporaryFolder folder;
  const auto trained = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train",   "--data",  "karate", "--epochs",      "4",
                                   "--quiet", "--fresh", "--out",  folder.at("run")};
    give(words, more);
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    const auto summary = json_in(folder / "run/summary.json");
    const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--json"});
    CHECK(evaluated.code == 0);
    CHECK(nlohmann::json::parse(evaluated.out)["test"]["accuracy"] == summary["test_accuracy"]["values"][0]);
    return summary;
  };
  const auto average = trained({"--model", "gat", "--recipe", "tuned", "--global", "average", "--layers", "2"});
  CHECK(average["settings"]["global"] == "average");
  const auto gated = trained({"--model", "gcn", "--recipe", "tuned", "--global", "gated", "--local-epochs", "2"});
  CHECK(gated["settings"]["local-epochs"] == "2");
  CHECK(gated["parameters"] != average["parameters"]);
  CHECK(run({"explain", folder.at("run")}).code == 2);  // gcn has no attention
  const auto features = [&](const std::vector<std::string>& more) {
    return trained(more)["data"]["features"].get<int>();
  };
  CHECK(features({"--encoding", "random-walk:5"}) == features({}) + 5);

  const auto refused = [](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data", "karate", "--epochs", "1"};
    give(words, more);
    const Outcome outcome = run(words);
    CHECK(outcome.code == 2);
    return outcome.err;
  };
  CHECK(has(refused({"--global", "average"}), "global: the branch joins hidden layers before a linear classifier"));
  CHECK(has(refused({"--global", "average", "--local-epochs", "1", "--epochs", "3"}),
            "no effect without a global branch that is gated"));
  CHECK(has(refused({"--global", "average", "--classifier", "linear", "--device", "cpu,cpu"}),
            "global: got a part of a graph"));
  CHECK(has(refused({"--encoding", "random-walk:0"}), "--encoding: got \"random-walk:0\", want random-walk:K"));
  CHECK(has(refused({"--global", "average", "--classifier", "linear", "--batch", "4"}), "which is always one batch"));
}

TEST_CASE("the results note that more epochs may help, and that one class alone is predicted") {
  const TemporaryFolder folder;
  const auto trained = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"train", "--data", "planted", "--dropout", "0", "--stopping", "loss"};
    give(words, more);
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    return outcome.out;
  };
  const std::string out = folder.at("run");
  CHECK(has(trained({"--epochs", "20", "--out", out}),
            "the last epoch was the best: more may help: mercer train --resume " + out + " --epochs 40\n"));
  CHECK(has(contents(folder / "run/report.html"), "the last epoch was the best"));
  CHECK(has(json_in(folder / "run/summary.json")["notes"][0], "the last epoch was the best"));
  CHECK(has(trained({"--epochs", "20"}), "the last epoch was the best: more may help: --epochs 40\n"));
  CHECK(has(trained({"--epochs", "20", "--seeds", "2", "--out", folder.at("two")}),
            "the last epoch was the best in 2 of 2 seeds: more may help: --epochs 40, or from this model mercer train "
            "--init " +
                folder.at("two") + " --out OTHER\n"));
  const std::vector<std::string> patient{"train", "--data", "karate", "--hidden", "2", "--heads", "1", "--patience"};
  const auto with_patience = [&](const char* patience) {
    std::vector<std::string> words = patient;
    words.emplace_back(patience);
    return run(words).out;
  };
  const std::string cut = with_patience("5000");
  CHECK(has(cut, " of 1000 (all epochs)"));
  CHECK((has(cut, "the stop rule was not yet met after 1,000 epochs: --epochs 2000") || has(cut, "more may help")));
  CHECK_FALSE(has(with_patience("5"), "not yet met"));
  CHECK_FALSE(has(trained({"--epochs", "19"}), "more may help"));
  CHECK_FALSE(has(trained({"--epochs", "20", "--stopping", "fixed"}), "more may help"));

  fs::create_directory(folder / "set");
  std::string features, labels, split;
  for (int i = 0; i < 60; ++i) {
    features += "1\n";
    labels += i % 10 == 0 ? "red\n" : "blue\n";
    split += i % 3 == 0 ? "train\n" : i % 3 == 1 ? "val\n" : "test\n";
  }
  write(folder / "set/features.csv", features);
  write(folder / "set/labels.txt", labels);
  write(folder / "set/split.txt", split);
  write(folder / "set/edges.txt", "0 1\n");
  const std::vector<std::string> constant{"train", "--data", folder.at("set"), "--epochs", "30"};
  CHECK(has(run(constant).out, "note                all 20 test nodes are taken for class blue\n"));
  CHECK_FALSE(has(run({"train", "--data", "karate", "--epochs", "100"}).out, "are taken for"));
}
