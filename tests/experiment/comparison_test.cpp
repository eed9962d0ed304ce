#include "mercer/experiment/comparison.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>

#include "experiment/json.hpp"
#include "mercer/base/check.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

JobResult run_with(double test, double validation = 0.5) {
  JobResult made{.result = {.ended = "early stop", .validation_metric = validation, .test_metric = test}};
  made.result.history = {{1, 0.7, 0.8, 0.5, 2}, {2, 0.6, 0.7, unknown, 4}};
  made.result.confusion = {3, 1, 0, 2};
  made.calibration.bins[9] = {20, 19, 15};
  made.entropy = {{1, 0.5}, {unknown}};
  made.kernel = {.is_stationary = true, .x = {{0, 1}, {0, 1}}, .kappa = {{1, 0.5}, {1, unknown}}};
  return made;
}

ComparePlan small_plan(const std::filesystem::path& out) {
  ComparePlan plan{
      .contenders = {{.name = "gat", .model = {}}, {.name = "gcn", .model = {.name = "gcn"}}},
      .points = {{{"dropout", "0.4"}}, {{"dropout", "0.6"}}},
      .budget = {.optimizer = OptimizerKind::adam, .epochs = 3, .patience = 5, .stopping = StopRule::gat_authors},
      .seeds = 2,
      .search_seeds = 1,
      .out = out};
  add_data(plan, "karate");
  return plan;
}

}  // namespace

TEST_CASE("the point with the best validation score is chosen, unless it lost runs") {
  const auto at = [](double mean, int lost) {
    return SearchResult{.validation = {.mean = mean, .count = 3}, .lost = lost};
  };
  CHECK(choose({at(0.5, 0), at(0.7, 0), at(0.7, 0)}) == 1);
  CHECK(choose({at(0.5, 0), at(0.9, 1)}) == 0);
  CHECK(choose({at(unknown, 3), at(0.4, 1)}) == 1);
  CHECK(choose({}) == 0);
  JobResult diverged = run_with(0.9, 0.99);
  diverged.result.ended = "diverged";
  const SearchResult searched = searched_of({run_with(0, 0.4), diverged, std::nullopt, run_with(0, 0.6)});
  CHECK(searched.validation.mean == doctest::Approx(0.5));
  CHECK(searched.lost == 2);
}

TEST_CASE("differences of JSON texts in words") {
  CHECK(difference({{"a", 1}, {"b", {{"c", 2}}}}, {{"a", 1}, {"b", {{"c", 3}}}}) == "b/c: was 2, is 3");
  CHECK(difference({{"a", 1}}, {{"a", 1}}).empty());
  CHECK(difference({{"a", 1}}, {{"b", 1}}) == "a: was 1, is not set; b: was not set, is 1");
}

TEST_CASE("a plan has a cell for each model and data set, with complete settings for each point") {
  const test::TempFolder folder;
  const ComparePlan plan = small_plan(folder.path());
  REQUIRE(plan.cells.size() == 2);
  CHECK(plan.metric.front() == Metric::roc_auc);  // two classes
  CHECK(plan.cells[1].contender == 1);
  REQUIRE(plan.cells[0].settings.size() == 2);
  CHECK(plan.cells[0].settings[1].model.number("attention-dropout") == 0.6);
  CHECK(plan.cells[0].parameters > 0);
  CHECK(searches(plan, plan.cells[0]).size() == 2);
  const std::vector<CompareJob> jobs = finals(plan, plan.cells[0], 1);
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].says == "gat on karate, seed 0, dropout=0.6");
  CHECK(jobs[0].file == folder / "runs/karate/gat/dropout=0.6/final-0.json");
  CHECK(point_text({}) == "as given");
}

TEST_CASE("invalid plans are refused before any training") {
  ComparePlan plan = small_plan("nowhere");
  CHECK_THROWS_AS(add_data(plan, "no-such-data"), FileError);
  plan.contenders[0].model.options = {{"dropout", 0.5}};
  CHECK_THROWS_WITH_AS(add_data(plan, "karate"), doctest::Contains("the grid sets dropout too"), ValueError);
  plan.points = {{{"heads", "many"}}};
  CHECK_THROWS_WITH_AS(add_data(plan, "karate"), doctest::Contains("heads: got \"many\", want a whole number"),
                       ValueError);
}

