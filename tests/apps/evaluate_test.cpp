#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

/// A small trained model in folder/run.
void train_small(const TemporaryFolder& folder, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"train",    "--data", "karate",  "--threads", "1",
                                 "--epochs", "60",     "--quiet", "--out",     folder.at("run")};
  give(words, more);
  REQUIRE(run(words).code == 0);
}

std::vector<std::vector<std::string>> rows_of(const fs::path& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(contents(csv));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');)
      rows.back().push_back(field);
  }
  return rows;
}

}  // namespace

TEST_CASE("evaluate reproduces the summary") {
  for (const std::vector<std::string>& more : {std::vector<std::string>{},
                                               {"--model", "gcn", "--no-normalise-features"},
                                               {"--model", "nprf", "--hops", "3", "--seed", "2"},  // a wider graph
                                               {"--model", "gkat", "--walk-length", "2"},          // edges with weights
                                               {"--split-random", "share:0.4,0.2", "--seed", "9"}}) {
    const TemporaryFolder folder;
    train_small(folder, more);
    const auto summary = json_in(folder / "run/summary.json");
    const Outcome outcome = run({"evaluate", "--model", folder.at("run"), "--json"});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    const auto found = nlohmann::json::parse(outcome.out);
    CHECK(found["test"]["accuracy"] == summary["test_accuracy"]["values"][0]);
    CHECK(found["train"]["accuracy"] == summary["runs"][0]["train_accuracy"]);
    CHECK(found["validation"]["accuracy"] == summary["runs"][0]["validation_accuracy"]);
    CHECK(found["test"]["loss"] == summary["runs"][0]["test_loss"]);
    CHECK(found["test"]["nodes"] == summary["data"]["test_nodes"]);
  }
}

TEST_CASE("the seed of the model is named where it is one of several") {
  const TemporaryFolder folder;
  train_small(folder, {"--seeds", "3", "--seed", "4"});
  const auto seed = model_in(folder / "run/model.safetensors")["seed"].get<int>();
  const std::string named = ": the model of seed " + std::to_string(seed) + ", the best of 3 by validation accuracy";
  for (const std::vector<std::string>& words : {std::vector<std::string>{"evaluate", folder.at("run")},
                                                {"predict", folder.at("run"), "--out", folder.at("p.csv")},
                                                {"explain", folder.at("run")}})
    CHECK(has(run(words).err, named));
  train_small(folder, {"--overwrite"});
  CHECK_FALSE(has(run({"evaluate", folder.at("run")}).err, "the model of seed"));
}

TEST_CASE("evaluate prints each part of the split") {
  const TemporaryFolder folder;
  train_small(folder);
  const Outcome outcome = run({"evaluate", "--model", folder.at("run"), "--data", "karate"});
  CHECK(outcome.code == 0);
  for (const char* word : {"training", "validation", "test", "accuracy", "macro-F1", "given split 0"})
    CHECK(has(outcome.out, word));
}

TEST_CASE("predict writes a row for every node, with probabilities that sum to 1") {
  const TemporaryFolder folder;
  train_small(folder);
  const Outcome outcome = run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto rows = rows_of(folder / "p.csv");
  REQUIRE(rows.size() == 35);
  const std::vector<std::string> head = rows[0];
  const auto first = head.size() - 2;  // the first of the two probabilities
  CHECK(head[0] == "node");
  CHECK(head[first].starts_with("p_"));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    REQUIRE(rows[i].size() == head.size());
    CHECK(rows[i][0] == std::to_string(i - 1));
    const double a = std::stod(rows[i][first]), b = std::stod(rows[i][first + 1]);
    CHECK(std::abs(a + b - 1) < 1e-5);
    CHECK("p_" + rows[i][1] == head[a >= b ? first : first + 1]);
    CHECK(rows[i][2] == rows[i][a >= b ? first : first + 1]);
  }
}

