// Training with features of edges, and the model's use on other graphs.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

/// Two hubs whose features differ; all other nodes have none and both hubs as sources. The length of these edges says
/// whose class a node has.
void write_hubs(const fs::path& folder, const std::string& header, int first, bool with_length = true) {
  std::string edges = "# directed\n" + header + "\n", features = "1,0\n0,1\n", labels = "a\nb\n", split = "-\n-\n";
  for (int i = 2; i < 122; ++i) {
    const bool is_a = ((static_cast<unsigned>(i + first) * 2654435761U) >> 16) % 2 == 0;
    for (const int hub : {0, 1}) {
      const int length = (hub == 0) == is_a ? 3000 : 1000;  // of no scale that scores are made for
      edges += std::to_string(hub) + "," + std::to_string(i) + "," + std::to_string(i % 5) + (i % 2 == 0 ? ",x" : ",y");
      if (with_length) edges += "," + std::to_string(length + i % 7);
      edges += "\n";
    }
    features += "0,0\n";
    labels += is_a ? "a\n" : "b\n";
    split += i % 3 == 0 ? "train\n" : i % 3 == 1 ? "val\n" : "test\n";
  }
  fs::create_directories(folder);
  write(folder / "edges.csv", edges);
  write(folder / "features.csv", features);
  write(folder / "labels.txt", labels);
  write(folder / "split.txt", split);
}

Outcome train_on(const std::string& data, const std::string& out, std::vector<std::string> more) {
  std::vector<std::string> words{"train", "--data", data, "--out", out, "--epochs", "150", "--seed", "1"};
  give(words, more);
  return run(words);
}

double test_accuracy(const std::string& folder) {
  return json_in(fs::path(folder) / "summary.json")["test_accuracy"]["values"][0].get<double>();
}

}  // namespace

