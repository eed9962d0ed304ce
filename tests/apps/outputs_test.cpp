#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "apps/program.hpp"
#include "simt/machine/sanitizer.hpp"

using namespace mercer::test;

namespace {

const std::vector<std::string> four_epochs{"train", "--data",   "karate", "--threads", "1", "--stopping",
                                           "fixed", "--epochs", "4",      "--hidden",  "4", "--quiet"};

std::vector<std::string> and_more(std::vector<std::string> words, const std::vector<std::string>& more) {
  give(words, more);
  return words;
}

const std::string four_epochs_line =
    "\"$M\" train --data karate --threads 1 --stopping fixed --epochs 4 --hidden 4 --quiet ";

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// May strace watch the program? Not beside a sanitizer.
bool can_trace() {
  return !simt::under_asan && !simt::under_tsan &&
         std::system("strace -o /dev/null -e inject=rename:error=EIO true 2>/dev/null") == 0;
}

const std::vector<std::string> finished_files{"finished.json",     "finished.safetensors", "log.jsonl",
                                              "model.safetensors", "report.html",          "summary.json"};

}  // namespace

TEST_CASE("a standard error that is closed or full aborts nothing") {
  for (const char* stream : {"2>&-", "2>/dev/full"}) {
    CAPTURE(stream);
    CHECK(shell("\"$M\" data info nonexistent " + std::string(stream)).code == 2);
    const TemporaryFolder folder;
    const Outcome stopped =
        shell("\"$M\" train --data karate --epochs 2000000 --stopping fixed --quiet --threads 1 --out '" +
              folder.at("o") + "' " + stream + " & P=$!; sleep 1; kill -TERM $P; wait $P");
    CHECK(stopped.code == 130);
    CHECK(fs::exists(folder / "o/resume.json"));
  }
}

TEST_CASE("a standard output that is closed, full or read by nobody is an error") {
  // of the last one, a pipe, the reader has ended
  for (const std::string stream : {">/dev/full", ">&-", ">&3"}) {
    for (const char* command : {"data info karate --json", "data info karate", "--help", "models", "train --help"}) {
      const Outcome outcome = shell("exec 3> >(true); wait $!; \"$M\" " + std::string(command) + " " + stream);
      CAPTURE(stream);
      CAPTURE(command);
      if (stream == ">&3" && has(command, "--help")) {  // as other tools: a reader of a few lines has enough
        CHECK(outcome.code == 128 + SIGPIPE);
        CHECK(outcome.err.empty());
        continue;
      }
      CHECK(outcome.code == 3);
      CHECK(has(outcome.err, "mercer: standard output can't be written"));
    }
  }
  CHECK(shell(four_epochs_line + ">&-").code == 0);  // prints nothing
  const TemporaryFolder folder;
  const Outcome model =
      shell("\"$M\" train --data karate --epochs 2 --threads 1 --out '" + folder.at("o") + "' >/dev/full");
  CHECK(model.code == 3);
  CHECK(entries_of(folder / "o") == finished_files);
}

TEST_CASE("a file that is opened never takes the place of a closed stream") {
  const TemporaryFolder folder;
  const Outcome outcome = shell("\"$M\" partition karate --parts 2 --out '" + folder.at("p") + "' >&- 2>&- <&-");
  CHECK(outcome.code == 3);
  CHECK(lines_in(folder / "p") == 34);
}

