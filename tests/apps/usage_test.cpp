#include <doctest/doctest.h>

#include <sstream>

#include "apps/program.hpp"
#include "cli/users_words.hpp"
#include "mercer/models/build.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("help and version") {
  const Outcome help = run({"--help"});
  CHECK(help.code == 0);
  CHECK(has(help.out, "Example:"));
  const Outcome version = run({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out == std::string("mercer ") + MERCER_PROGRAM_VERSION + "\n");
  const Outcome nothing = run({});
  CHECK(nothing.code == 2);
  CHECK(has(nothing.out, "Usage:"));
  for (const char* command :
       {"train", "evaluate", "predict", "explain", "compare", "models", "data", "partition", "devices"}) {
    CAPTURE(command);
    const Outcome each = run({command, "--help"});
    CHECK(each.code == 0);
    CHECK(has(each.out, "Example"));
    CHECK(has(help.out, command));
    CHECK(each.err.empty());
  }
}

TEST_CASE("a help begins with what nearly everyone uses, and names the options of the models at its end") {
  for (const char* command : {"train", "tune", "compare", "evaluate", "predict", "explain", "import"}) {
    CAPTURE(command);
    const std::string help = run({command, "--help"}).out;
    const std::size_t first = help.find("\nOptions:\n"), next = help.find("\n\n", first);
    REQUIRE(next != std::string::npos);
    CHECK(help.find("Example") < first);
    CHECK(help.find("--data", first) < next);
    CHECK_FALSE(has(help, "{false}"));
    CHECK_FALSE(has(help, "\n\n\n"));
    std::istringstream lines(help.substr(first));
    for (std::string line; std::getline(lines, line);)
      CHECK_MESSAGE(line.size() <= 125, line);
  }
  const std::string help = run({"train", "--help"}).out;
  const std::size_t next = help.find("\n\n", help.find("\nOptions:\n")),
                    models = help.find("Options of the model (mercer");
  for (const char* option : {"--model NAME", "--epochs COUNT", "--learning-rate", "--seeds", "--out DIR"})
    CHECK(help.find(std::string("\n  ") + option) < next);
  CHECK(models > help.find("\nOutput:\n"));
  for (const char* option : {"--jumping,", "--[no-]tied,", "--convolution\n"})
    CHECK(help.find(option) > models);
}

TEST_CASE("an option that is given twice and is no list is refused, but typed ones win over a file's") {
  const TemporaryFolder folder;
  write(folder / "run.toml", "data = \"karate\"\nepochs = 7\nloops = false\n");
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"train", "--data", "karate", "--encoding", "laplacian:2", "--encoding", "random-walk:4"},
       "--encoding: given twice: laplacian:2, random-walk:4; want it once"},
      {{"train", "--data", "karate", "--loops", "--no-loops"}, "--loops: given twice; want it once"},
      {{"train", "--config", folder.at("run.toml"), "--epochs", "3", "--epochs=3"}, "--epochs: given twice: 3, 3"},
      {{"partition", "karate", "--parts", "2", "--parts", "3"}, "--parts: given twice: 2, 3"},
      {{"data", "info", "karate", "--json", "--json"}, "--json: given twice"},
      {{"compare", "--attention", "gat", "--attention", "rbf"}, "--attention: given twice: gat, rbf"}};
  for (const auto& [words, wanted] : cases) {
    const Outcome outcome = run(words);
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(has(outcome.err, wanted), outcome.err);
  }
  CHECK(run({"train", "--config", folder.at("run.toml"), "--epochs", "2", "--loops", "--quiet"}).code == 0);
}

TEST_CASE("messages name options, and no functions of the library") {
  using mercer::program::in_users_words;
  CHECK(in_users_words("[build_model] gcn has no option") == "gcn has no option");
  CHECK(in_users_words("gat on set: [KernelAttention] sigma: got 0") == "gat on set: sigma: got 0");
  CHECK(in_users_words("[loops] set is [one] of sequences") == "--loops: set is [one] of sequences");
  CHECK(in_users_words("[] [a b] x") == "[] [a b] x");
  CHECK(in_users_words("") == "");
  const std::vector<std::vector<std::string>> mistakes{
      {"--model", "gcn", "--edge-columns", "4"},
      {"--model", "gtt"},
      {"--model", "gat", "--global", "average"},
      {"--model", "rbf", "--normaliser", "none", "--p", "1.5", "--linear"},
      {"--model", "transformer"},
      {"--edge-features", "raw"}};
  for (std::vector<std::string> words : mistakes) {
    words.insert(words.begin(), {"train", "--data", "karate", "--epochs", "1"});
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK_FALSE(has(outcome.err, "["));
  }
}

