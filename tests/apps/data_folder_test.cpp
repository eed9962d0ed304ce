#include <doctest/doctest.h>

#include <iterator>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  give(words, more);
  return words;
}

}  // namespace

TEST_CASE("no run is written into the folder of the data, and no file that would be read with them") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "own");
  write(folder / "own/edges.txt", "0 1\n1 2\n2 3\n");
  write(folder / "own/features.csv", "1\n2\n3\n4\n");
  write(folder / "own/labels.txt", "a\nb\na\nb\n");
  fs::create_symlink("own", folder / "link");
  for (const char* out : {"own", "link"})
    for (const char* data : {"own", "own/edges.txt"}) {
      for (const std::vector<std::string>& command :
           {std::vector<std::string>{"train"}, {"tune"}, {"compare", "--attention", "gat"}}) {
        const Outcome outcome = run(with(command, {"--data", folder.at(data), "--out", folder.at(out)}));
        CAPTURE(command[0]);
        CAPTURE(outcome.err);
        CHECK(outcome.code == 2);
        CHECK(has(outcome.err, "is the folder of the data, want another one, such as runs/own"));
      }
    }
  const std::vector<std::string> own_epochs{"train", "--data",     folder.at("own"), "--epochs",
                                            "4",     "--stopping", "fixed",          "--quiet"};
  REQUIRE(run(with(own_epochs, {"--out", folder.at("o")})).code == 0);
  const std::string model = folder.at("o"), link = folder.at("link");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"predict", model, "--out", link + "/split.csv"},
        {"predict", model, "--embeddings", link + "/features.npz"},
        {"explain", model, "--edges", link + "/edges.csv"}}) {
    const Outcome outcome = run(command);
    CAPTURE(command.front());
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, "is a file of the data set"));
  }
  // nor into that of the data that the model was trained on
  fs::create_directory(folder / "other");
  write(folder / "other/edges.txt", "0 1\n1 2\n");
  write(folder / "other/features.csv", "1\n2\n3\n");
  write(folder / "other/labels.txt", "a\nb\na\n");
  const std::string other = folder.at("other");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"predict", model, "--out", link + "/labels.csv"},
        {"predict", model, "--embeddings", link + "/features.npz"},
        {"explain", model, "--edges", link + "/edges.csv"}}) {
    const Outcome outcome = run(with(command, {"--data", other}));
    CAPTURE(command.front());
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, " that the model was trained on, want "));
  }
  CHECK(has(run({"train", "--init", model, "--data", other, "--out", link}).err, "is the folder of the data"));
  CHECK(std::distance(fs::directory_iterator(folder / "own"), fs::directory_iterator()) == 3);
  for (const char* free : {"own/runs/o", "own/model"})  // a folder in it is in nobody's way
    CHECK(run(with(own_epochs, {"--out", folder.at(free)})).code == 0);
  CHECK(run({"predict", model, "--out", link + "/predictions.csv"}).code == 0);
}
