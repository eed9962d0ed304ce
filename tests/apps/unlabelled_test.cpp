#include <doctest/doctest.h>

#include "apps/program.hpp"
#include "apps/series_folder.hpp"

using namespace mercer::test;

namespace {

/// The set with ? in place of the labels of the first `count` sequences of a file.
void forget_labels(const std::filesystem::path& file, int count) {
  std::string text = contents(file);
  std::size_t end = text.find("@data\n") + 5;
  for (int n = 0; n < count; ++n) {
    end = text.find('\n', end + 1);
    const std::size_t colon = text.rfind(':', end);
    text.replace(colon + 1, end - colon - 1, "?");
    end = colon + 2;
  }
  write(file, text);
}

}  // namespace

TEST_CASE("test sequences without a label are left out of the scores, and predicted") {
  const SeriesFolder folder;
  forget_labels(folder / "small_TEST.ts", 3);
  const std::string note = "3 sequences without a label are left out of the split: 3 of the test";
  const Outcome trained = folder.train({"--epochs", "2"});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out + trained.err, note));
  CHECK_FALSE(has(trained.out + trained.err, "3 sequences have no label"));
  CHECK(has(trained.out, "32 training, 8 validation, 17 test sequences"));

  const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--json"});
  CAPTURE(evaluated.err);
  REQUIRE(evaluated.code == 0);
  CHECK(nlohmann::json::parse(evaluated.out)["test"]["sequences"] == 17);
  REQUIRE(run({"predict", "--model", folder.at("run"), "--out", folder.at("p.csv")}).code == 0);
  CHECK(lines_in(folder / "p.csv") == 61);

  const Outcome compared =
      run({"compare", "--attention", "transformer:layers=1:hidden=2:heads=1", "--data", folder.at("small_TRAIN.ts"),
           "--seeds", "1", "--grid", "none", "--epochs", "1", "--jobs", "1", "--out", folder.at("c")});
  CAPTURE(compared.err);
  CHECK(compared.code == 0);
  CHECK(has(compared.err, note));
  const Outcome tuned =
      run({"tune", "--model", "transformer", "--data", folder.at("small_TRAIN.ts"), "--trials", "2", "--epochs", "1",
           "--set", "layers=1", "--set", "hidden=2", "--set", "heads=1", "--jobs", "1", "--out", folder.at("t")});
  CAPTURE(tuned.err);
  CHECK(tuned.code == 0);
  CHECK(has(tuned.err, note));
}

TEST_CASE("what the reader mends in other data than those of the training is noted by predict and evaluate") {
  const SeriesFolder folder;
  REQUIRE(folder.train({"--epochs", "1"}).code == 0);
  std::string text = contents(folder / "small_TEST.ts");
  const std::size_t begin = text.find("@data\n") + 6;
  text.replace(begin, text.find_first_of(",:", begin) - begin, "?");
  write(folder / "new.ts", text);
  const auto notes_on = [&](std::vector<std::string> words) {
    give(words, {"--model", folder.at("run"), "--data", folder.at("new.ts")});
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(has(outcome.err, "1 missing value takes the one before it in its dimension"));
  };
  notes_on({"predict", "--out", folder.at("p.csv")});
  notes_on({"evaluate"});
  notes_on({"explain", "--item", "1"});
  forget_labels(folder / "new.ts", 2);
  std::filesystem::rename(folder / "new.ts", folder / "new_TEST.ts");
  write(folder / "new_TRAIN.ts", contents(folder / "small_TRAIN.ts"));
  const Outcome evaluated = run({"evaluate", "--model", folder.at("run"), "--data", folder.at("new_TRAIN.ts")});
  CHECK(has(evaluated.err, "2 sequences without a label are left out of the split: 2 of the test"));
  CHECK(run({"evaluate", "--model", folder.at("run")}).err.empty());
}

TEST_CASE("a validation share that takes nothing of any class is noted with one that does") {
  const SeriesFolder folder;
  const std::string header = "@dimensions 1\n@classLabel true up down\n@data\n";
  write(folder / "small_TRAIN.ts", header + "1,2:up\n1,3:up\n2,1:down\n3,1:down\n");
  write(folder / "small_TEST.ts", header + "1,2:up\n2,1:down\n");
  const std::string way =
      "--validation-share 0.25 takes one of each class of two or more: 0.2 of each class rounds to none";
  const Outcome trained = folder.train({"--epochs", "2", "--quiet"});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.err, "no validation sequences: 2 epochs, nothing stops earlier; --epochs N, or " + way));
  CHECK(has(folder.train({"--epochs", "2", "--validation-share", "0.25", "--overwrite"}).out,
            "2 training, 2 validation"));
  CHECK(
      has(run({"compare", "--attention", "transformer", "--data", folder.at("small_TRAIN.ts"), "--out", folder.at("c")})
              .err,
          "no validation sequences to choose by; " + way));
  CHECK(has(run({"tune", "--model", "transformer", "--data", folder.at("small_TRAIN.ts"), "--out", folder.at("t")}).err,
            "no validation sequences to choose by; " + way));
  write(folder / "small_TRAIN.ts", header + "1,2:up\n2,1:down\n");
  CHECK(has(folder.train({"--epochs", "2", "--overwrite"}).err, "draws some; no class has two training sequences"));
}

TEST_CASE("a test part without any label has no score, which is said") {
  const SeriesFolder folder;
  forget_labels(folder / "small_TEST.ts", 20);
  const Outcome trained = folder.train({"--epochs", "2"});
  CAPTURE(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(has(trained.out + trained.err, "the split has no test sequences with a label: there is no test score"));
  CHECK(run({"evaluate", "--model", folder.at("run")}).code == 0);
}