TEST_CASE("predict numbers nodes as the source does, also in the largest component") {
  const TemporaryFolder folder;
  write(folder / "features.csv", "1,0\n1,0\n0,1\n0,1\n0,1\n1,1\n");
  write(folder / "edges.txt", "2 3\n3 4\n4 5\n0 1\n");
  write(folder / "labels.txt", "\"a\na\nx y\n\"a\nx y\nx y\n");
  write(folder / "split.txt", "none\nnone\ntrain\ntrain\nval\ntest\n");
  const Outcome trained = run(
      {"train", "--data", folder.path().string(), "--largest-component", "--epochs", "5", "--out", folder.at("run")});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  const Outcome predicted = run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv")});
  REQUIRE(predicted.code == 0);
  CHECK(has(predicted.err,
            "2 of the 6 nodes are left out: they are outside of the largest component; "
            "--no-largest-component takes all"));
  REQUIRE(run({"predict", "--model", folder.at("run"), "--no-largest-component", "--out", folder.at("all.csv")}).code ==
          0);
  CHECK(rows_of(folder / "all.csv").size() == 7);
  const auto rows = rows_of(folder / "p.csv");
  REQUIRE(rows.size() == 5);
  for (std::size_t i = 1; i < rows.size(); ++i)
    CHECK(rows[i][0] == std::to_string(i + 1));
  CHECK(has(contents(folder / "p.csv"), "\"p_\"\"a\""));
}

TEST_CASE("a graph reordered by parts or communities keeps its splits, its nodes' numbers and its predictions") {
  const TemporaryFolder folder;
  const auto train = [&](const std::string& name, const std::vector<std::string>& more) {
    // only the split is drawn by node numbers: the training is the same up to rounding
    std::vector<std::string> words{"train", "--data",   "karate",       "--split-random", "per-class:4,4", "--dropout",
                                   "0",     "--epochs", "20",           "--stopping",     "fixed",         "--threads",
                                   "1",     "--out",    folder.at(name)};
    give(words, more);
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    REQUIRE(run({"predict", "--model", folder.at(name), "--out", folder.at(name + ".csv")}).code == 0);
    return rows_of(folder / (name + ".csv"));
  };
  const auto test_of = [&](const std::string& name) {
    return json_in(folder / name / "summary.json")["test_accuracy"];
  };
  const auto plain = train("plain", {});
  CHECK_FALSE(model_in(folder / "plain/model.safetensors")["data"].contains("reorder"));
  for (const std::string& order : {std::string("3"), std::string("communities")}) {
    CAPTURE(order);
    const auto reordered = train(order, {"--reorder", order});
    const auto kept = model_in(folder / order / "model.safetensors")["data"]["reorder"];
    CHECK(kept == (order == "3" ? nlohmann::json(3) : nlohmann::json(order)));
    REQUIRE(reordered.size() == plain.size());
    for (std::size_t i = 1; i < plain.size(); ++i) {
      CHECK(reordered[i][0] == plain[i][0]);
      CHECK(reordered[i][1] == plain[i][1]);
      CHECK(std::stod(reordered[i][2]) == doctest::Approx(std::stod(plain[i][2])).epsilon(1e-3));
    }
    CHECK(test_of(order)["values"] == test_of("plain")["values"]);
  }
  for (const char* parts : {"0", "-2", "35", "many"})
    CHECK(run({"train", "--data", "karate", "--reorder", parts}).code == 2);
}