TEST_CASE("models lists all, and the options of one") {
  const Outcome all = run({"models"});
  CHECK(all.code == 0);
  for (const char* name : {"\ngatv2 ", "\nikan-direct ", "\nmlp "})
    CHECK(all.out.find(name) != std::string::npos);
  const Outcome one = run({"models", "rbf"});
  CHECK(one.code == 0);
  CHECK(one.out.find("--divisor") != std::string::npos);
  CHECK(one.out.find("--negative-slope") == std::string::npos);
  CHECK(has(one.out, "--hidden                  width of each head of a hidden layer (1 to 1048576) [8]"));
  CHECK(has(one.out, "residual                added to hidden layers: none, input, linear [none]"));
  CHECK(run({"models", "rbf", "--markdown"}).code == 2);
  CHECK(has(run({"models", "--recipes"}).out, "\ngat-citeseer "));
  const Outcome none = run({"models", "ikan-direkt"});
  CHECK(none.code == 2);
  CHECK(none.err.find("ikan-direct") != std::string::npos);
}

TEST_CASE("models lists the settings of a recipe as the options of train that give them") {
  for (const char* name : {"gat-cora", "tuned-gcn-minesweeper", "sgformer-pubmed", "transformer-uea"}) {
    CAPTURE(name);
    const Outcome listed = run({"models", name});
    CAPTURE(listed.err);
    REQUIRE(listed.code == 0);
    CHECK(listed.out.starts_with(std::string(name) + ": "));
    CHECK(has(listed.out, "\n  --learning-rate 0.0"));
    if (std::string(name) == "transformer-uea") continue;  // of no graph
    const TemporaryFolder folder;
    std::istringstream lines(listed.out);
    std::string options;
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("  --") && !line.starts_with("  --epochs ") && !line.starts_with("  --stopping "))
        options += line;
    const auto settings = [&](const std::string& typed) {
      const Outcome trained = shell("$M train --data karate --seeds 1 " + typed +
                                    " --epochs 1 --stopping fixed --quiet --summary " + folder.at("s.json"));
      CAPTURE(trained.err);
      REQUIRE(trained.code == 0);
      auto settings = json_in(folder / "s.json")["settings"];
      settings.erase("patience");  // of no effect here
      return settings;
    };
    const std::size_t patience = options.find("  --patience ");
    if (patience != std::string::npos) options.erase(patience, options.find("  --", patience + 4) - patience);
    CHECK(settings(options) == settings("--recipe " + std::string(name)));
  }
  CHECK(has(run({"models", "gat-coar"}).err, "gat"));
}

TEST_CASE("docs/attentions.md holds every model and the options as they are declared") {
  const std::string docs = contents(fs::path(MERCER_SOURCE_DIR) / "docs" / "attentions.md");
  const Outcome table = run({"models", "--markdown"});
  CHECK(table.code == 0);
  CHECK_MESSAGE(has(docs, table.out), "want the output of mercer models --markdown in docs/attentions.md:\n"
                                          << table.out);
  const std::size_t landmarks = table.out.find("| `--landmarks`");
  const std::string row = table.out.substr(landmarks, table.out.find('\n', landmarks) - landmarks);
  for (const char* owner :
       {"500 of `kernel-machine`", "128 of `transformer-skyformer`", "64 of `transformer-nystromformer`"})
    CHECK_MESSAGE(has(row, owner), row);
  const std::string formulas = docs.substr(0, docs.find("## Options"));
  for (const std::string& name : model_names())
    CHECK_MESSAGE(has(formulas, "`" + name + "`"), name);
}

