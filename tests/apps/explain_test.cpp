#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

void train_small(const TemporaryFolder& folder, const std::string& model,
                 const std::vector<std::string>& more = {"--data", "karate"}) {
  std::vector<std::string> words{"train",    "--model", model,     "--threads", "1",
                                 "--epochs", "40",      "--quiet", "--out",     folder.at(model)};
  give(words, more);
  REQUIRE(run(words).code == 0);
}

nlohmann::json explained(const TemporaryFolder& folder, const std::string& model,
                         const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"explain", folder.at(model), "--json"};
  give(words, more);
  const Outcome outcome = run(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  return nlohmann::json::parse(outcome.out);
}

}  // namespace

TEST_CASE("explain factors the attention to every neighbour") {
  const TemporaryFolder folder;
  for (const char* model : {"gat", "rbf", "inner-product"}) {
    CAPTURE(model);
    train_small(folder, model);
    const auto json = explained(folder, model, {"--node", "0", "--layer", "1"});
    CHECK(json["node"] == 0);
    CHECK(json["truth"] == "instructor");
    REQUIRE(json["neighbours"].size() == 17);  // 16 friends and himself
    double alpha = 0, common = 0;
    for (const auto& neighbour : json["neighbours"]) {
      alpha += neighbour["alpha"].get<double>();
      REQUIRE(neighbour["heads"].size() == 8);
      const auto& head = neighbour["heads"][3];
      const double c =
          head["alpha"].get<double>() / (head["similarity"].get<double>() * head["magnitude"].get<double>());
      if (common == 0) common = c;
      CHECK(c == doctest::Approx(common).epsilon(1e-4));
      CHECK(head.contains(std::string(model) == "inner-product" ? "kappa" : "log_kappa"));
    }
    if (std::string(model) != "inner-product") CHECK(alpha == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("explain prints a table and writes a drawing, JSON and CSV") {
  const TemporaryFolder folder;
  train_small(folder, "gat");
  const Outcome outcome = run({"explain", folder.at("gat"), "--node", "33", "--layer", "1", "--head", "2", "--top", "3",
                               "--out", folder.at("why")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  for (const char* part :
       {"layer 1 of 2, head 2 of 8", "node 33: predicted", "truth officer", "15 others", "similarity"})
    CHECK(has(outcome.out, part));
  CHECK(json_in(folder / "why/explain.json")["neighbours"].size() == 18);
  CHECK(lines_in(folder / "why/explain.csv") == 19);  // one head
  const std::string svg = contents(folder / "why/explain.svg");
  CHECK(has(svg, "15 others"));
  CHECK(has(svg, "What node 33 attends to"));
}

TEST_CASE("explain without a node shows which factor decides in each head") {
  const TemporaryFolder folder;
  train_small(folder, "rbf");
  const auto json = explained(folder, "rbf", {"--out", folder.at("why")});
  REQUIRE(json["heads"].size() == 10);  // 8, all of them, and 1
  CHECK(json["heads"][8]["head"] == "all");
  for (const auto& head : json["heads"]) {
    CHECK(head["similarity"].get<double>() + head["magnitude"].get<double>() == doctest::Approx(1));
    CHECK(head["entropy"].get<double>() <= 1.000001);
    CHECK(head["rows"] == (head["head"] == "all" ? 8 * 34 : 34));
  }
  CHECK(lines_in(folder / "why/explain.csv") == 11);
  const Outcome text = run({"explain", "--model", folder.at("rbf"), "--layer", "2"});
  CHECK(has(text.out, "of the rows are within 5 % of uniform"));
  CHECK_FALSE(has(text.out, "layer 1"));
  train_small(folder, "gatv2");
  CHECK(explained(folder, "gatv2")["heads"][0]["similarity"] == 1);
}

TEST_CASE("uniform attention is said first, and cancelling factors have no shares") {
  const TemporaryFolder folder;
  train_small(folder, "gat", {"--data", "karate", "--epochs", "0"});
  const std::string model = run({"explain", folder.at("gat")}).out;
  CHECK(model.find("layer 1: attention ") < model.find("similarity   magnitude"));
  bool cancels = false;
  const auto shares = explained(folder, "gat");
  for (const auto& head : shares["heads"]) {
    const auto share = head["similarity"].get<double>();
    cancels |= std::max(share, 1 - share) > 2;
  }
  CHECK(cancels == has(model, "–: similarity and magnitude nearly cancel"));
  int uniform = 0;
  for (int node = 0; node < 34; node += 3) {
    const std::string name = std::to_string(node);
    const bool is_uniform = explained(folder, "gat", {"--node", name})["near_uniform"];
    const std::string text = run({"explain", folder.at("gat"), "--node", name}).out;
    CHECK(has(text, "alpha is nearly uniform here: the node listens to all its neighbours alike\n\nneighbour") ==
          is_uniform);
    CHECK(has(text, "alpha ∝ similarity × magnitude"));
    uniform += is_uniform;
  }
  CHECK(uniform > 0);
}

TEST_CASE("nodes go by their names, also in the largest component; a number is no name") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n0,1\n0,1\n1,1\n");
  write(folder / "set/edges.txt", "c d\nd e\ne f\na b\n");
  write(folder / "set/nodes.txt", "a\nb\nc\nd\ne\nf\n");
  write(folder / "set/labels.txt", "x\nx\nx\ny\ny\n-\n");
  write(folder / "set/split.txt", "none\nnone\ntrain\ntrain\nval\nnone\n");
  train_small(folder, "gat", {"--data", folder.at("set"), "--largest-component"});
  const auto json = explained(folder, "gat", {"--node", "e"});
  CHECK(json["name"] == "e");
  std::vector<int> sources;
  for (const auto& neighbour : json["neighbours"])
    sources.push_back(neighbour["node"]);
  std::sort(sources.begin(), sources.end());
  CHECK(sources == std::vector<int>{3, 4, 5});
  const Outcome row = run({"explain", folder.at("gat"), "--node", "4"});
  CHECK(row.code == 2);
  CHECK(has(row.err, "want one of c, d, e …; row 4 is e\n"));
  const Outcome gone = run({"explain", folder.at("gat"), "--node", "0"});
  CHECK(gone.code == 2);
  CHECK(has(gone.err, "largest component"));
}

TEST_CASE("of nodes that are named 1 to 5 there is no node 0") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/edges.txt", "1 2\n2 3\n3 4\n4 5\n");
  write(folder / "set/labels.csv", "id,label\n1,x\n2,x\n3,y\n4,y\n5,x\n");
  train_small(folder, "gat", {"--data", folder.at("set"), "--features", "degree", "--split-random", "share:.5,.2"});
  CHECK(has(run({"explain", folder.at("gat"), "--node", "0"}).err,
            "--node 0: set has no node of that name, want one of 1 … 5; row 0 is 1\n"));
  CHECK(explained(folder, "gat", {"--node", "1"})["name"] == "1");
}

TEST_CASE("a node without neighbours is reported as such") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0\n0,1\n");
  write(folder / "set/edges.txt", "0 1\n");
  write(folder / "set/labels.txt", "x\ny\n-\n");
  write(folder / "set/split.txt", "train\ntrain\nnone\n");
  train_small(folder, "gat", {"--data", folder.at("set"), "--no-loops"});
  const Outcome outcome = run({"explain", folder.at("gat"), "--node", "2", "--out", folder.at("why")});
  CHECK(outcome.code == 0);
  CHECK(has(outcome.out, "attends to no node"));
  CHECK(has(outcome.out, "truth unknown"));
  CHECK(has(contents(folder / "why/explain.svg"), "attends to no node"));
  CHECK(has(run({"explain", folder.at("gat")}).out, "nothing to choose"));
}

TEST_CASE("invalid requests are refused with a message, and nothing is written") {
  const TemporaryFolder folder;
  train_small(folder, "gat");
  train_small(folder, "gcn");
  struct Case {
    std::vector<std::string> words;
    const char* wanted;
  };
  const Case cases[] = {
      {{folder.at("gat"), "--node", "34"}, "--node 34: want 0 … 33"},
      {{folder.at("gat"), "--node", "-1"}, "want 0 … 33"},
      {{folder.at("gat"), "--node", "john"}, "no node of that name"},
      {{folder.at("gat"), "--node", "1", "--layer", "3"}, "--layer 3: want 1 … 2"},
      {{folder.at("gat"), "--node", "1", "--layer", "2", "--head", "2"}, "--head 2: want 1 … 1"},
      {{folder.at("gat"), "--head", "9"}, "--head 9: want 1 … 8"},
      {{folder.at("gat"), "--layer", "0"}, "--layer"},
      {{folder.at("gat"), "--node", "1", "--top", "0"}, "--top"},
      {{folder.at("gcn"), "--node", "1"}, "gcn has no attention"},
      {{folder.at("nothing"), "--node", "1"}, "model.safetensors: no such file"},
      {{folder.at("gat"), "--node", "1", "--data", "planted"}, "1433 features"},
      {{folder.at("gat"), "--nodes", "1"}, "did you mean --node?"},
      {{}, "folder of a trained model"},
  };
  for (const auto& [words, wanted] : cases) {
    std::vector<std::string> all{"explain"};
    give(all, words);
    all.insert(all.end(), {"--out", folder.at("why")});
    const Outcome outcome = run(all);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(has(outcome.err, wanted));
    CHECK(outcome.out.empty());
    CHECK_FALSE(fs::exists(folder / "why"));
  }
}

TEST_CASE("GAT can't look up what dynamic attention can") {
  const TemporaryFolder folder;
  REQUIRE(run({"data", "make", "lookup", "--out", folder.at("set")}).code == 0);
  CHECK(has(run({"data", "info", folder.at("set")}).out, "directed"));
  write(folder / "how.toml",
        "layers = 1\noutput-heads = 4\ndropout = 0\nweight-decay = 0\nlearning-rate = 0.01\n"
        "epochs = 400\nstopping = \"fixed\"\n");
  const auto train_accuracy = [&](const std::string& model) {
    const Outcome outcome = run({"train", "--data", folder.at("set"), "--model", model, "--config",
                                 folder.at("how.toml"), "--threads", "1", "--quiet", "--out", folder.at(model)});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    return json_in(folder.at(model) + "/summary.json")["runs"][0]["train_accuracy"].get<double>();
  };
  CHECK(train_accuracy("gat") < 0.5);
  CHECK(train_accuracy("gatv2") > 0.75);
  CHECK(train_accuracy("dot") > 0.95);
  const auto why = explained(folder, "dot", {"--node", "10"});  // the first query looks up the first key
  CHECK(why["neighbours"][0]["node"] == 0);
  CHECK(why["neighbours"].size() == 11);  // ten keys and itself
}

TEST_CASE("the attention of every edge is a table") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0.5\n0.5,1\n0,1\n");
  write(folder / "set/edges.txt", "ann bob\nbob cy\n");
  write(folder / "set/nodes.txt", "dan\ncy\nbob\nann\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\n");
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\n");
  REQUIRE(run({"train", "--data", folder.at("set"), "--heads", "2", "--epochs", "3", "--out", folder.at("run")}).code ==
          0);
  const Outcome outcome = run({"explain", folder.at("run"), "--edges", folder.at("edges.csv")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(has(outcome.out, "24 rows written to"));  // 8 edges with loops, 2 heads and 1
  std::istringstream lines(contents(folder / "edges.csv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "source,target,layer,head,alpha,similarity,magnitude,loop");
  std::getline(lines, line);
  CHECK(line.starts_with("ann,bob,1,1,"));  // the order of edges.txt
  std::vector<std::string> order;
  double sum = 0;
  int loops = 0;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::vector<std::string> cells;
    for (std::string field; std::getline(fields, field, ',');)
      cells.push_back(field);
    REQUIRE(cells.size() == 8);
    if (cells[2] == "1" && cells[3] == "2") order.push_back(cells[0] + ">" + cells[1]);
    if (cells[1] == "bob" && cells[2] == "1" && cells[3] == "2") sum += std::stod(cells[4]);
    CHECK((cells[7] == "yes") == (cells[0] == cells[1]));
    loops += cells[7] == "yes" ? 1 : 0;
  }
  CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  CHECK(loops == 12);
  CHECK(order ==
        std::vector<std::string>{"ann>bob", "bob>cy", "dan>dan", "cy>cy", "cy>bob", "bob>bob", "bob>ann", "ann>ann"});
  REQUIRE(run({"explain", folder.at("run"), "--layer", "1", "--head", "2", "--edges", folder.at("one.csv")}).code == 0);
  CHECK(lines_in(folder / "one.csv") == 9);
  CHECK(run({"explain", folder.at("run"), "--edges", folder.at("no/one.csv")}).code == 2);
}

TEST_CASE("the formula under an explanation has every factor of the model") {
  const TemporaryFolder folder;
  const auto says = [&](const std::vector<std::string>& model, const std::string& want) {
    std::vector<std::string> words{"train",   "--data",  "karate", "--epochs",       "1",
                                   "--quiet", "--fresh", "--out",  folder.at("run"), "--model"};
    words.insert(words.end(), model.begin(), model.end());
    REQUIRE(run(words).code == 0);
    const Outcome outcome = run({"explain", folder.at("run")});
    CAPTURE(outcome.out);
    CHECK(has(outcome.out, want));
  };
  says({"gaussian"}, "similarity: the kernel of q and k; there is no magnitude\n");
  says({"gaussian", "--normaliser", "symmetric"}, "q and k, magnitude: 1 / sqrt(the degree of j)\n");
  says({"gkat"}, "magnitude: the weight of the edge\n");
  says({"nprf"}, "magnitude: exp(the bias of the edge)\n");
  says({"rbf", "--p", "1.5"}, "magnitude: exp(|k|_1.5^2 / divisor)\n");
  says({"dot"}, "their product is exp(q·k / sqrt(d))\n");
}

TEST_CASE("an explanation says that it leaves out the global branch") {
  const TemporaryFolder folder;
  const std::string model = folder.at("run");
  REQUIRE(run({"train", "--data", "karate", "--model", "gat", "--classifier", "linear", "--global", "gated", "--epochs",
               "2", "--quiet", "--out", model})
              .code == 0);
  const char* said =
      "; not shown: in the global branch (gated), which the classifier reads too, every node attends to all";
  CHECK(has(run({"explain", model}).out, said));
  CHECK(has(run({"explain", model, "--node", "3", "--json"}).out, said));
}

TEST_CASE("edges that the data repeat keep their places in the table") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write(folder / "set/features.csv", "1,0\n1,0.5\n0.5,1\n0,1\n");
  write(folder / "set/edges.txt", "3 0\n1 2\n3 0\n2 1\n0 1\n3 0\n");
  write(folder / "set/labels.txt", "a\na\nb\nb\n");
  write(folder / "set/split.txt", "train\nval\ntrain\ntest\n");
  REQUIRE(run({"train", "--data", folder.at("set"), "--duplicates", "count", "--no-symmetrise", "--no-loops",
               "--epochs", "3", "--out", folder.at("run")})
              .code == 0);
  REQUIRE(run({"explain", folder.at("run"), "--layer", "1", "--head", "1", "--edges", folder.at("e.csv")}).code == 0);
  std::istringstream lines(contents(folder / "e.csv"));
  std::string line, order;
  std::getline(lines, line);
  while (std::getline(lines, line))
    order += line.substr(0, 3) + ' ';
  CHECK(order == "3,0 1,2 3,0 2,1 0,1 3,0 ");
}
