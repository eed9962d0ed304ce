#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "apps/program.hpp"
#include "support/torch_writer.hpp"

using namespace mercer::test;

namespace {

/// The largest difference between logits of PyTorch, a line a node, and those of mercer predict.
double largest_difference(const fs::path& wanted, const fs::path& csv) {
  std::istringstream want(contents(wanted)), got(contents(csv));
  std::string want_line, line;
  std::getline(got, line);  // the header
  double largest = 0;
  while (std::getline(want, want_line)) {
    if (!std::getline(got, line)) return HUGE_VAL;
    std::istringstream numbers(want_line), fields(line.substr(line.find(',') + 1));
    for (double number = 0; numbers >> number;) {
      std::string field;
      if (!std::getline(fields, field, ',')) return HUGE_VAL;
      largest = std::fmax(largest, std::fabs(std::stod(field) - number));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("imported layers give PyTorch Geometric's logits") {
  const TemporaryFolder folder;
  const std::string script = MERCER_SOURCE_DIR "/tests/apps/torch_models.py";
  if (std::system(("python3 '" + script + "' '" + folder.path().string() + "'").c_str()) != 0) {
    MESSAGE("SKIPPED: python3 with torch and torch_geometric is needed to run ", script);
    return;
  }
  int models = 0;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".txt") continue;
    const std::string name = entry.path().stem().string(), at = folder.at(name);
    CAPTURE(name);
    std::string words = contents(at + ".args");
    words.pop_back();
    const Outcome imported = shell("$M import " + words + " --out " + at);
    CAPTURE(imported.err);
    REQUIRE(imported.code == 0);
    const bool reads_edges = has(name, "_edges"), has_loops = has(name, "directed");  // and repeated edges
    CHECK(has(imported.out, "the features of edges are left out") != reads_edges);
    CHECK(has(imported.out, "reads the features of edges, as they are") == reads_edges);
    CHECK(has(imported.out, "and taken: between layers") != has(words, "--activation"));
    const bool adds_loops = !has(imported.out, ": dot of") && !has(words, "loops");
    CHECK(has(imported.out, "assumes add_self_loops=True (else --no-loops)") == adds_loops);
    CHECK(has(imported.out, "fill_value='mean' of edge_attr of loops (no other is offered)") == reads_edges);
    CHECK(has(imported.out, "a node's loop has the mean of the other edges into it") == reads_edges);
    CHECK(has(imported.out, "as often as it stands there, each time with features of its own") ==
          (has_loops && reads_edges));
    REQUIRE(run({"predict", "--model", at, "--logits", at + ".csv"}).code == 0);
    CHECK(largest_difference(at + ".txt", at + ".csv") < 1e-5);
    ++models;
  }
  CHECK(models == 3 * 13);
  CHECK(run({"import", folder.at("checkpoint.pt"), "--data", folder.at("data.pt"), "--out", folder.at("c")}).code == 0);
  const Outcome again = run({"import", folder.at("gat.pt"), "--data", folder.at("data.pt"), "--out", folder.at("c")});
  CHECK(has(again.err, "holds a model already"));
  const Outcome asked = run({"import", folder.at("gat.pt"), "--data", folder.at("data.pt"), "--out", folder.at("e"),
                             "--edge-features", "raw"});
  CHECK(asked.code == 2);
  CHECK(has(asked.err, "--edge-features: the layers of the file read none, want ignore"));
  const Outcome left = run({"import", folder.at("gatv2_edges.pt"), "--data", folder.at("data.pt"), "--out",
                            folder.at("e"), "--edge-features", "ignore"});
  CHECK(left.code == 2);
  CHECK(has(left.err, "--edge-features: the layers of the file read 3, want raw or standardise"));
  const Outcome other = run({"import", folder.at("gat.pt"), "--data", "karate", "--out", folder.at("d")});
  CHECK(has(other.err, "the model reads 12 features, karate has 34"));
  CHECK(has(run({"import", folder.at("linear.pt"), "--data", "karate", "--out", folder.at("d")}).err,
            "'0.weight' is of no layer that is imported"));
}

TEST_CASE("heads that may be averaged or side by side are decided by the classes of the data") {
  const TemporaryFolder folder;
  const auto import_of = [&](std::int32_t width) {  // two heads, for karate of 34 features and 2 classes
    const auto ones = [](std::int32_t count) { return std::vector<float>(static_cast<std::size_t>(count), 1); };
    write_state(folder / "gat.pt", {{"att_src", {1, 2, width}, ones(2 * width)},
                                    {"att_dst", {1, 2, width}, ones(2 * width)},
                                    {"lin.weight", {2 * width, 34}, ones(68 * width)}});
    return run({"import", folder.at("gat.pt"), "--data", "karate", "--out", folder.at("o" + std::to_string(width))});
  };
  const Outcome averaged = import_of(2);
  CAPTURE(averaged.err);
  CHECK(averaged.code == 0);
  CHECK(has(averaged.out, "averaged here, for 2 logits (concat=False); side by side, not imported, they are 4"));
  const Outcome joined = import_of(1);
  CHECK(joined.code == 2);
  CHECK(has(joined.err, "give 1 logits averaged (concat=False) and 2 side by side (concat=True), as karate has"));
  CHECK(has(joined.err, "want the last layer trained with concat=False, or with one head"));
}

TEST_CASE("import wants a file, data and a new folder") {
  const TemporaryFolder folder;
  CHECK(has(run({"import"}).err, "want the file of a state_dict"));
  CHECK(has(run({"import", "x.pt"}).err, "--out: got nothing"));
  CHECK(has(run({"import", "x.pt", "--out", folder.at("run")}).err, "--data: got nothing"));
  const Outcome missing = run({"import", folder.at("x.pt"), "--out", folder.at("run"), "--data", "karate"});
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "x.pt: there is no such file"));
}
