#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

using Words = std::vector<std::string>;

Words comparison(const std::string& out, const Words& more = {}) {
  Words words{"compare", "--attention", "gat,rbf:p=1.8",   "--data",   "karate", "--seeds", "3", "--search-seeds",
              "2",       "--grid",      "dropout=0.2,0.4", "--epochs", "15",     "--jobs",  "2", "--out",
              out};
  give(words, more);
  return words;
}

Words split_at_spaces(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder).string());
  return files;
}

/// The children of a process, as Linux lists them.
std::vector<pid_t> children_of(pid_t parent) {
  const std::string id = std::to_string(parent);
  std::ifstream in("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> children;
  for (pid_t child; in >> child;)
    children.push_back(child);
  return children;
}

/// Waits for a child of the program. 0 when the program ended before.
pid_t first_child(Program& program) {
  while (program.running()) {
    if (const auto children = children_of(program.id()); !children.empty()) return children.front();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return 0;
}

}  // namespace

TEST_CASE("a comparison from start to end") {
  const TemporaryFolder folder;
  const Outcome outcome = run(comparison(folder.at("out")));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.err.empty());  // no progress line without a terminal
  for (const char* part : {"karate", "test roc-auc", "− gat", "rbf:p=1.8", "dropout=0.", "mercer compare --attention"})
    CHECK(has(outcome.out, part));

  const auto results = json_in(folder / "out/results.json");
  CHECK(results["version"] == MERCER_PROGRAM_VERSION);
  CHECK(results["baseline"] == "gat");
  REQUIRE(results["results"].size() == 2);
  const auto &gat = results["results"][0], &rbf = results["results"][1];
  CHECK(rbf["attention"] == "rbf:p=1.8");
  CHECK(rbf["values"].size() == 3);
  double mean = 0, difference = 0;
  for (std::size_t s = 0; s < 3; ++s) {
    mean += rbf["values"][s].get<double>() / 3;
    difference += (rbf["values"][s].get<double>() - gat["values"][s].get<double>()) / 3;
  }
  CHECK(rbf["mean"].get<double>() == doctest::Approx(mean));
  CHECK(rbf["difference"]["mean"].get<double>() == doctest::Approx(difference));
  CHECK(rbf["difference"]["pairs"] == 3);
  CHECK(gat["difference"]["mean"] == 0);
  CHECK(rbf["epoch_ms"].get<double>() > 0);
  CHECK(rbf["peak_rss_mb"].get<double>() > 1);
  CHECK(rbf["searched"].size() == 2);
  REQUIRE(rbf["entropy"].size() == 3);
  REQUIRE(rbf["entropy"][0].size() == 2);  // layers
  for (const double share : rbf["entropy"][0][0])
    CHECK((share > 0 && share <= 1.0001));

  // the point with the better validation score is chosen, the first of equals; only it has test scores
  const double first = rbf["searched"][0]["validation_mean"], second = rbf["searched"][1]["validation_mean"];
  CHECK(rbf["chosen"]["dropout"] == (second > first ? "0.4" : "0.2"));
  const auto files = files_in(folder / "out/runs/karate/rbf:p=1.8");
  CHECK(files.size() == 2 * 2 + 3);
  for (const std::string& file : files) {
    const auto result = json_in(folder / "out/runs/karate/rbf:p=1.8" / file)["result"];
    CHECK(result["test_accuracy"].is_null() == has(file, "search"));
  }
  CHECK(lines_in(folder / "out/results.csv") == 3);
  const std::string report = contents(folder / "out/report.html");
  for (const char* part :
       {"Attention entropy", "Learned kernels", "Share right", "95 % interval", "mercer train --model"})
    CHECK(has(report, part));
  for (const char* part : {"<script", "http", "src=", "nan", ".partial"})
    CHECK_FALSE(has(report, part));
}