TEST_CASE("devices and links are written through") {
  const TemporaryFolder folder;
  fs::create_symlink(folder / "elsewhere.json", folder / "link");
  CHECK(run(and_more(four_epochs, {"--summary", folder.at("link")})).code == 0);
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(json_in(folder / "elsewhere.json")["model"] == "gat");
  CHECK(run(and_more(four_epochs, {"--summary", "/dev/null"})).code == 0);
  CHECK(fs::is_character_file("/dev/null"));
  const Outcome full = run(and_more(four_epochs, {"--summary", "/dev/full"}));
  CHECK(full.code == 3);
  CHECK(has(full.err, "/dev/full: can't be written: No space left on device"));
  REQUIRE(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  const Outcome out = shell("\"$M\" predict --model '" + folder.at("o") + "' --out /dev/stdout");
  CHECK(out.code == 0);
  CHECK(has(out.out, "node,class"));
  CHECK(has(out.out, "34 nodes written to /dev/stdout"));
}

TEST_CASE("a name that is empty, too long or a loop of links is refused by name") {
  const TemporaryFolder folder;
  fs::create_symlink("loop", folder / "loop");
  const std::vector<std::vector<std::string>> commands{
      and_more(four_epochs, {"--out"}),
      and_more(four_epochs, {"--summary"}),
      {"train", "--resume"},
      {"data", "make", "planted", "--out"},
      {"partition", "karate", "--parts", "2", "--out"},
      {"compare", "--attention", "gat", "--data", "karate", "--grid", "none", "--epochs", "2", "--quiet", "--out"},
      {"evaluate", "--model"}};
  for (const auto& command : commands)
    for (const std::string& name : {std::string(), folder.at(std::string(300, 'n')), folder.at("loop")}) {
      const Outcome outcome = run(and_more(command, {name}));
      CAPTURE(name);
      CAPTURE(command.back());
      CAPTURE(outcome.err);
      CHECK(outcome.code == 2);
      CHECK(has(outcome.err, name.empty() ? "--" : name));
      CHECK_FALSE(has(outcome.err, "internal"));
      CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    }
  CHECK(entries_of(folder.path()) == std::vector<std::string>{"loop"});
}

TEST_CASE("a second run into a folder is refused before it trains") {
  const TemporaryFolder folder;
  Program first({"train", "--data", "karate", "--threads", "1", "--stopping", "fixed", "--epochs", "2000000", "--quiet",
                 "--out", folder.at("o")});
  while (first.running() && !fs::exists(folder / "o/log.jsonl.partial"))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const Outcome second = run(and_more(four_epochs, {"--out", folder.at("o")}));
  CHECK(second.code == 2);
  CHECK(has(second.err, "another run writes there"));
  CHECK(run({"train", "--resume", folder.at("o")}).code == 2);
  CHECK(run(and_more(four_epochs, {"--out", folder.at("o"), "--fresh"})).code == 2);
  first.send(SIGKILL);
  first.wait();
  CHECK(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);  // the lock of a dead run is free
  CHECK(entries_of(folder / "o") == finished_files);
}

TEST_CASE("what killed runs left is cleared") {
  const TemporaryFolder folder;
  REQUIRE(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  for (const char* name : {"model.safetensors.part", "resume.json.part", "log.jsonl.partial", "report.html.part"})
    write(folder / "o" / name, "half");
  CHECK(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  CHECK(entries_of(folder / "o") == finished_files);
}

TEST_CASE("results of a run before don't stay beside the model of a new one") {
  const TemporaryFolder folder;
  REQUIRE(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  const std::string before = contents(folder / "o/model.safetensors");
  Program seeds({"train", "--data", "karate", "--threads", "1", "--stopping", "fixed", "--epochs", "50", "--seeds",
                 "100000", "--seed", "7", "--quiet", "--overwrite", "--out", folder.at("o")});
  while (seeds.running() && contents(folder / "o/model.safetensors") == before)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  seeds.send(SIGKILL);
  seeds.wait();
  for (const char* old : {"summary.json", "report.html", "log.jsonl", "finished.json", "finished.safetensors"})
    CHECK_FALSE(fs::exists(folder / "o" / old));
  CHECK(run({"evaluate", "--model", folder.at("o")}).code == 0);
}

TEST_CASE("a run takes no folder that holds files of others under the names of its own, nor that of its beginning") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::vector<std::string>& more, const std::string& why) {
    const Outcome outcome = run(and_more(four_epochs, more));
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, why));
  };
  fs::create_directory(folder / "own");
  write(folder / "own/notes.txt", "mine");
  CHECK(run(and_more(four_epochs, {"--out", folder.at("own")})).code == 0);  // in nobody's way
  CHECK(contents(folder / "own/notes.txt") == "mine");
  for (const char* name : {"summary.json", "report.html", "log.jsonl", "profile.svg", "model.safetensors"}) {
    const std::string other = folder.at(std::string("other-") + name);
    fs::create_directory(other);
    write(other + "/" + name, "mine");
    refused({"--out", other}, other + ": holds " + name + " and no model or run that it could be of");
    refused({"--out", other, "--fresh"}, "want a new folder");
    CHECK(entries_of(other) == std::vector<std::string>{name});
    CHECK(contents(fs::path(other) / name) == "mine");
  }

  const std::string before = contents(folder / "own/model.safetensors");
  fs::create_symlink("own", folder / "link");
  for (const char* out : {"own", "link"})
    for (const char* anew : {"--quiet", "--fresh"})
      refused({"--init", folder.at("own"), "--out", folder.at(out), anew},
              "is the folder of the model that --init begins with: want another one");
  CHECK(contents(folder / "own/model.safetensors") == before);
  fs::remove(folder / "own/summary.json");
  fs::remove(folder / "own/finished.json");
  const Outcome again = run(and_more(four_epochs, {"--out", folder.at("own")}));
  CHECK(again.code == 0);
  CHECK(has(again.err, "holds this very run, finished; it is trained again"));
}