TEST_CASE("a class that features of edges decide is learned with them, and not without") {
  const TemporaryFolder folder;
  const std::string set = folder.at("set"), with = folder.at("with"), without = folder.at("without");
  write_hubs(set, "source,target,noise,kind,length", 0);
  const Outcome learned = train_on(set, with, {"--model", "gat", "--dropout", "0"});
  CAPTURE(learned.err);
  REQUIRE(learned.code == 0);
  CHECK(has(learned.out, "gat reads the features of edges, each column with mean 0"));
  CHECK(test_accuracy(with) > 0.95);
  CHECK(model_in(fs::path(with) / "model.safetensors")["edge_feature_names"] ==
        nlohmann::json{"noise", "kind=x", "kind=y", "length"});

  REQUIRE(train_on(set, without, {"--model", "gat", "--dropout", "0", "--edge-features", "ignore"}).code == 0);
  CHECK(test_accuracy(without) < 0.8);
  const Outcome gcn = train_on(set, folder.at("gcn"), {"--model", "gcn"});
  CHECK(gcn.code == 0);
  CHECK(has(gcn.out, "the features of edges are not used: gcn reads none; gat, gat-pyg and gatv2 do"));
  const Outcome asked = train_on(set, folder.at("asked"), {"--model", "gcn", "--edge-features", "raw"});
  CHECK(asked.code == 2);
  CHECK(has(asked.err, "gcn reads no features of edges: want gat, gat-pyg or gatv2, or ignore"));
  const Outcome none = train_on("karate", folder.at("karate"), {"--edge-features", "raw"});
  CHECK(none.code == 2);
  CHECK(has(none.err, "its edges have no features"));

  SUBCASE("the model reads them by name on another graph, and refuses one that lacks them") {
    const Outcome same = run({"evaluate", "--model", with, "--json"});
    REQUIRE(same.code == 0);
    CHECK(nlohmann::json::parse(same.out)["test"]["accuracy"] == test_accuracy(with));
    write_hubs(folder / "other", "source,target,also,kind,length", 1);
    const Outcome refused = run({"evaluate", "--model", with, "--data", folder.at("other")});
    CHECK(refused.code == 2);
    CHECK(has(refused.err, "the edges have no feature noise, which the model reads; they have also, kind=x"));
    write_hubs(folder / "bare", "source,target,noise,kind", 1, false);
    CHECK(has(run({"predict", "--model", with, "--data", folder.at("bare"), "--out", folder.at("p.csv")}).err,
              "no feature length"));
    write_hubs(folder / "good", "source,target,noise,kind,length", 1);
    const Outcome other = run({"evaluate", "--model", with, "--data", folder.at("good"), "--json"});
    CAPTURE(other.err);
    REQUIRE(other.code == 0);
    CHECK(nlohmann::json::parse(other.out)["test"]["accuracy"].get<double>() > 0.95);
    const Outcome edges = run({"explain", "--model", with, "--edges", folder.at("alpha.csv")});
    CAPTURE(edges.err);
    CHECK(edges.code == 0);
    std::map<std::string, double> sums;  // of a target in a layer and head
    std::vector<double> terms;           // of the edges 0 → 7 and 1 → 7, which differ in their length
    std::istringstream lines(contents(folder / "alpha.csv"));
    std::string line;
    std::getline(lines, line);
    CHECK(line == "source,target,layer,head,alpha,similarity,magnitude,loop,edge_term");
    while (std::getline(lines, line)) {
      std::istringstream cells(line);
      std::string source, target, layer, head, alpha, cell;
      for (std::string* of : {&source, &target, &layer, &head, &alpha})
        std::getline(cells, *of, ',');
      sums[target + "," + layer + "," + head] += std::stod(alpha);
      while (std::getline(cells, cell, ',')) {
      }
      if (target == "7" && layer == "2" && source != "7") terms.push_back(std::stod(cell));
    }
    REQUIRE(terms.size() == 2);
    CHECK(std::abs(terms[0] - terms[1]) > 0.01);
    CHECK(sums.size() == 122 * 9);
    for (const auto& [row, sum] : sums)
      CHECK(sum == doctest::Approx(1).epsilon(1e-4));
    const Outcome node = run({"explain", with, "--node", "7"});
    const std::string reason = "–: alpha ∝ exp(leaky ReLU(a·[g_i, g_j] + a_e·W_e e_ij)), e_ij the 4 features";
    CHECK(has(node.out, reason));
    CHECK_FALSE(has(node.out, "similarity × magnitude"));
    const Outcome whole = run({"explain", with});
    CHECK(has(whole.out, reason));
    CHECK_FALSE(has(whole.out, "100.0 %"));
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--node", "7"}}) {
      std::vector<std::string> words{"explain", with, "--json", "--out", folder.at("why")};
      give(words, more);
      const auto json = nlohmann::json::parse(run(words).out);
      const auto first = json[more.empty() ? "heads" : "neighbours"][0];
      CHECK(first["similarity"].is_null());
      CHECK(first["magnitude"].is_null());
      CHECK_FALSE(has(contents(folder / "why/explain.csv"), "nan"));
      CHECK(has(contents(folder / "why/explain.svg"), "is no product of"));
      CHECK_FALSE(has(contents(folder / "why/explain.svg"), "similarity × magnitude"));
    }
    CHECK_FALSE(has(node.out, "|g_i|^2"));
    const Outcome off = run({"evaluate", "--model", with, "--edge-features", "ignore"});
    CHECK(has(off.err, "--edge-columns: got 4, but the edges of set have 0 features for the model"));
    const Outcome asks = run({"evaluate", "--model", without, "--edge-features", "raw"});
    CHECK(has(asks.err, "--edge-features: the model reads no features of edges: it was trained without them"));
    CHECK(has(run({"evaluate", "--model", without}).err, "the model doesn't read the features of edges noise, kind=x"));
  }
  SUBCASE("another training begins with it") {
    const Outcome more = train_on(set, folder.at("more"), {"--init", with, "--dropout", "0"});
    CAPTURE(more.err);
    REQUIRE(more.code == 0);
    CHECK(test_accuracy(folder.at("more")) > 0.95);
  }
}