TEST_CASE("a seed's result has the bits of mercer train with the same settings") {
  const TemporaryFolder folder;
  write(folder / "features.csv", "1,0\n1,0\n0,1\n0,1\n1,0\n0,1\n1,1\n0,0\n");
  write(folder / "edges.txt", "0 1\n1 4\n2 3\n3 5\n6 0\n7 2\n");
  write(folder / "labels.txt", "a\na\nb\nb\na\nb\na\nb\n");
  write(folder / "split.txt",
        "train test\nval train\ntrain test\nval train\ntest val\ntest val\ntest test\ntest test\n");
  const std::string data = "karate," + folder.path().string();
  REQUIRE(run({"compare", "--attention", "gatv2:hidden=4:bias=false", "--data", data, "--seeds", "3", "--seed", "5",
               "--grid", "learning-rate=0.02", "--epochs", "20", "--metric", "accuracy", "--quiet", "--out",
               folder.at("out")})
              .code == 0);
  const auto results = json_in(folder / "out/results.json")["results"];
  REQUIRE(results.size() == 2);
  for (const auto& cell : results) {
    Words words = split_at_spaces(cell["train"]);
    REQUIRE(words.front() == "mercer");
    words.erase(words.begin());
    words.insert(words.end(), {"--quiet", "--summary", folder.at("summary.json")});
    REQUIRE(run(words).code == 0);
    CHECK(json_in(folder / "summary.json")["test_metric"]["values"] == cell["values"]);
    CHECK(json_in(folder / "summary.json")["parameters"] == cell["parameters"]);
  }
  const auto second = json_in(folder / "summary.json")["runs"];  // of the folder's two splits, in turn
  CHECK(second[0]["split"] == 0);
  CHECK(second[1]["split"] == 1);
  CHECK(second[2]["split"] == 0);
}

TEST_CASE("finished runs are reused under the same protocol only") {
  const TemporaryFolder folder;
  REQUIRE(run(comparison(folder.at("out"), {"--quiet"})).code == 0);
  const auto before = json_in(folder / "out/results.json");
  const fs::path kept = folder / "out/runs/karate/gat/dropout=0.2/search-0.json";
  const fs::path lost = folder / "out/runs/karate/gat/dropout=0.2/search-1.json";
  const auto time = fs::last_write_time(kept);
  fs::remove(lost);
  REQUIRE(run(comparison(folder.at("out"), {"--quiet"})).code == 0);
  CHECK(fs::last_write_time(kept) == time);
  CHECK(fs::exists(lost));
  const auto after = json_in(folder / "out/results.json");
  for (std::size_t c = 0; c < 2; ++c)
    CHECK(after["results"][c]["values"] == before["results"][c]["values"]);

  REQUIRE(run(comparison(folder.at("out"), {"--quiet", "--seeds", "4"})).code == 0);
  CHECK(fs::last_write_time(kept) == time);
  CHECK(json_in(folder / "out/results.json")["results"][0]["values"].size() == 4);

  const Outcome fewer = run(comparison(folder.at("out"), {"--attention", "gat,dot", "--seeds", "2"}));
  CHECK(fewer.err ==
        "mercer: " + folder.at("out") + " also holds karate with rbf:p=1.8: name them to have them in the table\n");
  CHECK(has(fewer.out, "Two seeds: intervals are wide; 10 are usual.\n"));
  CHECK(json_in(folder / "out/results.json")["results"].size() == 2);
  const Outcome all = run(comparison(folder.at("out"), {"--attention", "gat,rbf:p=1.8,dot"}));
  CHECK(all.err.empty());
  CHECK_FALSE(has(all.out, "Two seeds"));

  const Outcome other = run(comparison(folder.at("out"), {"--epochs", "16"}));
  CHECK(other.code == 2);
  CHECK(has(other.err, "training/epochs: was 15, is 16"));
  CHECK(has(other.err, "--overwrite"));
  CHECK(fs::last_write_time(kept) == time);
  REQUIRE(run(comparison(folder.at("out"), {"--epochs", "16", "--fresh", "--quiet"})).code == 0);
  CHECK(json_in(kept)["result"]["epochs"] == 16);

  write(kept, "{\"format\": ");
  const Outcome broken = run(comparison(folder.at("out"), {"--epochs", "16"}));
  CHECK(broken.code == 2);
  CHECK(has(broken.err, "search-0.json: "));
  CHECK(has(broken.err, "; delete this file, and the same command trains its run again"));
  fs::remove(kept);
  CHECK(run(comparison(folder.at("out"), {"--epochs", "16", "--quiet"})).code == 0);
  write(folder / "out/compare.json", "{\"format\": ");
  const Outcome lost_plan = run(comparison(folder.at("out"), {"--epochs", "16"}));
  CHECK(lost_plan.code == 2);
  CHECK(has(lost_plan.err, "; --overwrite begins the comparison anew"));
}