TEST_CASE("a model and data that don't match are refused, and nothing is written") {
  const TemporaryFolder folder;
  train_small(folder);
  const fs::path file = folder / "run/model.safetensors";
  const std::string tensors = contents(file);
  const auto model = model_in(file);
  const auto refused = [&](const std::string& wanted) {
    for (const std::string command : {"evaluate", "predict"}) {
      std::vector<std::string> words{command, "--model", folder.at("run")};
      if (command == "predict") words.insert(words.end(), {"--out", folder.at("p.csv")});
      const Outcome outcome = run(words);
      CAPTURE(outcome.err);
      CHECK(outcome.code == 2);
      CHECK(has(outcome.err, wanted));
      CHECK(outcome.out.empty());
      CHECK_FALSE(fs::exists(folder / "p.csv"));
    }
  };
  const auto changed = [&](const char* member, const nlohmann::json& value) {
    auto other = model;
    other[nlohmann::json::json_pointer(member)] = value;
    set_model(file, other);
  };
  const Outcome other = run({"evaluate", "--model", folder.at("run"), "--data", "planted"});
  CHECK(other.code == 2);
  CHECK(has(other.err, "1433 features"));

  for (const nlohmann::json& broken : {nlohmann::json(), nlohmann::json::object(), nlohmann::json::array()}) {
    set_model(file, broken);
    refused("model.safetensors");
  }
  changed("/features", 35);
  refused("of another shape");
  changed("/options/name", "gcn");
  refused("gcn");
  changed("/options/hidden", 1000000);
  refused("more than any tensor");
  changed("/options/hidden", "wide");
  refused("hidden");
  changed("/options/os.system", "x");
  refused("os.system");

  for (const std::string& broken :
       {std::string(), tensors.substr(0, 40), tensors.substr(0, tensors.size() - 1), tensors + "more",
        std::string("\xff\xff\xff\xff\xff\xff\xff\x7f") + tensors.substr(8)}) {
    write(file, broken);
    refused("model.safetensors");
  }
  fs::remove(file);
  refused("model.safetensors");
}

TEST_CASE("data that changed since the training are used with a note") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n0,1\n");
  write(folder / "set/edges.txt", "0 1\n2 3\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\n");
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\n");
  const std::vector<std::string> asked{"evaluate", "--model", folder.at("run")};
  REQUIRE(run({"train", "--data", folder.at("set"), "--epochs", "3", "--quiet", "--out", folder.at("run")}).code == 0);
  CHECK(run(asked).err.empty());
  write(folder / "set/edges.txt", "0 1\n2 3\n1 2\n");
  const Outcome outcome = run(asked);
  CHECK(outcome.code == 0);
  CHECK(has(outcome.err, "is what " + folder.at("run") + " was trained on, changed in: edges"));
  write(folder / "set/edges.txt", "0 1\n2 3\n1 2\n3 4\n");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n0,1\n1,1\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\na\n");
  fs::remove(folder / "set/split.txt");
  const Outcome more = run(asked);
  CHECK(has(more.err, "is not what " + folder.at("run") + " was trained on: the number of nodes and edges"));
  CHECK(has(more.err, "differ; its training nodes keep their part\n"));
  CHECK(has(more.out, "training           2 nodes"));
  CHECK(has(more.out, "new                1 nodes"));
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\ntest\n");
  CHECK(has(run(asked).err, "its training nodes may be among those that are scored"));
}

TEST_CASE("a copy of the training graph with one change has its test nodes, and no others are scored") {
  const TemporaryFolder folder;
  train_small(folder, {"--split-random", "per-class:4,4"});
  const std::string before = run({"evaluate", "--model", folder.at("run"), "--json"}).out;
  const auto test_nodes = nlohmann::json::parse(before)["test"]["nodes"];
  REQUIRE(run({"data", "convert", "karate", "--out", folder.at("copy")}).code == 0);
  fs::remove(folder / "copy/split.txt");

  const std::string labels = contents(folder / "copy/labels.txt"), edges = contents(folder / "copy/edges.txt"),
                    features = contents(folder / "copy/features.svmlight");
  const auto with_first_line = [](const std::string& text, const std::string& line) {
    return line + text.substr(text.find('\n'));
  };
  const auto check = [&](const std::string& what) {
    const Outcome outcome = run({"evaluate", "--model", folder.at("run"), "--data", folder.at("copy"), "--json"});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(
        has(outcome.err, folder.at("copy") + " is what " + folder.at("run") + " was trained on, changed in: " + what));
    CHECK(nlohmann::json::parse(outcome.out)["test"]["nodes"] == test_nodes);
  };
  const std::string last_label = labels.substr(labels.rfind('\n', labels.size() - 2) + 1);
  write(folder / "copy/labels.txt", with_first_line(labels, last_label.substr(0, last_label.size() - 1)));
  check("labels");
  write(folder / "copy/labels.txt", labels);
  write(folder / "copy/edges.txt", edges + "0 26\n");
  check("edges");
  write(folder / "copy/edges.txt", edges);
  write(folder / "copy/features.svmlight", with_first_line(features, "1:0.5"));
  check("features");
}

