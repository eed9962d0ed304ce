#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "apps/program.hpp"
#include "cli/errors.hpp"
#include "compare/report.hpp"
#include "compare/request.hpp"
#include "compare/runner.hpp"
#include "compare/tables.hpp"
#include "mercer/experiment/comparison.hpp"
#include "report/svg_figures.hpp"

using namespace mercer;
using namespace mercer::program;
using test::has;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

JobResult run_with(double test, double validation = 0.5) {
  JobResult made{.result = {.ended = "early stop", .validation_metric = validation, .test_metric = test},
                 .peak_rss_mb = 10};
  made.result.history = {{1, 0.7, 0.8, 0.5, 2}, {2, 0.6, 0.7, 0.6, 4}};
  made.calibration.bins[9] = {20, 19, 15};
  made.entropy = {{1, 0.5}, {unknown}};
  made.kernel = {.is_stationary = true, .x = {{0, 1}, {0, 1}}, .kappa = {{1, 0.5}, {1, unknown}}};
  return made;
}

/// Two attentions on one data set, with names that need escaping.
ComparisonRecord small_comparison() {
  ComparisonRecord made{.command = "mercer compare '<b>'"};
  made.plan = {
      .contenders = {{.name = "gat", .model = {}}, {.name = "<script>,\"x\"", .model = {}}},
      .points = {{{"dropout", "0.4"}}, {{"dropout", "0.6"}}},
      .budget = {.optimizer = OptimizerKind::adam, .epochs = 10, .patience = 5, .stopping = StopRule::gat_authors},
      .data = {{.name = "a&b", .classes = 2}},
      .metric = {Metric::accuracy},
      .seeds = 3,
      .out = "folder"};
  for (std::size_t c = 0; c < 2; ++c)
    made.plan.cells.push_back({.contender = c, .settings = std::vector<Settings>(2), .parameters = 1234});
  made.results = {{.searched = {{}, {}}, .chosen = 1, .runs = {run_with(0.5), run_with(0.6), run_with(0.7)}},
                  {.searched = {{}, {}}, .chosen = 0, .runs = {run_with(0.6), run_with(0.8), std::nullopt}}};
  made.lost = {"<script> on a&b, seed 2: failed"};
  return made;
}

}  // namespace

TEST_CASE("tables of a comparison: counts, paired differences, values") {
  const ComparisonRecord c = small_comparison();
  CHECK(c.at(0, 1).failed() == 1);
  CHECK(c.at(0, 0).epoch_ms() == 3);
  CHECK(c.against_baseline(0, 1).mean == doctest::Approx(0.15));
  CHECK(c.against_baseline(0, 1).count == 2);
  CHECK(score_text(c, 0, 0) == "60.0 ± 10.0 %");
  CHECK(has(score_text(c, 0, 1), "(2 of 3)"));
  CHECK(difference_text(c, 0, 0) == "–");
  CHECK(has(difference_text(c, 0, 1), "+15.0 (−48.5 … +78.5)"));
  CHECK(has(results_csv(c), "\"<script>,\"\"x\"\"\",a&b,accuracy,3,"));
  CHECK(has(results_csv(c), ",0.6 0.8 -\n"));
}