TEST_CASE("an option that isn't the model's is refused by name, with the nearest; a value with what was wanted") {
  const auto refused = [](std::vector<std::string> words, const char* wanted) {
    words.insert(words.begin(), {"train", "--data", "karate", "--out", "nowhere"});
    const Outcome outcome = run(words);
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(has(outcome.err, wanted), outcome.err);
  };
  refused({"--model", "gcn", "--heads", "4"}, "gcn has no option \"heads\"");
  refused({"--model", "gat", "--magnitude-dropout", "0.5"},
          "gat has no option \"magnitude-dropout\": mercer models gat lists its options");
  refused({"--model", "gatv2", "--score-bias"},
          "gatv2 has no option \"score-bias\": mercer models gatv2 lists its options");
  refused({"--model", "rbf", "--p", "0.5"}, "--p: got 0.5, want a finite number of at least 1");
  refused({"--model", "rbf", "--p=big"}, "--p: got \"big\", want a number");
  refused({"--model", "rbf", "--residual", "skip"}, "--residual: got \"skip\"; known: none, input, linear");
  refused({"--layers", "1", "--norm", "batch"}, "norm: no effect on 0 hidden layers");
  refused({"--jumping", "sum"},
          "jumping: no effect on 1 hidden layer, want at least 2: take layers 3, or classifier linear");
  refused({"--layers", "1", "--classifier", "linear", "--jumping", "max"},
          "jumping: no effect on 1 hidden layer, want at least 2: take layers 2\n");
  refused({"--norm", "bach"}, "--norm: got \"bach\"");
  refused({"--epochs", "-1"}, "--epochs: got -1, want 0 to 1,000,000,000");
  refused({"--stopping", "fixed", "--patience", "3"}, "got 3 with stopping fixed, which trains all epochs");
  refused({"--layers", "1", "--heads", "4"}, "no effect without hidden layers: leave it out");
  refused({"--model", "mlp", "--input-dropout", "0", "--dropout", "0.5"}, "each dropout of mlp is given apart");
  refused({"--epochs", "1.5"}, "--epochs: got \"1.5\", want a whole number");
}