TEST_CASE("what can't be written is reported at once, and the training goes on") {
  const TemporaryFolder folder;
  // files may have 8 KB: the log of 300 epochs is larger, the model is smaller
  const Outcome outcome = shell("ulimit -f 8; \"$M\" train --data karate --threads 1 --epochs 300 --stopping fixed " +
                                std::string("--hidden 1 --heads 1 --seeds 2 --out '") + folder.at("o") + "'");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 3);
  CHECK(has(outcome.err, "log.jsonl.partial: can't be written: File too large; the training goes on"));
  CHECK(has(outcome.err, "report.html: can't be written: File too large"));
  CHECK(has(outcome.out, "written to          " + folder.at("o") + " (model.safetensors, summary.json)\n"));
  CHECK(has(outcome.out, "not written         report.html, log.jsonl of " + folder.at("o") + "\n"));
  CHECK(fs::exists(folder / "o/model.safetensors"));
  CHECK(fs::exists(folder / "o/summary.json"));
  for (const std::string& name : entries_of(folder / "o"))
    CHECK_FALSE(has(name, ".part"));
  CHECK(run({"evaluate", "--model", folder.at("o")}).code == 0);
}

TEST_CASE("a model that could not be written takes the room there is before the report does" *
          doctest::skip(!can_trace())) {
  const TemporaryFolder folder;
  const std::string trace = folder.at("trace");
  const Outcome outcome = shell("strace -f -o '" + trace + "' -e trace=rename -e inject=rename:error=ENOSPC:when=1 " +
                                four_epochs_line + "--out '" + folder.at("o") + "'");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 3);
  const std::string calls = contents(trace);
  const auto failed = calls.find("/model.safetensors\") = -1 ENOSPC");
  const auto again = calls.find("/model.safetensors\") = 0"), report = calls.find("/report.html\") = 0");
  REQUIRE(failed != std::string::npos);
  REQUIRE(again != std::string::npos);
  CHECK(again < report);
  CHECK(run({"evaluate", "--model", folder.at("o")}).code == 0);
}

TEST_CASE("an error is one printable line of a few hundred characters") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"data", "info", "\x1b[31m\n" + std::string(100'000, 'x')});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.size() < 800);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK_FALSE(has(outcome.err, "\x1b"));
}

TEST_CASE("a disk that is full ends every command with the same code") {
  const TemporaryFolder folder;
  REQUIRE(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  const std::vector<std::vector<std::string>> commands{{"predict", "--model", folder.at("o"), "--out"},
                                                       {"explain", folder.at("o"), "--edges"},
                                                       {"evaluate", "--model", folder.at("o"), "--summary"},
                                                       {"partition", "karate", "--parts", "2", "--out"},
                                                       and_more(four_epochs, {"--summary"})};
  for (const auto& command : commands) {
    const Outcome outcome = run(and_more(command, {"/dev/full"}));
    CAPTURE(command.front());
    CHECK(outcome.code == 3);
    CHECK(has(outcome.err, "/dev/full: can't be written: No space left on device"));
    const Outcome packed = run(and_more(command, {folder.at("x.csv.gz")}));
    CHECK(packed.code == 2);
    CHECK(has(packed.err, "x.csv.gz: got a name that ends in .gz, and what is written is not packed: want x.csv"));
    CHECK_FALSE(fs::exists(folder / "x.csv.gz"));
    CHECK(run(and_more(command, {folder.at("none/x.csv")})).code == 2);  // a wrong place is bad input
  }
}

TEST_CASE("an output never takes the place of another one, of the model or of the data") {
  const TemporaryFolder folder;
  REQUIRE(run({"data", "convert", "karate", "--out", folder.at("own")}).code == 0);
  const std::string own = folder.at("own"), o = folder.at("o"), table = "/labels.txt";
  std::vector<std::string> own_epochs = four_epochs;
  own_epochs[2] = own;
  REQUIRE(run(and_more(own_epochs, {"--out", o})).code == 0);
  const std::string model = contents(folder / "o/model.safetensors"), labels = contents(folder / "own/labels.txt");
  fs::create_symlink("link.csv", folder / "link");
  fs::create_symlink("p.csv", folder / "link.csv");  // which isn't there yet
  const std::vector<std::vector<std::string>> commands{
      {"predict", "--model", o, "--out", folder.at("p.csv"), "--logits", folder.at("own/../p.csv")},
      {"predict", "--model", o, "--out", folder.at("p.csv"), "--embeddings", folder.at("link")},
      {"predict", "--model", o, "--out", own + "/labels.csv"},  // would be read
      {"predict", "--model", o, "--data", own + "/edges.txt", "--out", own + "/train_mask.csv"},
      {"evaluate", "--model", o, "--summary", o + "/summary.json"},
      {"evaluate", "--model", o, "--summary", own + "/features.json"},
      {"explain", o, "--edges", own + "/edgelist.csv"},
      {"explain", o, "--edges", own + "/out1_graph_edges.csv"},
      {"explain", o, "--out", o, "--edges", o + "/explain.csv"},
      {"partition", own, "--parts", "2", "--out", own + table},
      and_more(own_epochs, {"--summary", own + table}),
      and_more(own_epochs, {"--out", folder.at("n"), "--summary", folder.at("n/model.safetensors")}),
      and_more(own_epochs, {"--out", folder.at("n"), "--summary", folder.at("n/log.jsonl")})};
  for (const auto& command : commands) {
    const Outcome outcome = run(command);
    CAPTURE(command.front());
    CAPTURE(command.back());
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, "want another name"));
  }
  CHECK(contents(folder / "o/model.safetensors") == model);
  CHECK(contents(folder / "own/labels.txt") == labels);
  CHECK(entries_of(folder.path()) == std::vector<std::string>{"link", "link.csv", "o", "own"});
  // what is in nobody's way
  CHECK(run({"predict", "--model", o, "--out", o + "/predictions.csv"}).code == 0);
  CHECK(run({"predict", "--model", o, "--out", "/dev/null", "--logits", folder.at("l.csv")}).code == 0);
  CHECK(run(and_more(own_epochs, {"--out", o, "--summary", o + "/summary.json"})).code == 0);
}