TEST_CASE("gatv2 reads features of edges, and all of its score is similarity") {
  const TemporaryFolder folder;
  const std::string set = folder.at("set"), with = folder.at("with");
  write_hubs(set, "source,target,noise,kind,length", 0);
  const Outcome learned = train_on(set, with, {"--model", "gatv2", "--dropout", "0"});
  CAPTURE(learned.err);
  REQUIRE(learned.code == 0);
  CHECK(has(learned.out, "gatv2 reads the features of edges, each column with mean 0"));
  CHECK(test_accuracy(with) > 0.95);
  const Outcome same = run({"evaluate", "--model", with, "--json"});
  REQUIRE(same.code == 0);
  CHECK(nlohmann::json::parse(same.out)["test"]["accuracy"] == test_accuracy(with));

  const Outcome node = run({"explain", with, "--node", "7", "--edges", folder.at("alpha.csv")});
  CAPTURE(node.err);
  REQUIRE(node.code == 0);
  CHECK(has(node.out,
            "similarity: exp(a·leaky ReLU(q + k + W_e e_ij)), e_ij the 4 features of the edge; there is no magnitude"));
  std::istringstream lines(contents(folder / "alpha.csv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "source,target,layer,head,alpha,similarity,magnitude,loop");

  const Outcome ranks = train_on(set, folder.at("ranks"), {"--model", "gatv2", "--device", "cpu,cpu"});
  CHECK(ranks.code == 2);
  CHECK(has(ranks.err, "with features of edges, want one, or --edge-features ignore"));
}

TEST_CASE("data info names the features of edges, and convert keeps them") {
  const TemporaryFolder folder;
  write_hubs(folder / "set", "source,target,noise,kind,length", 0);
  CHECK(has(run({"data", "info", folder.at("set")}).out, "4 features of edges: noise, kind=x, kind=y, length"));
  REQUIRE(run({"data", "convert", folder.at("set"), "--out", folder.at("set.npz")}).code == 0);
  CHECK(has(run({"data", "info", folder.at("set.npz")}).out, "4 features of edges: noise, kind=x, kind=y, length"));
}

TEST_CASE("a comparison says which contenders read the features of edges, and takes no other number of them") {
  const TemporaryFolder folder;
  const std::string set = folder.at("set");
  write_hubs(set, "source,target,noise,kind,length", 0);
  const auto compared = [&](const std::string& attention, std::vector<std::string> more = {}) {
    std::vector<std::string> words{
        "compare", "--attention", attention, "--data",   set, "--grid",  "none",  "--seeds",
        "1",       "--jobs",      "1",       "--epochs", "2", "--fresh", "--out", folder.at("compared")};
    give(words, more);
    return run(words);
  };
  const Outcome refused = compared("gat:edge-columns=3,gcn");
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "gat:edge-columns=3 on " + set));
  CHECK(has(refused.err, "got 3, but the edges of set have 4 features for the model"));
  CHECK(compared("gat:edge-columns=4", {"--edge-features", "ignore"}).code == 2);

  const Outcome unequal = compared("gat,gcn,dot");
  CAPTURE(unequal.err);
  REQUIRE(unequal.code == 0);
  const std::string says = "the features of edges are read by gat and not by gcn, dot: the contenders do not see";
  CHECK(has(unequal.out, says));
  CHECK(has(contents(folder / "compared/report.html"), says));
  const Outcome ignored = compared("gat,gcn", {"--edge-features", "ignore"});
  CHECK(ignored.code == 0);
  CHECK_FALSE(has(ignored.out, "not by gcn"));
  CHECK_FALSE(has(compared("gat,gat-pyg,gatv2").out, "the contenders do not see"));
}