TEST_CASE("differences over data sets, with a test of all pairs of means") {
  ComparisonRecord c = small_comparison();
  CHECK_FALSE(has(results_text(c), "over the 1"));
  CHECK_FALSE(has(results_text(c), "Over data sets"));
  CHECK_FALSE(has(comparison_report(c), "over data sets"));
  c.plan.contenders.push_back({.name = "dot", .model = {}});
  c.plan.data.resize(6, c.plan.data.front());
  c.plan.metric.resize(6, Metric::accuracy);
  c.plan.cells.clear(), c.results.clear();
  for (std::size_t d = 0; d < 6; ++d)
    for (std::size_t k = 0; k < 3; ++k) {
      c.plan.cells.push_back({.contender = k, .data = d, .settings = std::vector<Settings>(2)});
      // the second is always better, by 1 to 6 points; the third on every other set
      const double step = 0.01 * static_cast<double>(d + 1),
                   test = k == 0 ? 0.5 : 0.5 + (k == 1 || d % 2 == 0 ? step : -step);
      c.results.push_back(
          {.searched = {{}, {}}, .chosen = 0, .runs = {run_with(test), run_with(test), run_with(test)}});
    }
  const std::vector<OverData> over = c.over_data();
  CHECK(std::isnan(over[0].probability));
  CHECK(over[1].difference.mean == doctest::Approx(0.035));
  CHECK(over[1].probability == doctest::Approx(2 * 2.0 / 64));  // two tests
  CHECK(over[2].difference.mean == doctest::Approx(-0.005));
  CHECK(over[2].probability > 0.5);
  CHECK(over_data_text(over[0]) == "–");
  CHECK(over_data_text(over[1]) == "+3.5, p 0.062");
  const std::string text = results_text(c);
  CHECK(has(text, "over the 6 data sets"));
  CHECK(has(text, "adjusted for 2 comparisons by Holm"));
  CHECK(has(text, "So few data sets can show no difference at the level 0.05: the least p is 0.062"));
  CHECK(has(comparison_report(c), "<th>over data sets</th>"));
  CHECK(has(results_json(c), "\"signed_rank_holm\": 0.0625"));
  // a set where every run of the baseline was lost makes no pair
  c.results[0].runs = {std::nullopt, std::nullopt, std::nullopt};
  CHECK(c.over_data()[1].difference.count == 5);
  CHECK(c.over_data()[1].probability == doctest::Approx(2 * 2.0 / 32));
  CHECK(has(results_text(c), "the least p is 0.12"));
}

TEST_CASE("the comparison's report is escaped and self-contained") {
  const std::string html = comparison_report(small_comparison());
  for (const char* part : {"<script", "http", "src=", "nan", "inf,"})
    CHECK_FALSE(has(html, part));
  for (const char* part :
       {"&lt;script&gt;", "a&amp;b", "&lt;b&gt;", "60.0 ± 10.0 %", "href=\"#data-1\"", "id=\"data-1\"", "(2 of 3)"})
    CHECK(has(html, part));
  CHECK(html.ends_with("</html>\n"));
}

TEST_CASE("figures of a single value and of no value") {
  CHECK_FALSE(has(svg_whiskers("none", {}), "nan"));
  CHECK_FALSE(has(svg_whiskers("one", {{.name = "a", .at = 0.5, .low = unknown, .high = unknown}}), "nan"));
  CHECK_FALSE(has(svg_whiskers("lost", {{.name = "a", .at = unknown, .low = unknown, .high = unknown}}), "nan"));
  const std::string maps = svg_heat_maps("k", {{"head 1", {0, 1, -1, unknown}}}, 2, 2);
  CHECK(has(maps, "#ffffff"));
  CHECK(has(maps, "#2468b2"));
  CHECK(has(maps, "#d9741a"));
  CHECK_FALSE(has(maps, "nan"));
  const std::string flat = svg_heat_maps("k", {{"head 1", {1, 1 - 1e-7, 1, 1}}}, 2, 2);
  CHECK(has(flat, "#2468b2"));
  CHECK_FALSE(has(flat, "#ffffff"));
}

TEST_CASE("grids and lists as typed") {
  const auto points = points_of(grid_of("learning-rate=0.01,0.02;dropout=0.4,0.6"));
  REQUIRE(points.size() == 4);
  CHECK(point_text(points[1]) == "learning-rate=0.01 dropout=0.6");
  CHECK(point_text(points_of(grid_of("none")).at(0)) == "as given");
  CHECK_THROWS_AS(grid_of("dropout=0.4;dropout=0.5"), UsageError);
  const auto contenders = contenders_of("rbf:p=1.8:normaliser=degree,gat");
  CHECK(contenders[0].model.number("p") == 1.8);
  CHECK(contenders[0].model.options.at("normaliser") == OptionValue("degree"));
  CHECK(baseline_of(contenders, "") == 1);
  CHECK(baseline_of({contenders[0]}, "") == 0);
  CHECK_THROWS_AS(baseline_of(contenders, "rbf"), UsageError);
}

