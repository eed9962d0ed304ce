#include <doctest/doctest.h>

#include <iterator>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("nothing is written into the folder of the data") {
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
  for (const std::vector<std::string>& command : {std::vector<std::string>{"predict", model, "--out", link + "/p.csv"},
                                                  {"predict", model, "--embeddings", link + "/hidden.npz"},
                                                  {"evaluate", model, "--summary", link + "/scores.json"},
                                                  {"explain", model, "--edges", link + "/attention.csv"},
                                                  {"explain", model, "--out", link},
                                                  {"partition", link, "--parts", "2", "--out", link + "/parts.2"},
                                                  with(own_epochs, {"--summary", link + "/scores.json"})}) {
    const Outcome outcome = run(command);
    CAPTURE(command.front());
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, "is in the folder of the data, want it in another one, such as runs/"));
  }
  // nor into that of the data that the model was trained on
  fs::create_directory(folder / "other");
  write(folder / "other/edges.txt", "0 1\n1 2\n");
  write(folder / "other/features.csv", "1\n2\n3\n");
  write(folder / "other/labels.txt", "a\nb\na\n");
  const std::string other = folder.at("other");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"predict", model, "--out", link + "/labels.csv"},
        {"evaluate", model, "--summary", link + "/scores.json"},
        {"explain", model, "--edges", link + "/edges.csv"},
        {"explain", model, "--out", link},
        {"train", "--init", model, "--epochs", "4", "--summary", link + "/scores.json"}}) {
    const Outcome outcome = run(with(command, {"--data", other}));
    CAPTURE(command.front());
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, " that the model was trained on, want "));
  }
  CHECK(has(run({"train", "--init", model, "--data", other, "--out", link}).err, "is the folder of the data"));
  CHECK(std::distance(fs::directory_iterator(folder / "own"), fs::directory_iterator()) == 3);
  CHECK(run(with(own_epochs, {"--out", folder.at("own/runs/o")})).code == 0);  // a folder in it is in nobody's way
}