TEST_CASE("the model's share and folds stay with --split; another preparation is noted") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n0,1\n0,3\n2,2\n");
  write(folder / "set/edges.txt", "0 1\n2 3\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\na\nb\n");
  write(folder / "set/split.txt", "train\ntrain\ntrain\ntrain\ntest\ntest\n");
  const auto trained = [&](const std::string& data, const std::string& out, std::vector<std::string> more) {
    more.insert(more.begin(), {"train", "--data", data, "--epochs", "2", "--quiet", "--out", folder.at(out)});
    return run(more).code;
  };
  REQUIRE(trained(folder.at("set"), "run", {"--validation-share", "0.5", "--standardise-features"}) == 0);
  const std::string plain = run({"evaluate", "--model", folder.at("run")}).out;
  CHECK(has(plain, "validation         2 nodes"));
  CHECK(run({"evaluate", "--model", folder.at("run"), "--split", "0"}).out == plain);
  const Outcome other = run({"evaluate", "--model", folder.at("run"), "--no-standardise-features"});
  CHECK(has(other.err, "standardise-features is false here; the model learned with true"));
  REQUIRE(trained("karate", "fold", {"--split-random", "folds:4", "--split", "1"}) == 0);
  CHECK(run({"evaluate", "--model", folder.at("fold"), "--split", "1"}).out ==
        run({"evaluate", "--model", folder.at("fold")}).out);
}

TEST_CASE("labels of another graph are matched by name, or refused by name") {
  const TemporaryFolder folder;
  const auto set = [&](const std::string& name, const std::string& labels, const std::string& split) {
    fs::create_directory(folder / name);
    write(folder / name / "features.csv",
          "1,0\n1,0.1\n0,1\n0.1,1\n1,1\n1," + std::string(name == "fewer" ? "1" : "0.9"));
    write(folder / name / "edges.txt", name == "set" ? "0 1\n2 3\n4 5\n" : "0 1\n2 3\n");
    if (!labels.empty()) write(folder / name / "labels.txt", labels);
    if (!split.empty()) write(folder / name / "split.txt", split);
  };
  set("set", "bird\nbird\nfish\nfish\nmoss\nmoss\n", "train\nval\ntrain\nval\ntrain\ntest\n");
  set("fewer", "bird\nbird\n-\n-\nmoss\nmoss\n", "");
  set("named", "zebra\nzebra\nfish\nfish\nmoss\nmoss\n", "");
  set("bare", "", "");
  REQUIRE(run({"train", "--data", folder.at("set"), "--epochs", "200", "--stopping", "fixed", "--quiet", "--out",
               folder.at("run")})
              .code == 0);
  const auto on = [&](const std::string& command, const std::string& name) {
    std::vector<std::string> words{command, "--model", folder.at("run"), "--data", folder.at(name)};
    if (command == "predict") words.insert(words.end(), {"--out", folder.at("p.csv")});
    return run(words);
  };
  const Outcome fewer = on("evaluate", "fewer");
  CAPTURE(fewer.err);
  REQUIRE(fewer.code == 0);
  CHECK(has(fewer.out, "all nodes that have a label"));
  CHECK(has(fewer.out, "4 nodes  accuracy 100.0 %"));  // bird is 0 here and there, moss 1 here and 2 there
  CHECK(has(fewer.err,
            "is another graph than the one that " + folder.at("run") + " was trained on, " + folder.at("set")));
  CHECK(has(fewer.err, "no node is of the model's class fish"));

  for (const std::string command : {"evaluate", "predict", "explain"}) {
    const Outcome named = on(command, "named");
    CHECK(named.code == 2);
    CHECK(has(named.err, "zebra is no class of the model, which knows bird, fish, moss"));
  }
  CHECK(has(on("evaluate", "bare").err, "none of its nodes has a label to compare with; mercer predict"));
  CHECK(on("predict", "bare").code == 0);

  fs::rename(folder / "set", folder / "moved");
  const Outcome gone = run({"evaluate", "--model", folder.at("run")});
  CHECK(gone.code == 2);
  CHECK(has(gone.err, folder.at("set")));
  CHECK(has(gone.err, "set: there is no such file or folder"));
  CHECK_FALSE(has(gone.err, "no data set has this name"));
  CHECK(has(gone.err, "--data NEWPLACE says where they are now"));
  const Outcome moved = on("evaluate", "moved");
  CHECK(moved.code == 0);
  CHECK(moved.err.empty());
}

