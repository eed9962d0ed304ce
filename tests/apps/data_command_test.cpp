#include <doctest/doctest.h>

#include <cstdlib>

#include "apps/program.hpp"

using namespace mercer::test;

TEST_CASE("data info describes the karate club") {
  const Outcome text = run({"data", "info", "karate"});
  CHECK(text.code == 0);
  CHECK(has(text.out, "78 undirected"));
  const Outcome outcome = run({"data", "info", "karate", "--json"});
  REQUIRE(outcome.code == 0);
  const auto json = nlohmann::json::parse(outcome.out);
  CHECK(json["nodes"] == 34);
  CHECK(json["undirected_edges"] == 78);
  CHECK(json["degree"]["max"] == 17);
  CHECK(json["components"] == 1);
  CHECK(json["classes"].size() == 2);
  CHECK(run({"data", "info"}).code == 2);
}

TEST_CASE("data info tells directed edges from pairs of nodes") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1\n2\n3\n");
  write(folder / "set/edges.txt", "# directed\n0 1\n1 0\n1 2\n2 2\n");
  const Outcome text = run({"data", "info", folder.at("set")});
  CHECK(has(text.out, "3 directed, between 2 pairs of nodes, 1 loops; 4 slots stored, not symmetric"));
  CHECK(has(text.out, "the source says that they are directed: training leaves them so"));
}

TEST_CASE("data list names what is built in and what lies in the folders") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "mine");
  write(folder / "mine/features.csv", "1\n2\n");
  write(folder / "mine/edges.txt", "0 1\n");
  ::setenv("MERCER_DATASETS", folder.path().c_str(), 1);
  const Outcome list = run({"data", "list"});
  const Outcome info = run({"data", "info", "mine", "--json"});
  const Outcome near = run({"data", "info", "mien"});
  ::unsetenv("MERCER_DATASETS");
  CHECK(list.code == 0);
  CHECK(has(list.out, "planted"));
  CHECK(has(list.out, "mine"));
  REQUIRE(info.code == 0);
  CHECK(nlohmann::json::parse(info.out)["nodes"] == 2);
  CHECK(near.code == 2);
  CHECK(has(near.err, "mine"));
}

TEST_CASE("data make writes a set that reads back") {
  const TemporaryFolder folder;
  const Outcome made = run({"data",
                            "make",
                            "planted",
                            "--out",
                            folder.at("set"),
                            "--nodes",
                            "300",
                            "--classes",
                            "3",
                            "--edges",
                            "600",
                            "--words",
                            "120",
                            "--words-in-all",
                            "3000",
                            "--train",
                            "5",
                            "--validation",
                            "60",
                            "--test",
                            "100",
                            "--seed",
                            "4"});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const auto json = nlohmann::json::parse(run({"data", "info", folder.at("set"), "--json"}).out);
  CHECK(json["nodes"] == 300);
  CHECK(json["undirected_edges"] == 600);
  CHECK(json["features"]["nonzeros"] == 3000);
  CHECK(json["splits"][0]["train"]["nodes"] == 15);
  CHECK(json["splits"][0]["test"]["nodes"] == 100);
  const std::string edges = contents(folder / "set/edges.txt");
  const Outcome twice = run({"data", "make", "planted", "--out", folder.at("set")});
  CHECK(twice.code == 2);
  CHECK(contents(folder / "set/edges.txt") == edges);
  CHECK(run({"data", "make", "planted"}).code == 2);
  CHECK(run({"data", "make", "planed", "--out", folder.at("x")}).code == 2);
}

