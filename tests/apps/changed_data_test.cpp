#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "apps/program.hpp"

using namespace mercer::test;

TEST_CASE("a split that changed under a model is not followed, and another graph that counts from 1 has its own") {
  const TemporaryFolder folder;
  const auto set = [&](const std::string& name, int seed) {
    fs::create_directory(folder / name);
    std::string edges, features = "x,y\n", labels;
    for (int i = 1; i <= 40; ++i) {
      edges += std::to_string(i) + " " + std::to_string(1 + (i * (7 + seed)) % 40) + "\n";
      features += std::to_string(i * seed % 11) + "," + std::to_string(i % (3 + seed)) + "\n";
      labels += i * i * seed % 7 < 3 ? "a\n" : "b\n";
    }
    write(folder / name / "edges.txt", edges);
    write(folder / name / "features.csv", features);
    write(folder / name / "labels.txt", labels);
  };
  const auto evaluated = [&](const std::string& model, const std::string& name) {
    const Outcome outcome = run({"evaluate", "--model", folder.at(model), "--data", folder.at(name)});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    return outcome;
  };
  const auto train = [&](const std::string& name, const std::string& model) {
    const Outcome outcome =
        run({"train", "--data", folder.at(name), "--epochs", "2", "--quiet", "--out", folder.at(model)});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
  };
  set("one", 1), set("two", 2);
  train("one", "r1");
  const Outcome other = evaluated("r1", "two");
  CHECK(has(other.err, "is another graph than the one"));
  CHECK(has(other.out, "test              40 nodes"));

  std::string split, exchanged;
  for (int i = 0; i < 40; ++i) {
    split += i < 15 ? "train\n" : i < 30 ? "test\n" : "val\n";
    exchanged += i < 15 ? "test\n" : i < 30 ? "train\n" : "val\n";
  }
  write(folder / "one/split.txt", split);
  train("one", "r2");
  const Outcome before = evaluated("r2", "one");
  CHECK(has(before.out, "given split 0"));
  write(folder / "one/split.txt", exchanged);
  const Outcome after = evaluated("r2", "one");
  CHECK(after.out.substr(after.out.find('\n')) == before.out.substr(before.out.find('\n')));
  CHECK(has(after.err, "changed in: splits"));
  CHECK(has(after.err, "the split is that of the model's training"));
}

TEST_CASE("a split that lists the same nodes in another order has not changed") {
  const TemporaryFolder folder;
  const fs::path set = folder / "set";
  fs::create_directory(set);
  std::string edges, features, labels;
  for (int i = 0; i < 12; ++i) {
    edges += std::to_string(i) + " " + std::to_string((i * 5 + 1) % 12) + "\n";
    features += std::to_string(i * i % 7) + "," + std::to_string(i % 3) + "\n";
    labels += i * i % 5 < 2 ? "a\n" : "b\n";
  }
  write(set / "edges.txt", edges);
  write(set / "features.csv", features);
  write(set / "labels.txt", labels);
  const auto split = [&](const std::string& train) {
    write(set / "train.txt", train);
    write(set / "val.txt", "5\n6\n");
    write(set / "test.txt", "7\n8\n9\n10\n");
  };
  split("0\n1\n2\n3\n4\n");
  const Outcome trained = run({"train", "--data", set.string(), "--epochs", "2", "--quiet", "--out", folder.at("run")});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  split("4\n2\n0\n3\n1\n");
  CHECK_FALSE(has(run({"evaluate", folder.at("run")}).err, "changed in"));
  split("4\n2\n0\n3\n11\n");
  CHECK(has(run({"evaluate", folder.at("run")}).err, "changed in: splits"));
}