TEST_CASE("an output that can't be written doesn't take the others with it") {
  const TemporaryFolder folder;
  REQUIRE(run(and_more(four_epochs, {"--out", folder.at("o")})).code == 0);
  fs::create_symlink("/dev/full", folder / "full.csv");
  const Outcome predicted = run({"predict", "--model", folder.at("o"), "--logits", folder.at("full.csv"), "--out",
                                 folder.at("p.csv"), "--embeddings", folder.at("h.npz")});
  CHECK(predicted.code == 3);
  CHECK(has(predicted.err, "can't be written: No space left on device"));
  CHECK(lines_in(folder / "p.csv") == 35);
  CHECK(fs::exists(folder / "h.npz"));
  const Outcome explained = run({"explain", folder.at("o"), "--edges", "/dev/full", "--out", folder.at("e")});
  CHECK(explained.code == 3);
  CHECK(has(explained.err, "/dev/full: can't be written"));
  CHECK(entries_of(folder / "e") == std::vector<std::string>{"explain.csv", "explain.json", "explain.svg"});
}

TEST_CASE("the ending of an output says its form, and another ending is refused before the work") {
  const TemporaryFolder folder;
  const std::string model = folder.at("o");
  REQUIRE(run({"train", "--data", "karate", "--epochs", "3", "--quiet", "--out", model}).code == 0);
  REQUIRE(run({"predict", "--model", model, "--out", folder.at("p.npz")}).code == 0);
  CHECK(contents(folder / "p.npz").starts_with("PK"));
  for (const char* member : {"node.npy", "class.npy", "probability.npy", "true_class.npy", "part.npy",
                             "probabilities.npy", "class_names.npy"})
    CHECK(has(contents(folder / "p.npz"), member));
  const std::vector<std::vector<std::string>> wrong{
      {"predict", "--model", model, "--out", folder.at("p.json")},
      {"predict", "--model", model, "--out", model + ".safetensors"},
      {"explain", "--model", model, "--edges", folder.at("e.npz")},
      {"evaluate", "--model", model, "--summary", folder.at("s.csv")},
      {"train", "--data", "karate", "--epochs", "2", "--summary", folder.at("s.txt")},
      {"data", "convert", "karate", "--out", folder.at("k.csv")},
      {"data", "convert", "karate", "--out", folder.at("k.Zip")},
      {"data", "convert", "karate", "--out", folder.at("k.pt")},
      {"partition", "karate", "--parts", "2", "--out", folder.at("k.NPZ")}};
  for (const std::vector<std::string>& words : wrong) {
    const Outcome outcome = run(words);
    CAPTURE(words.back());
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, words.back() + ": want a name that ends in ."));
    CHECK_FALSE(fs::exists(words.back()));
  }
  REQUIRE(run({"data", "convert", "karate", "--out", folder.at("k.NPZ")}).code == 0);
  CHECK(contents(folder / "k.NPZ").starts_with("PK"));
  CHECK(run({"data", "info", folder.at("k.NPZ")}).code == 0);
  CHECK(run({"partition", "karate", "--parts", "2", "--out", folder.at("karate.graph.part.2")}).code == 0);
  for (std::vector<std::string> words : {std::vector<std::string>{"train", "--data", "karate", "--epochs", "2"},
                                         {"data", "make", "planted"},
                                         {"explain", model},
                                         {"compare", "--attention", "gat", "--data", "karate"}}) {
    words.insert(words.end(), {"--out", folder.at("new.npz")});
    const Outcome outcome = run(words);
    CAPTURE(words.front());
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, "new.npz: is to be a folder, and ends as a file: want a name without .npz"));
    CHECK_FALSE(fs::exists(folder / "new.npz"));
  }
}
