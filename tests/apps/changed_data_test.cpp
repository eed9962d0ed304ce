#include <doctest/doctest.h>

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