TEST_CASE("an unknown name comes with the nearest one") {
  struct Case {
    std::vector<std::string> words;
    const char* wanted;
  };
  const Case cases[] = {
      {{"trian"}, "did you mean train?"},
      {{"train", "--data", "karate", "--hiden", "8"}, "did you mean --hidden?"},
      {{"train", "--hiden=8"}, "did you mean --hidden?"},
      {{"train", "--data", "karate", "--model", "gatt"}, "did you mean gat?"},
      {{"train", "--data", "karate", "--recipe", "gat-coro"},
       "did you mean gat-cora? mercer models --recipes lists all\n"},
      {{"train", "--data", "karate", "--optimizer", "adm"}, "did you mean adam?"},
      {{"train", "--data", "karate", "--stopping", "los"}, "did you mean loss?"},
      {{"train", "--data", "karate", "--metric", "acuracy"}, "did you mean accuracy?"},
      {{"data", "inof"}, "did you mean info?"},
      {{"compare", "--atention", "gat"}, "did you mean --attention?"},
      {{"evaluate", "--modle", "x"}, "did you mean --model?"},
      {{"partition", "karate", "--part", "2"}, "did you mean --parts?"},
      {{"partition", "karate", "--parts", "2", "--method", "recursiv"}, "did you mean recursive?"},
      {{"predict", "--modle", "x"}, "did you mean --model?"},
      {{"train", "--lr", "0.1"}, "did you mean --learning-rate?"},  // names of other tools
      {{"train", "--epoch", "3"}, "did you mean --epochs?"},
      {{"train", "--hid", "8"}, "did you mean --hidden-dropout, --hidden?"},  // cut short
      {{"explain", "--nodes", "8"}, "did you mean --node?"},
      {{"evaluate", "--epoch", "8"}, "mercer evaluate has no option --epoch\n"},
      {{"train", "--data", "karate", "--model", "graphsage"}, "did you mean sage?"},
      {{"train", "--directed"}, "did you mean --no-symmetrise?"},
      {{"train", "--hidden_dim=8"}, "did you mean --hidden?"},
      {{"train", "--gpu", "0"}, "did you mean --device cuda?"},
      {{"train", "--model", "GAT", "--data", "karate"}, "did you mean gat?"},
      {{"recipes"}, "want mercer models --recipes"},
      {{"datasets"}, "want mercer data list"},
      {{"predict", "--out", "-"}, "--out: got '-', want the name of a file; /dev/stdout is standard output"},
      {{"train", "--out", "-"}, "--out: got '-', want the name of a folder"},
  };
  for (const auto& [words, wanted] : cases) {
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("a mistake is one line, ends with code 2 and writes nothing") {
  const TemporaryFolder folder;
  write(folder / "file", "no folder");
  const std::vector<std::vector<std::string>> mistakes = {
      {"--data", folder.at("none")},
      {"--data", "karate", "--epochs", "many"},
      {"--data", "karate", "--epochs", "-1"},
      {"--data", "karate", "--patience", "0"},
      {"--data", "karate", "--seeds", "0"},
      {"--data", "karate", "--threads", "-2"},
      {"--data", "karate", "--learning-rate", "nan"},
      {"--data", "karate", "--dropout", "1.5"},
      {"--data", "karate", "--p", "0.5", "--model", "rbf"},
      {"--data", "karate", "--p", "2", "--model", "gat"},
      {"--data", "karate", "--recipe", "gat-cora", "--model", "gcn"},
      {"--data", "karate", "--split", "7"},
      {"--data", "karate", "--split", "x"},
      {"--data", "karate", "--split-random", "per-class:"},
      {"--data", "karate", "--split-random", "per-class:100,100"},
      {"--data", "karate", "--split-random", "share:0.9,0.9"},
      {"--data", "karate", "--split", "0", "--split-random", "share:0.5,0.2"},
      {"--data", "karate", "--bias=maybe"},
      {"--data", "karate", "--loops=3"},
      {"--data", "karate", "--momentum", "0.9"},
      {"--data", "karate", "--schedule-by", "0.5"},
      {"--data", "karate", "--summary", folder.at("nowhere/summary.json")},
      {"--data", "karate", "--config", folder.at("none.toml")},
      {"--data", "karate", "extra"},
      {"--resume", folder.at("none")},
      {},
  };
  for (std::vector<std::string> words : mistakes) {
    words.insert(words.begin(), "train");
    if (words.size() < 2 || words[1] != "--resume") words.insert(words.end(), {"--out", folder.at("run")});
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK_FALSE(fs::exists(folder / "run"));
  }
  const Outcome file = run({"train", "--data", "karate", "--out", folder.at("file")});
  CHECK(file.code == 2);
  CHECK(contents(folder / "file") == "no folder");
}

TEST_CASE("an option that would change nothing is refused by its own name") {
  const TemporaryFolder folder;
  const std::string model = folder.at("run");
  REQUIRE(
      run({"train", "--data", "karate", "--epochs", "2", "--split-random", "share:0.5,0.2", "--quiet", "--out", model})
          .code == 0);
  const std::vector<std::string> tune{"tune", "--data", "karate", "--epochs", "9", "--out", folder.at("t")};
  const auto and_more = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    give(words, more);
    return words;
  };
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"explain", model, "--top", "3"}, "--top: is of the neighbours of a node, want it with --node"},
      {{"explain", model, "--split-random", "share:0.5,0.2"}, "--split-random: an explanation is of any node"},
      {{"explain", model, "--device-memory", "1GB"},
       "--device-memory: is of a CUDA device, and explain looks at a model on the CPU"},
      {{"explain", model, model}, "explain takes one MODEL, got '"},
      {{"evaluate", model, model}, "evaluate takes one MODEL, got '"},
      {{"predict", model, "--model", model, "--out", folder.at("p.csv")}, "MODEL excludes --model"},
      {{"models", "gat", model}, "takes"},
      {{"train", "own"}, "train takes options, got 'own'; want --data own"},
      {{"explain", model, "--device", "cpu,cpu"}, "--device cpu,cpu: explain looks at a model on the CPU"},
      {{"predict", "--model", model, "--logits", folder.at("l.csv"), "--embeddings"}, "--embeddings: got nothing"},
      {{"predict", "--model", model, "--logits", folder.at("l.csv"), "--split", "0"},
       "--split: says the parts that --out"},
      {{"evaluate", "--model", model, "--validation-share", "0.2"}, "--validation-share: karate has no given split"},
      {{"train", "--data", "karate", "--epochs", "2", "--fresh"}, "--overwrite: forgets what --out holds"},
      {{"compare", "--attention", "gat", "--data", "karate", "--grid", "none", "--search-seeds", "2", "--out",
        folder.at("c")},
       "--search-seeds: there is nothing to choose from in --grid"},
      {and_more(tune, {"--halving", "1", "--first-epochs", "3"}), "--first-epochs: with --halving 1 all trials"},
      {and_more(tune, {"--splits", "0,1"}), "--splits: got 1, but karate has one split: 0"},
      {and_more(tune, {"--splits", "0,1", "--split-random", "share:0.5,0.2"}),
       "--splits: --split-random share:0.5,0.2 has"},
  };
  for (const auto& [words, wanted] : cases) {
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
  }
}