TEST_CASE("predictions hold the true class and the part; vectors and logits go to files of their own") {
  const TemporaryFolder folder;
  train_small(folder);
  const Outcome outcome = run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv"), "--embeddings",
                               folder.at("h.csv"), "--logits", folder.at("l.npz")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto rows = rows_of(folder / "p.csv");
  CHECK(rows[0][1] == "class");
  CHECK(rows[0][2] == "probability");
  CHECK(rows[0][3] == "true_class");
  CHECK(rows[0][4] == "part");
  CHECK(rows[1][4] == "train");  // the leaders 0 and 33
  CHECK(rows[34][4] == "train");
  CHECK(rows[1][3] != rows[34][3]);
  const auto vectors = rows_of(folder / "h.csv");
  CHECK(vectors.size() == 35);
  CHECK(vectors[0][0] == "node");
  CHECK(vectors[0][1] == "hidden_1");
  CHECK(vectors[0].size() == 65);
  CHECK(contents(folder / "l.npz").starts_with("PK"));

  CHECK(run({"predict", "--model", folder.at("run"), "--embeddings", "--out", folder.at("q.csv")}).code == 0);
  CHECK(fs::exists(folder / "q.embeddings.npz"));
  CHECK(has(run({"predict", "--model", folder.at("run"), "--embeddings", folder.at("h.txt")}).err, ".csv or .npz"));
  CHECK(has(run({"predict", "--model", folder.at("run"), "--embeddings"}).err, "want a file to write"));
  train_small(folder, {"--layers", "1", "--overwrite"});
  CHECK(has(run({"predict", "--model", folder.at("run"), "--embeddings", folder.at("h.csv")}).err, "no hidden layer"));
}

TEST_CASE("another split than the model's is announced") {
  const TemporaryFolder folder;
  REQUIRE(run({"train", "--data", "karate", "--split-random", "share:0.5,0.2", "--split-seed", "1", "--epochs", "2",
               "--quiet", "--out", folder.at("m")})
              .code == 0);
  for (const char* command : {"evaluate", "predict"}) {
    const auto with_seed = [&](const std::string& seed) {
      std::vector<std::string> words{command, "--model", folder.at("m"), "--split-seed", seed};
      if (std::string(command) == "predict") words.insert(words.end(), {"--out", folder.at("p.csv")});
      return run(words);
    };
    const Outcome same = with_seed("1"), other = with_seed("5");
    CHECK(same.code == 0);
    CHECK_FALSE(has(same.err, "another split"));
    CHECK(other.code == 0);
    CHECK(has(other.err, "was trained on another split: "));
    CHECK(has(other.err, " test nodes here were among its training nodes"));
  }
}