TEST_CASE("a job survives its text, and its result its file") {
  const test::TempFolder folder;
  const ComparePlan plan = small_plan(folder.path());
  CompareJob job = finals(plan, plan.cells[1], 0).front();
  CHECK(text_of(job_from(text_of(job))) == text_of(job));
  CHECK_THROWS_AS(job_from("{"), ValueError);
  CHECK_THROWS_AS(job_from("{}"), ValueError);

  job.file = folder / "result.json";
  CHECK_FALSE(load_result(job));
  const JobResult before = run_with(0.9);
  save_result(job.file, job, before);
  const auto after = load_result(job);
  REQUIRE(after);
  CHECK(after->result.test_metric == 0.9);
  CHECK(after->result.history.size() == 2);
  CHECK(after->result.confusion == before.result.confusion);
  CHECK(after->calibration.bins[9].confidence == 19);
  CHECK(after->entropy[0] == before.entropy[0]);
  CHECK(after->kernel.kappa[0] == before.kernel.kappa[0]);
  CompareJob other = job;
  other.settings.training.epochs = 4;
  CHECK_THROWS_WITH_AS(load_result(other), doctest::Contains("training/epochs: was 3, is 4"), ValueError);
  folder.write("result.json", "[]");
  CHECK_THROWS_AS(load_result(job), FileError);
}

TEST_CASE("a folder holds the protocol of its comparison") {
  const test::TempFolder folder;
  ComparePlan plan = small_plan(folder.path());
  CHECK_FALSE(holds_comparison(folder.path()));
  save_protocol(folder.path(), plan);
  CHECK(holds_comparison(folder.path()));
  CHECK(protocol_difference(folder.path(), plan).empty());
  plan.budget.patience = 6;
  CHECK(protocol_difference(folder.path(), plan) == "training/patience: was 5, is 6");
  folder.write("compare.json", "{}");
  CHECK_THROWS_AS(protocol_difference(folder.path(), plan), FileError);
}

TEST_CASE("a folder knows what its data were") {
  const test::TempFolder folder;
  ComparePlan plan = small_plan(folder.path());
  REQUIRE(plan.sources.size() == 1);
  save_protocol(folder.path(), plan);
  ComparePlan changed = plan;
  ++changed.sources.front().second.labels;
  CHECK(protocol_difference(folder.path(), changed) == "data karate: the labels differ");

  ComparePlan other = plan;  // other data are added, and the first ones stay known
  other.sources.front().first = "club";
  CHECK(protocol_difference(folder.path(), other).empty());
  save_protocol(folder.path(), other);
  CHECK(protocol_difference(folder.path(), plan).empty());
  CHECK(protocol_difference(folder.path(), changed) == "data karate: the labels differ");

  const std::string text = test::bytes_of(folder / "compare.json");
  const std::size_t begin = text.rfind(',', text.find("\"sources\""));
  folder.write("compare.json", text.substr(0, begin) + "}");
  CHECK(protocol_difference(folder.path(), plan).find("an earlier mercer") != std::string::npos);
}

TEST_CASE("a job trains and measures") {
  const ComparePlan plan = small_plan("nowhere");
  const JobResult searched = run_job(searches(plan, plan.cells[0]).front());
  CHECK(searched.result.history.empty());
  CHECK(searched.result.confusion.empty());  // test nodes are not scored
  const JobResult made = run_job(finals(plan, plan.cells[0], 0).front());
  CHECK(made.result.epochs == 3);
  CHECK(made.entropy.size() == 2);
  CHECK_FALSE(made.kernel.kappa.empty());
  CHECK(made.peak_rss_mb > 1);
  double nodes = 0;
  for (const Reliability::Bin& bin : made.calibration.bins)
    nodes += bin.nodes;
  CHECK(nodes == plan.data.front().test);
}