TEST_CASE("finished runs are not reused for other data under the same name") {
  const TemporaryFolder folder;
  REQUIRE(run({"data", "convert", "karate", "--out", folder.at("club")}).code == 0);
  const Words words{"compare", "--attention", "gat",      "--data", folder.at("club"), "--seeds",        "1",
                    "--grid",  "none",        "--epochs", "2",      "--out",           folder.at("out"), "--quiet"};
  REQUIRE(run(words).code == 0);
  CHECK(run(words).code == 0);
  const std::string edges = contents(folder / "club/edges.txt");
  write(folder / "club/edges.txt", edges.substr(0, edges.rfind('\n', edges.size() - 2) + 1));  // one less
  const Outcome changed = run(words);
  CHECK(changed.code == 2);
  CHECK(has(changed.err, "the edges differ"));
  CHECK(has(changed.err, "another --out, or --overwrite"));
  Words fresh = words;
  fresh.emplace_back("--fresh");
  CHECK(run(fresh).code == 0);
  CHECK(run(words).code == 0);
}

TEST_CASE("data on which all models score alike can't tell them apart") {
  const TemporaryFolder folder;
  const Words words{"compare", "--attention", "gat,dot", "--data", "karate", "--grid", "none",          "--seeds",
                    "2",       "--epochs",    "0",       "--seed", "0",      "--out",  folder.at("out")};
  const Outcome outcome = run(words);
  const auto results = json_in(folder / "out/results.json")["results"];
  const char* alike = "all models score alike on karate: it can't tell them apart";
  CHECK((results[0]["values"] == results[1]["values"]) == has(outcome.out, alike));
  Words same = words;
  same[2] = "gat,gat:heads=8";
  same.emplace_back("--overwrite");
  CHECK(has(run(same).out, alike));
  CHECK(has(contents(folder / "out/report.html"), "all models score alike on karate"));
  const Outcome evaluated = run({"evaluate", folder.at("out")});
  CHECK(evaluated.code == 2);
  CHECK(has(evaluated.err, "holds a comparison, which keeps no model"));
}

TEST_CASE("a run that diverges is reported, and the rest goes on") {
  const TemporaryFolder folder;
  const Outcome outcome = run({"compare", "--attention", "gat,rbf:p=2:divisor=1e-37", "--data", "karate", "--seeds",
                               "2", "--grid", "none", "--epochs", "5", "--out", folder.at("out")});
  CHECK(outcome.code == 3);
  CHECK(has(outcome.err, "rbf:p=2:divisor=1e-37 on karate, seed 1"));
  CHECK(has(outcome.err, "diverged in epoch 0"));
  const auto results = json_in(folder / "out/results.json");
  CHECK(results["results"][0]["diverged"] == 0);
  CHECK(results["results"][1]["diverged"] == 2);
  CHECK(results["results"][1]["mean"].is_null());
  CHECK(results["results"][1]["std"].is_null());
  CHECK(results["results"][0]["std"].is_number());
  CHECK(has(contents(folder / "out/results.csv"), ",karate,roc-auc,2,,,"));
  CHECK(results["lost"].size() == 2);
  CHECK(has(contents(folder / "out/report.html"), "Runs that diverged or failed"));
  CHECK_FALSE(has(contents(folder / "out/report.html"), "nan"));
}

TEST_CASE("a killed job is reported; an interrupted comparison continues") {
  const TemporaryFolder folder;
  const Words words{"compare", "--attention", "gat",           "--data", "planted",    "--seeds", "2",
                    "--grid",  "none",        "--epochs",      "20",     "--stopping", "fixed",   "--jobs",
                    "1",       "--out",       folder.at("out")};
  fs::create_directory(folder / "out");
  write(folder / "out/compare.json.part", "{");  // of a comparison that was killed at once
  Program program(words);
  const pid_t victim = first_child(program);
  REQUIRE(victim != 0);
  ::kill(victim, SIGKILL);
  const Outcome outcome = program.wait();
  CHECK(outcome.code == 3);
  CHECK(has(outcome.err, "gat on planted, seed 0"));
  CHECK(has(outcome.err, "killed by signal 9"));
  CHECK(json_in(folder / "out/results.json")["results"][0]["failed"] == 1);

  Program again(words);  // runs the missing job
  REQUIRE(first_child(again) != 0);
  again.send(SIGINT);
  const Outcome stopped = again.wait();
  CHECK(stopped.code == 130);
  CHECK(has(stopped.err, "stopped after 1 of 2 runs"));
  CHECK(has(stopped.err, "mercer compare --attention gat"));
  CHECK_FALSE(has(stopped.err, "failed"));
  CHECK(run(words).code == 0);
  const std::string page = contents(folder / "out/report.html");
  CHECK(has(page, "20 epochs; seeds 0 to 1"));
  CHECK_FALSE(has(page, "--patience"));  // train would refuse it
  for (const std::string& file : files_in(folder / "out"))
    CHECK_FALSE((has(file, ".part") || has(file, ".says")));
}