TEST_CASE("data that are compared twice are refused by name") {
  const test::TemporaryFolder folder;
  test::fs::create_directory(folder / "set");
  test::write(folder / "set/features.csv", "1,0\n1,0.5\n0.5,1\n0,1\n");
  test::write(folder / "set/edges.txt", "0 1\n1 2\n2 3\n");
  test::write(folder / "set/labels.txt", "a\na\nb\nb\n");
  test::write(folder / "set/split.txt", "train\nval\ntrain\ntest\n");
  test::fs::copy(folder / "set", folder / "copy");
  CompareRequest request{.attention = "gat"};
  request.grid = "none";
  request.training.metric = Metric::accuracy;
  for (const std::string& again : {folder.at("set/../set"), folder.at("copy")}) {
    request.data.data = folder.at("set") + "," + again;
    CHECK_THROWS_WITH_AS(plan_of(request),
                         doctest::Contains((again + ": holds the same data as " + folder.at("set")).c_str()),
                         ValueError);
  }
}

TEST_CASE("a comparison with another stack names both") {
  const test::TemporaryFolder folder;
  CompareRequest request{.attention = "gat", .stack = "minesweeper"};
  request.data.data = "karate";
  request.grid = "none";
  const ComparePlan plan = plan_of(request);
  save_protocol(folder.path(), plan);
  CHECK(protocol_difference(folder.path(), plan).empty());
  request.stack = "chameleon";
  CHECK(has(protocol_difference(folder.path(), plan_of(request)), "stack: was minesweeper, is chameleon"));
  request.stack = "";
  CHECK(has(protocol_difference(folder.path(), plan_of(request)), "stack: was minesweeper, is none"));
}

TEST_CASE("one stack for every attention") {
  CompareRequest request{.attention = "gat,dot:heads=2,rbf:p=2", .stack = "minesweeper"};
  request.data.data = "karate";
  request.grid = "none";
  ComparePlan plan = plan_of(request);
  CHECK(*plan.budget.epochs == 2000);
  for (const CompareCell& cell : plan.cells) {
    const ModelOptions& model = cell.settings.front().model;
    CHECK(model.number("layers") == 15);
    CHECK(model.number("hidden") == 64);
    CHECK(model.find("norm")->text() == "batch");
    CHECK(cell.settings.front().training.learning_rate == doctest::Approx(0.01));
  }
  const OptionValues common = shared_options(plan).model;
  CHECK(common.at("layers").text() == "15");
  CHECK_FALSE(common.contains("heads"));  // dot has two
  CHECK_FALSE(common.contains("p"));
  ComparisonRecord record{.plan = plan};
  CHECK(has(budget_text(record).front(), "The stack, the same for every attention (recipes tuned-MODEL-minesweeper)"));
  CHECK(has(train_command(plan, plan.cells[2], 0), "--recipe tuned-rbf-minesweeper --data karate --p 2"));

  CHECK(has(budget_text(record).front(), "parameters, "));  // dot and rbf have more projections than gat

  CompareRequest by_shorthand{.attention = "gat,dot"};
  by_shorthand.data.data = "karate";
  by_shorthand.grid = "dropout=0.1,0.5";
  const SharedOptions searched = shared_options(plan_of(by_shorthand));
  for (const char* name : {"input-dropout", "attention-dropout", "value-dropout"})
    CHECK_FALSE(searched.model.contains(name));
  CHECK(searched.model.contains("layers"));

  request.grid = "hidden=8,16;learning-rate=0.01";
  plan = plan_of(request);
  CHECK_FALSE(shared_options(plan).model.contains("hidden"));
  CHECK(plan.cells[1].settings[1].model.number("hidden") == 16);
  CompareRequest of_sequences = request;
  of_sequences.attention = "transformer-dot";
  CHECK_THROWS_WITH_AS(
      plan_of(of_sequences),
      doctest::Contains("--stack minesweeper: transformer-dot has no such stack; the models that have: "
                        "gat, "),
      UsageError);
  request.stack = "minesweepers";
  CHECK_THROWS_WITH_AS(plan_of(request),
                       "--stack: there is no stack \"minesweepers\": did you mean minesweeper? known: tuned, "
                       "minesweeper, chameleon, photo",
                       UsageError);
}