TEST_CASE("a configuration file holds options, and typed options win") {
  const TemporaryFolder folder;
  write(folder / "run.toml", "data = \"karate\"\nepochs = 7\nstopping = \"fixed\"\nhidden = 4\nloops = false\n");
  const Outcome outcome =
      run({"train", "--config", folder.at("run.toml"), "--epochs", "9", "--summary", folder.at("summary.json")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const auto summary = json_in(folder / "summary.json");
  CHECK(summary["runs"][0]["epochs"] == 9);
  CHECK(summary["settings"]["hidden"] == "4");
  CHECK(summary["data"]["edge_slots"] == 156);  // 78 friendships both ways, no loops

  write(folder / "bad.toml", "data = \"karate\"\nhiden = 4\n");
  const Outcome bad = run({"train", "--config", folder.at("bad.toml")});
  CHECK(bad.code == 2);
  CHECK(has(bad.err, "bad.toml"));
  CHECK(has(bad.err, "did you mean --hidden?"));
  const Outcome endless = run({"train", "--config", "/dev/zero"});
  CHECK(endless.code == 2);
  CHECK(has(endless.err, "/dev/zero: is a device, want a file; --config wants a TOML, INI or JSON file of options"));
  CHECK(has(run({"train", "--config", folder.at("none.toml")}).err, "none.toml: can't be read: No such file"));
  write(folder / "long.toml", std::string((1 << 20) + 1, '\n'));
  CHECK(has(run({"train", "--config", folder.at("long.toml")}).err, "is longer than 1048576 bytes"));
  const Outcome pipe = shell("echo 'data = \"karate\"' | \"$M\" train --epochs 2 --quiet --config /dev/stdin");
  CHECK(pipe.code == 0);
  write(folder / "a.yaml", "# mine\nhidden: 4\n");
  write(folder / "a.json", "{\"hidden\": 4}\n");
  write(folder / "other.toml", "lr = 0.1\n");
  CHECK(has(run({"train", "--config", folder.at("a.yaml")}).err, "looks like YAML, want TOML or INI: a line name = "));
  CHECK(has(run({"train", "--config", folder.at("a.json"), "--data", "karate", "--seed", "x"}).err, "--seed"));
  write(folder / "part.json", "{\"hidden\": 4");
  CHECK(has(run({"train", "--config", folder.at("part.json")}).err, "is no whole JSON object"));
  write(folder / "deep.json", "{\"hidden\": [4]}");
  CHECK(has(run({"train", "--config", folder.at("deep.json")}).err, "hidden: want one value"));
  const auto refused = [&](const std::string& text) {
    write(folder / "odd.json", text);
    const Outcome outcome = run({"train", "--data", "karate", "--epochs", "1", "--config", folder.at("odd.json")});
    CHECK(outcome.code == 2);
    return outcome.err;
  };
  CHECK(has(refused("[{\"hidden\": 4}]"), "odd.json: is a list, want one JSON object"));
  CHECK(has(refused(std::string(300'000, '[')), "is a list"));
  CHECK(has(refused("{\"hidden\": " + std::string(300'000, '[')), "hidden: want one value"));
  CHECK(has(refused("{\"hidden\": 4, \"seed\": 1, \"hidden\": 8}"), "hidden stands there twice"));
  CHECK(has(refused("[model]\nhidden = 4\n"), "[model]: want names without sections"));
  write(folder / "marked.json", "\xef\xbb\xbf{\"hidden\": 4}");
  CHECK(run({"train", "--data", "karate", "--epochs", "1", "--config", folder.at("marked.json")}).code == 0);
  write(folder / "marked.toml", "\xef\xbb\xbfhidden = 4\n");
  CHECK(run({"train", "--data", "karate", "--epochs", "1", "--config", folder.at("marked.toml")}).code == 0);
  write(folder / "bad.json", "{\"hiden\": 4}");
  CHECK(has(run({"train", "--config", folder.at("bad.json")}).err, "did you mean --hidden?"));
  CHECK(has(run({"train", "--config", folder.at("other.toml")}).err, "did you mean --learning-rate?"));
}

TEST_CASE("a model is named with or without --model, and help COMMAND is the help of the command") {
  const TemporaryFolder folder;
  const std::string model = folder.at("run");
  REQUIRE(run({"train", "--data", "karate", "--epochs", "2", "--quiet", "--out", model}).code == 0);
  const Outcome named = run({"evaluate", "--model", model}), alone = run({"evaluate", model});
  CHECK(alone.code == 0);
  CHECK(alone.out == named.out);
  CHECK(run({"predict", model, "--out", folder.at("p.csv")}).code == 0);
  CHECK(run({"predict", "--model", model, "--out", folder.at("q.csv")}).code == 0);
  CHECK(contents(folder / "p.csv") == contents(folder / "q.csv"));
  for (const char* command : {"train", "evaluate", "data"}) {
    const Outcome help = run({"help", command});
    CHECK(help.code == 0);
    CHECK(help.out == run({command, "--help"}).out);
  }
  CHECK(run({"help", "trian"}).code == 2);
  CHECK(has(run({"help"}).out, "Usage: mercer COMMAND"));
}