TEST_CASE("nodes with names keep their parts where the rows of their table are in another order") {
  const TemporaryFolder folder;
  std::vector<std::string> rows;
  std::string edges = "source,target\n";
  const auto name = [](int i) { return (i < 10 ? "n0" : "n") + std::to_string(i); };
  for (int i = 0; i < 40; ++i) {
    rows.push_back(name(i) + "," + std::to_string(i * i % 11) + "," + std::to_string(i % 3) + "," +
                   (i * i % 7 < 3 ? "a" : "b") + "\n");
    edges += name(i) + "," + name((i * 7 + 1) % 40) + "\n";
  }
  const auto set = [&](const std::string& at, int step, const std::string& more) {
    std::string nodes = "id,x,y,label\n";
    for (int i = 0; i < 40; ++i)
      nodes += rows[static_cast<std::size_t>(i * step % 40)];
    fs::create_directories(folder / at);
    write(folder / at / "nodes.csv", nodes + more);
    write(folder / at / "edges.csv", edges);
  };
  const auto parts_on = [&](const std::string& at) {  // "n07,train" …, sorted
    const Outcome outcome =
        run({"predict", "--model", folder.at("run"), "--data", folder.at(at), "--out", folder.at("p.csv")});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    std::istringstream csv(contents(folder / "p.csv"));
    std::vector<std::string> parts;
    for (std::string line; std::getline(csv, line);) {
      std::vector<std::string> fields;
      std::istringstream row(line);
      for (std::string field; std::getline(row, field, ',');)
        fields.push_back(field);
      REQUIRE(fields.size() > 5);
      parts.push_back(fields[1] + "," + fields[5]);
    }
    std::sort(parts.begin(), parts.end());
    return parts;
  };
  set("one", 1, "");
  REQUIRE(run({"train", "--data", folder.at("one"), "--epochs", "2", "--quiet", "--out", folder.at("run")}).code == 0);
  const std::vector<std::string> before = parts_on("one");
  REQUIRE(before.size() == 41);
  CHECK(std::count(before.begin(), before.end(), "name,part") == 1);
  set("two", 3, "");
  CHECK(parts_on("two") == before);
  const Outcome elsewhere = run({"evaluate", "--model", folder.at("run"), "--data", folder.at("two")});
  CHECK(has(elsewhere.err, "by the names of the nodes, which are in another order now"));
  CHECK_FALSE(has(elsewhere.err, "changed in"));
  set("one", 9, "");
  CHECK(parts_on("one") == before);

  set("more", 3, "n40,1,1,a\n");
  const Outcome more = run({"evaluate", "--model", folder.at("run"), "--data", folder.at("more")});
  CHECK(more.code == 0);
  const auto trained = std::count_if(before.begin(), before.end(), [](const auto& p) { return has(p, ",train"); });
  CHECK(has(more.err, std::to_string(trained) + " of the 41 nodes of more have the names of training nodes of "));
  const Outcome own = run({"evaluate", folder.at("run"), "--json"}),
                larger = run({"evaluate", folder.at("run"), "--data", folder.at("more"), "--json"});
  const auto nodes_of = [](const Outcome& outcome, const char* part) {
    return nlohmann::json::parse(outcome.out)[part]["nodes"].get<int>();
  };
  for (const char* part : {"train", "validation", "test"})
    CHECK(nodes_of(larger, part) == nodes_of(own, part));
  CHECK(nodes_of(larger, "new") == 1);
  CHECK(has(more.out, "new                1 nodes"));
}

TEST_CASE("a graph with new nodes behind the model's has its parts and a row of the new ones") {
  const TemporaryFolder folder;
  const auto set = [&](const char* name, int nodes) {
    std::string edges, features = "x,y\n", labels;
    for (int i = 0; i < nodes; ++i) {
      edges += std::to_string(i) + " " + std::to_string((i * 7 + 1) % (i < 40 ? 40 : nodes)) + "\n";
      features += std::to_string(i * 3 % 11) + "," + std::to_string(i % 4) + "\n";
      labels += i * i % 7 < 3 ? "a\n" : "b\n";
    }
    fs::create_directory(folder / name);
    write(folder / name / "edges.txt", edges);
    write(folder / name / "features.csv", features);
    write(folder / name / "labels.txt", labels);
  };
  set("g", 40), set("more", 45);
  REQUIRE(run({"train", "--data", folder.at("g"), "--split-random", "share:0.5,0.2", "--epochs", "2", "--quiet",
               "--out", folder.at("m")})
              .code == 0);
  const Outcome larger = run({"evaluate", folder.at("m"), "--data", folder.at("more")});
  CAPTURE(larger.out);
  CHECK(has(larger.out, "training          21 nodes"));
  CHECK(has(larger.out, "validation         7 nodes"));
  CHECK(has(larger.out, "test              12 nodes"));
  CHECK(has(larger.out, "new                5 nodes"));
}

TEST_CASE("edges that a source declares directed only after the training are announced on the model's own graph") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "g");
  std::string edges, labels, features = "x\n";
  for (int i = 0; i < 40; ++i) {
    edges += std::to_string(i) + " " + std::to_string((i * 7 + 1) % 40) + "\n";
    features += std::to_string(i * 3 % 11) + "\n";
    labels += i * i % 7 < 3 ? "a\n" : "b\n";
  }
  write(folder / "g/edges.txt", edges);
  write(folder / "g/labels.txt", labels);
  write(folder / "g/features.csv", features);
  REQUIRE(run({"train", "--data", folder.at("g"), "--epochs", "2", "--quiet", "--out", folder.at("m")}).code == 0);
  CHECK(run({"evaluate", folder.at("m")}).err.empty());
  write(folder / "g/edges.txt", "# Directed\n" + edges);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"evaluate", folder.at("m")},
                                                {"predict", folder.at("m"), "--out", folder.at("p.csv")},
                                                {"explain", folder.at("m"), "--node", "1", "--out", folder.at("x")}}) {
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(has(outcome.err, "changed in: direction of edges"));
    CHECK(has(outcome.err, "the source says that its edges are directed; the model was trained on edges in both"));
  }
  const Outcome chosen = run({"evaluate", folder.at("m"), "--no-symmetrise"});
  CHECK(has(chosen.err, "symmetrise is false here; the model learned with true"));
  CHECK_FALSE(has(chosen.err, "the source says"));
}