TEST_CASE("a stack prepares features, and gives layers and rates, as its recipe for gat does") {
  CompareRequest request{.attention = "gat,gcn,ikan-direct,mlp", .stack = "chameleon"};
  request.data.data = "karate";
  request.grid = "none";
  const auto normalised = [&](const ComparePlan& plan) { return plan.cells.front().settings.front().data; };
  ComparePlan plan = plan_of(request);
  CHECK_FALSE(*normalised(plan).normalise_features);
  for (const CompareCell& cell : plan.cells) {
    const Settings& settings = cell.settings.front();
    CHECK(settings.model.number("layers") == 2);
    CHECK(settings.model.number("hidden") == 256);
    CHECK(settings.model.find("residual")->text() == "linear");
    CHECK(settings.model.find("decay-norms")->text() == "true");
    CHECK(settings.training.learning_rate == doctest::Approx(0.01));
  }
  CHECK(has(train_command(plan, plan.cells[1], 0), "--recipe tuned-gcn-chameleon --data karate --hidden 256"));
  CHECK_FALSE(has(train_command(plan, plan.cells[0], 0), "--hidden"));
  const std::vector<std::string> said = budget_text({.plan = plan});
  CHECK(has(said[0], "Not the same: bias true of gcn, mlp, false of the others; clip 1000 of ikan-direct, none of"));
  CHECK(has(said[1], "adam, learning-rate 0.01, weight-decay 0.001, features as they are, at most 200 epochs"));
  request.data.normalise_features = true;
  CHECK(*normalised(plan_of(request)).normalise_features);
  request.stack = "tuned";
  plan = plan_of(request);
  CHECK(plan.cells[2].settings.front().recipe == "tuned-ikan-direct");
  CHECK(plan.cells[2].settings.front().model.number("layers") == 3);
}

TEST_CASE("what a comparison can't train is refused before it begins") {
  CompareRequest request{.attention = "gat,rbf:hidden=100000:heads=10000"};
  request.data.data = "karate";
  request.grid = "none";
  CHECK_THROWS_WITH_AS(plan_of(request), doctest::Contains("rbf:hidden=100000:heads=10000 on karate: rbf: 2 layers of"),
                       ValueError);
  request.attention = "gat:layers=1";
  request.grid = "hidden=4,8";
  CHECK_THROWS_WITH_AS(plan_of(request), doctest::Contains("[hidden] no effect without hidden layers"), ValueError);
}

TEST_CASE("a comparison says which trainings were cut short or lost in the search") {
  ComparisonRecord c = small_comparison();
  c.results[0].searched[1].lost = 1;
  c.results[1].runs[0]->result.best_epoch = 10;
  const std::string text = results_text(c);
  CHECK(has(text, "may change the order: <script>,\"x\" on a&b: 1 of 3."));
  CHECK(
      has(text, "Trainings of the search that diverged or failed (a setting with fewer of them goes first): gat on "));
  CHECK(text.find("Every training") < text.find("test accuracy"));  // the budget comes first
}

TEST_CASE("the progress line of a comparison") {
  const std::string text = runs_text(12, 96, 1, 65, "gat on cora");
  for (const char* part : {"[==              ]", "12/96 runs", "1 failed", "about 1 min 5 s left", "gat on cora"})
    CHECK(has(text, part));
  CHECK_FALSE(has(runs_text(0, 10, 0, -1, ""), "left"));
}