TEST_CASE("invalid comparisons are refused before anything starts") {
  const TemporaryFolder folder;
  struct Case {
    Words words;
    const char* wanted;
  };
  const Case cases[] = {
      {{"--attention", "gta", "--data", "karate"}, "did you mean gat?"},
      {{"--attention", "gat,", "--data", "karate"}, "a name is missing"},
      {{"--attention", "gat,gat", "--data", "karate"}, "gat comes twice"},
      {{"--data", "karate"}, "--attention: got nothing"},
      {{"--attention", "gat"}, "--data: got nothing"},
      {{"--attention", "gat:p=2", "--data", "karate"}, "gat has no option \"p\""},
      {{"--attention", "gat", "--data", "karate", "--hidden", "16"},
       "has no option --hidden; the models' options stand in --grid, as --grid hidden=16"},
      {{"--attention", "rbf:p", "--data", "karate"}, "want name=value"},
      {{"--attention", "rbf:p=2:p=3", "--data", "karate"}, "p comes twice"},
      {{"--attention", "rbf:p=big", "--data", "karate"}, "want a number"},
      {{"--attention", "rbf:p=0.5", "--data", "karate"}, "--attention rbf:p=0.5: p: got 0.5, want a finite number of"},
      {{"--attention", "rbf:normaliser=softmx", "--data", "karate"}, "did you mean softmax?"},
      {{"--attention", "rbf:dropout=0.1", "--data", "karate"}, "the grid sets dropout too"},
      {{"--attention", "gat", "--data", "karate,karate"}, "karate comes twice"},
      {{"--attention", "gat", "--data", folder.at("none")}, "none"},
      {{"--attention", "gat", "--data", "karate", "--baseline", "dot"}, "is not among --attention"},
      {{"--attention", "gat", "--data", "karate", "--grid", "epochs=5,6"}, "part of the budget"},
      {{"--attention", "gat", "--data", "karate", "--grid", "droput=0.5"}, "did you mean dropout?"},
      {{"--attention", "gat", "--data", "karate", "--grid", "lr=0.5"}, "\"lr\"; did you mean learning-rate?"},
      {{"--attention", "gat:num-heads=2", "--data", "karate"}, "did you mean heads?"},
      {{"--attention", "gat", "--data", "karate", "--grid", "dropout=2"}, "want 0 to 1"},
      {{"--attention", "gat", "--data", "karate", "--learning-rate", "0.1"}, "the grid sets it too"},
      {{"--attention", "gat", "--data", "karate", "--metric", "acuracy"}, "did you mean accuracy?"},
      {{"--attention", "gat", "--data", "planted", "--metric", "roc-auc"}, "planted: "},
      {{"--attention", "gat", "--data", "karate", "--seeds", "0"}, "--seeds"},
      {{"--attention", "gat", "--data", "karate", "--refit"},
       "is a graph, whose validation nodes are part of its split"},
      {{"--attention", "gat", "--data", "karate", "--stopping", "fixed", "--patience", "3"}, "with stopping fixed"},
  };
  for (const auto& [words, wanted] : cases) {
    Words all{"compare", "--out", folder.at("out")};
    give(all, words);
    const Outcome outcome = run(all);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK_FALSE(fs::exists(folder / "out"));
  }
  CHECK(has(run({"compare", "--attention", "gat", "--data", "karate"}).err, "--out: got nothing"));
  fs::create_directory(folder / "mine");
  write(folder / "mine/notes.txt", "mine");
  const Outcome other = run(comparison(folder.at("mine"), {"--fresh"}));
  CHECK(other.code == 2);
  CHECK(has(other.err, "holds something else"));
  CHECK(files_in(folder / "mine") == std::set<std::string>{"notes.txt"});
}

TEST_CASE("compare says once what was read of each data set and done to it") {
  const TemporaryFolder folder;
  const Outcome outcome = run(comparison(folder.at("c"), {"--epochs", "2"}));
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::string note = "note        karate: the edges already go both ways";
  CHECK(has(outcome.out, note));
  CHECK(outcome.out.find(note) == outcome.out.rfind(note));
}