TEST_CASE("data make and data convert write sequences that read back") {
  const TemporaryFolder folder;
  const Outcome bags = run({"data", "make", "bags", "--out", folder.at("bags"), "--train", "6", "--test", "3"});
  REQUIRE(bags.code == 0);
  CHECK(has(bags.out, "209 bags"));
  CHECK(has(bags.out, "mercer train --data " + folder.at("bags") + " --model transformer-sa-abmilp"));
  const Outcome copied = run({"data", "convert", folder.at("bags"), "--out", folder.at("copy")});
  REQUIRE(copied.code == 0);
  CHECK(has(copied.out, "209 sequences"));
  CHECK(contents(folder / "copy/bags_TRAIN.ts") == contents(folder / "bags/bags_TRAIN.ts"));
  const Outcome made = run({"data", "make", "listops", "--out", folder.at("ops"), "--train", "30", "--test", "5",
                            "--validation", "0", "--shortest", "5", "--longest", "30"});
  REQUIRE(made.code == 0);
  const auto json = nlohmann::json::parse(run({"data", "info", folder.at("ops"), "--json"}).out);
  CHECK(json["sequences"]["count"] == 35);
  CHECK(json["sequences"]["max"] <= 30);
  CHECK(json["splits"][0]["test"]["nodes"] == 5);
  const Outcome few = run({"data", "make", "listops", "--out", folder.at("x"), "--shortest", "2", "--longest", "3"});
  CHECK(few.code == 2);
  CHECK(has(few.err, "different expressions of 2 to 3 tokens"));
  CHECK_FALSE(fs::exists(folder / "x"));
}

TEST_CASE("Cora as published" * doctest::skip(!fs::exists(MERCER_SHARED_DIR "/datasets/planetoid"))) {
  ::setenv("MERCER_DATASETS", MERCER_SHARED_DIR "/datasets", 1);
  const Outcome outcome = run({"data", "info", "planetoid/cora", "--json"});
  const Outcome several = run({"data", "info", "cora"});
  ::unsetenv("MERCER_DATASETS");
  REQUIRE(outcome.code == 0);
  CHECK(nlohmann::json::parse(outcome.out)["features"]["nonzeros"] == 49216);
  CHECK(several.code == 2);  // three sets have this name; the message lists them
  CHECK(has(several.err, "gnn-benchmark"));
}

TEST_CASE("data convert writes text and archives that read back as they were") {
  const TemporaryFolder folder;
  const auto facts = [](const std::string& name) {
    auto json = nlohmann::json::parse(run({"data", "info", name, "--json"}).out);
    for (const char* member : {"name", "format", "notes"})
      json.erase(member);
    return json;
  };
  const Outcome text = run({"data", "convert", "karate", "--out", folder.at("text")});
  CAPTURE(text.err);
  REQUIRE(text.code == 0);
  REQUIRE(run({"data", "convert", folder.at("text"), "--out", folder.at("k.npz")}).code == 0);
  REQUIRE(run({"data", "convert", folder.at("k.npz"), "--out", folder.at("again")}).code == 0);
  const auto karate = facts("karate");
  CHECK(facts(folder.at("text")) == karate);
  CHECK(facts(folder.at("k.npz")) == karate);
  for (const char* file : {"edges.txt", "labels.txt", "split.txt", "features.svmlight"})
    CHECK(contents(folder / "text" / file) == contents(folder / "again" / file));
  const auto again = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"data", "convert", "--out", folder.at("k.npz")});
    return run(more);
  };
  const std::string archive = contents(folder / "k.npz");
  CHECK(again({folder.at("text")}).code == 0);  // the same
  CHECK(has(again({"planted"}).err, "k.npz: is there and holds something else; want another name, or --overwrite"));
  CHECK(contents(folder / "k.npz") == archive);
  CHECK_FALSE(fs::exists(folder / "k.npz.new"));
  CHECK(again({"planted", "--overwrite"}).code == 0);
  CHECK(contents(folder / "k.npz") != archive);
  CHECK(run({"data", "convert", "karate"}).code == 2);
  CHECK(run({"data", "convert", "karate", "--out", folder.at("text")}).code == 2);
  CHECK(run({"data", "convert", "--out", folder.at("x")}).code == 2);
}

TEST_CASE("labels are converted as the task reads them") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/edges.txt", "0 1\n1 2\n2 3\n");
  write(folder / "set/features.csv", "1,0\n1,0.5\n0.5,1\n0,1\n");
  const auto convert = [&](const std::string& labels, const std::string& out, std::vector<std::string> more) {
    write(folder / "set/labels.csv", labels);
    std::vector<std::string> words{"data", "convert", folder.at("set"), "--out", folder.at(out)};
    give(words, more);
    return run(words);
  };
  CHECK(has(convert("-1\n4\n7\n4\n", "a", {}).out,
            "labels are written as one class each; --task regression writes them as numbers"));
  const std::string whole = convert("2\n4\n7\n4\n", "whole", {}).out;  // text holds them for both
  CHECK(has(whole, "4 nodes, 3 edge slots, 2 features, 3 classes, 0 splits written to"));
  CHECK_FALSE(has(whole, "labels are written as"));
  CHECK(convert("-1\n4\n7\n4\n", "b", {"--task", "regression"}).code == 0);
  CHECK(contents(folder / "b/labels.csv") == "# task: regression\nnode,value\n0,-1\n1,4\n2,7\n3,4\n");
  CHECK(has(convert("id;y\n0;1,5\n1;2\n2;3\n3;4\n", "c", {}).err, "want --task regression for numbers"));
  CHECK(convert("id;y\n0;1,5\n1;2\n2;3\n3;4\n", "d", {"--task", "regression"}).code == 0);
  CHECK(contents(folder / "d/labels.csv") == "# task: regression\nnode,y\n0,1.5\n1,2\n2,3\n3,4\n");
  CHECK(has(convert("1\n2\n1\n2\n", "e.npz.gz", {}).err,
            "e.npz.gz: want a name that ends in .npz, or a folder's name without .gz"));
  CHECK(has(convert("1\n2\n1\n2\n", "e", {"--task", "regresion"}).err, "did you mean regression?"));
}

TEST_CASE("data info shows the labels of another task, and tells file and line where they aren't such") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1\n2\n3\n");
  write(folder / "set/edges.txt", "0 1\n1 2\n");
  write(folder / "set/labels.txt", "5\n5\n-1\n");
  const Outcome classes = run({"data", "info", folder.at("set")});
  CHECK(has(classes.out, "classes     1, 1 node without a label"));
  const Outcome numbers = run({"data", "info", folder.at("set"), "--task", "regression"});
  CHECK(has(numbers.out, "targets     1, 0 nodes without a label"));
  write(folder / "set/labels.txt", "5\ncat\n5\n");
  const Outcome refused = run({"data", "info", folder.at("set"), "--task", "regression"});
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "labels.txt: line 2: got the label 'cat', want a number for --task regression"));
  CHECK(has(run({"data", "info", "karate", "--task", "classs"}).err, "did you mean classes"));
}

TEST_CASE("data info and train say that the scales of columns lie far apart, with the way out") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1000000,1\n2,0.5\n500000,0.25\n90000,1\n");
  write(folder / "set/labels.txt", "0\n1\n0\n1\n");
  write(folder / "set/split.txt", "train\ntrain\nval\ntest\n");
  write(folder / "set/edges.txt", "0 1\n1 2\n2 3\n");
  const char* note = "features differ in scale (column 2: 0.32, column 1: 400,000): --standardise-features brings each";
  CHECK(has(run({"data", "info", folder.at("set")}).out, note));
  const char* advice = "try --standardise-features first: the scales of the features";
  const std::string trained = run({"train", "--data", folder.at("set"), "--epochs", "1"}).out;
  CHECK(has(trained, note));
  CHECK(trained.find(advice) < trained.find("kept epoch"));
  const std::vector<std::string> compare{"compare", "--attention", "gat",      "--data", folder.at("set"),
                                         "--grid",  "none",        "--seeds",  "1",      "--epochs",
                                         "1",       "--metric",    "accuracy", "--out",  folder.at("out")};
  const std::string compared = run(compare).out;
  CHECK(compared.find(advice) < compared.find("test accuracy"));
  CHECK_FALSE(has(run({"train", "--data", folder.at("set"), "--epochs", "1", "--standardise-features"}).out, advice));
}
