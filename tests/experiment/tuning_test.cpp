#include "mercer/experiment/tuning.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include "mercer/base/check.hpp"
#include "mercer/experiment/halving.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

constexpr double lost_score = std::numeric_limits<double>::quiet_NaN();

TunePlan small_search(const std::filesystem::path& out) {
  TunePlan plan{.trials = 4, .eta = 2, .first_epochs = 3, .out = out};
  plan.request.model = "gat";
  plan.request.data.data = "karate";
  plan.request.training.epochs = 12;
  plan.request.seeds = 2;
  plan.space = {search_range("learning-rate=0.001..0.1:log", "gat"), search_range("hidden=4,8", "gat")};
  return plan;
}

void run_rung(TuneRecord& record, std::size_t rung) {
  const std::vector<std::size_t> trials = next_trials(record, rung);
  for (const CompareJob& job : jobs_of_rung(record.plan, trials, rung)) {
    std::filesystem::create_directories(job.file.parent_path());
    if (!load_result(job)) save_result(job.file, job, run_job(job));
  }
  take_rung(record, trials, rung);
}

}  // namespace

TEST_CASE("ranges as typed, and values that train would refuse") {
  CHECK(search_range("learning-rate=1e-3..1e-1:log", "gat").text() == "learning-rate=0.001..0.1:log");
  CHECK(search_range("hidden=8,16,32", "gat").values.size() == 3);
  CHECK(search_range("layers=2..5", "gat").whole);
  const auto refused = [](const char* typed, const char* wanted) {
    CAPTURE(typed);
    CHECK_THROWS_WITH_AS(search_range(typed, "gat"), doctest::Contains(wanted), ValueError);
  };
  refused("droput=0..1", "did you mean dropout?");
  refused("p=1..2", "neither the training nor gat has an option \"p\"");
  refused("dropout=0..1.5", "got 1.5, want 0 to 1");
  refused("hidden=8,big", "want a whole number");
  refused("dropout=0.5..0.1", "want a first end below the second");
  refused("dropout=0..0.5:log", "want ends above 0");
  refused("norm=none..batch", "want a list");
  refused("norm=none,none", "comes twice");
  refused("hidden=8-64", "want a whole number; a range is hidden=low..high");
  refused("dropout=0-1", "a range is dropout=low..high");
  refused("epochs=10,20", "part of the budget");
  refused("dropout", "want option=low..high");
}

TEST_CASE("a trial's values depend on seed and trial alone, and lie in their ranges") {
  const SearchSpace space{search_range("learning-rate=1e-4..1:log", "gat"), search_range("layers=2..4", "gat"),
                          search_range("norm=none,batch", "gat")};
  std::set<std::string> layers;
  int small = 0;
  for (Index t = 0; t < 200; ++t) {
    const std::vector<OptionText> values = drawn(space, 7, t);
    CHECK(values == drawn(space, 7, t));
    const double rate = std::stod(values[0].second);
    CHECK((rate >= 1e-4 && rate <= 1));
    small += rate < 1e-2 ? 1 : 0;
    layers.insert(values[1].second);
  }
  CHECK(layers == std::set<std::string>{"2", "3", "4"});
  CHECK((small > 70 && small < 130));  // half of the logarithms
  CHECK(drawn(space, 8, 0) != drawn(space, 7, 0));
}

TEST_CASE("a best value at an end of its range is noted, unless the option ends there") {
  const SearchRange rate = search_range("learning-rate=0.001..0.1:log", "gat"),
                    dropout = search_range("dropout=0..0.8", "gat"), hidden = search_range("hidden=8,16,32", "gat");
  CHECK(end_of_range(rate, "0.0951", "gat") == "upper");
  CHECK(end_of_range(rate, "0.00101", "gat") == "lower");
  CHECK(end_of_range(rate, "0.01", "gat").empty());
  CHECK(end_of_range(dropout, "0.001", "gat").empty());
  CHECK(end_of_range(dropout, "0.79", "gat") == "upper");
  CHECK(end_of_range(hidden, "32", "gat") == "upper");
  CHECK(end_of_range(hidden, "16", "gat").empty());
}

TEST_CASE("rungs, and who is promoted") {
  CHECK(rung_epochs(270, 27, 3, 0) == std::vector<Index>{10, 30, 90, 270});
  CHECK(rung_epochs(100, 4, 3, 0) == std::vector<Index>{34, 100});
  CHECK(rung_epochs(100, 9, 3, 25) == std::vector<Index>{25, 75, 100});
  CHECK(rung_epochs(100, 9, 1, 0) == std::vector<Index>{100});
  CHECK(rung_epochs(5, 27, 3, 0) == std::vector<Index>{5});
  CHECK_THROWS_WITH_AS(rung_epochs(10, 9, 3, 20), doctest::Contains("want at most the 10 epochs"), ValueError);
  CHECK(trials_of_rung(27, 3, 2) == 3);
  CHECK(trials_of_rung(4, 3, 3) == 1);
  CHECK(promoted({0.5, lost_score, 0.7, 0.7, 0.6}, 2) == std::vector<std::size_t>{2, 3});
  CHECK(promoted({0.5, 0.7, 0.7}, 1) == std::vector<std::size_t>{1});  // the first of equals
  CHECK(promoted({lost_score, lost_score}, 1).empty());
  CHECK(ranked({lost_score, 0.1, 0.2}) == std::vector<std::size_t>{2, 1, 0});
}

TEST_CASE("a search by halving: the best go on, test nodes are not scored, states are resumed to the same bits") {
  const test::TempFolder folder;
  TuneRecord record{.plan = small_search(folder.path() / "one")};
  prepare_search(record.plan);
  CHECK(record.plan.rungs == std::vector<Index>{3, 6, 12});
  run_rung(record, 0);
  const std::vector<std::size_t> second = next_trials(record, 1);
  REQUIRE(second.size() == 2);
  CHECK(second[0] == 0);  // the unsearched settings, whatever their score
  for (std::size_t t = 1; t < 4; ++t)
    CHECK(record.scores[t][0].mean <= record.scores[second[1]][0].mean);
  run_rung(record, 1);
  run_rung(record, 2);
  const std::size_t best = record.best().value();
  CHECK(record.scores[best].size() == 3);
  REQUIRE(record.scores[0].size() == 3);
  CHECK(record.scores[best].back().mean >= record.scores[0].back().mean);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    CHECK(entry.path().extension() != ".safetensors");
  for (const CompareJob& job : jobs_of_rung(record.plan, {best}, 2)) {
    const JobResult made = load_result(job).value();
    CHECK(std::isnan(made.result.test_metric));
    CHECK(std::isnan(made.result.test_accuracy));
    CompareJob whole = job;  // in one go, without a state
    whole.file = folder.path() / "two" / job.file.filename();
    std::filesystem::create_directories(whole.file.parent_path());
    CHECK(run_job(whole).result.validation_metric == made.result.validation_metric);
    CHECK(run_job(whole).result.best_epoch == made.result.best_epoch);
    CompareJob broken = job;  // of which the state before is cut off
    broken.file = folder.path() / "three" / job.file.filename();
    std::filesystem::create_directories(broken.file.parent_path());
    std::ofstream(broken.file.parent_path() / "epochs-6.safetensors") << "cut off";
    CHECK(run_job(broken).result.validation_metric == made.result.validation_metric);
  }
}

TEST_CASE("no settings are drawn twice, and a space that holds fewer than trials gives each once") {
  const SearchSpace space{search_range("layers=2..4", "gat"), search_range("norm=none,batch", "gat")};
  for (const Index trials : {3, 6, 27}) {
    const auto draws = different_draws(space, 7, trials, {{"layers", "3"}, {"norm", "batch"}});
    CHECK(std::ssize(draws) == std::min<Index>(trials, 6));
    CHECK(draws.front()[0].second == "3");
    CHECK(std::set(draws.begin(), draws.end()).size() == draws.size());
  }
  CHECK(different_draws({search_range("dropout=0..0.5", "gat")}, 7, 50, {}).size() == 50);
  TunePlan plan = small_search("nowhere");
  plan.space = {search_range("hidden=4,8", "gat")};
  prepare_search(plan);
  CHECK(plan.trials == 2);
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes[0] == "the ranges hold only 2 settings for 4 trials: each is tried once");
}

TEST_CASE("the first rung goes on into a gated global branch, or is refused where it was asked for") {
  TunePlan plan = small_search("nowhere");
  plan.request.options.options = {{"classifier", "linear"}, {"global", "gated"}, {"local-epochs", 11}};
  plan.request.training.epochs = 30;
  plan.first_epochs = 0;
  prepare_search(plan);
  CHECK(plan.rungs == std::vector<Index>{21, 30});
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes[0] ==
        "the first rung ends after 21 epochs, not after 10: the global branch begins after local-epochs, 11");
  plan = small_search("nowhere");
  plan.request.options.options = {{"classifier", "linear"}, {"global", "gated"}, {"local-epochs", 5}};
  plan.first_epochs = 5;
  CHECK_THROWS_WITH_AS(prepare_search(plan), doctest::Contains("first-epochs"), ValueError);
}

TEST_CASE("the first trial is what train takes unsearched, where the ranges hold it") {
  TunePlan plan = small_search("nowhere");
  prepare_search(plan);
  REQUIRE(plan.has_own);
  CHECK(plan.drawn[0].values == std::vector<OptionText>{{"learning-rate", "0.005"}, {"hidden", "8"}});
  for (std::size_t t = 1; t < 4; ++t)
    CHECK(plan.drawn[t].values == drawn(plan.space, plan.request.seed, static_cast<Index>(t)));
  CHECK(trials_of_rung(plan, 0) == 4);
  CHECK(trials_of_rung(plan, 2) == 2);
  const auto whole = [&] {  // in one go, without a state
    CompareJob job = jobs_of_rung(plan, {0}, 2).front();
    job.until = job.after = 0;
    return job;
  };
  CompareJob searched = whole(), unsearched = searched;
  unsearched.settings = resolve(plan.request);
  unsearched.settings.seed = searched.seed;
  CHECK(run_job(searched).result.validation_metric == run_job(unsearched).result.validation_metric);
  plan = small_search("nowhere");
  plan.space = {search_range("dropout=0..0.8", "gat")};
  prepare_search(plan);
  CHECK(plan.drawn[0].values == std::vector<OptionText>{{"dropout", "0.6"}});
  searched = whole();
  CHECK(run_job(searched).result.validation_metric == run_job(unsearched).result.validation_metric);
  plan = small_search("nowhere");
  plan.space[1] = search_range("hidden=4,16", "gat");
  prepare_search(plan);
  CHECK_FALSE(plan.has_own);
  CHECK(plan.own_outside == "hidden 8 is outside of hidden=4,16");
  CHECK(plan.drawn[0].values == drawn(plan.space, plan.request.seed, 0));
}

TEST_CASE("lost trials rank last and do not go on") {
  TuneRecord record{.plan = small_search("nowhere")};
  record.plan.drawn.resize(3);
  record.plan.trials = 3;
  record.scores = {{{.mean = lost_score, .lost = "diverged"}}, {{.mean = 0.4}}, {{.mean = 0.4}, {.mean = lost_score}}};
  CHECK(record.ranking() == std::vector<std::size_t>{1, 2, 0});
  CHECK(record.best() == std::size_t{1});
  CHECK(next_trials(record, 1) == std::vector<std::size_t>{1});
  record.scores = {{{.mean = lost_score}}, {}, {}};
  CHECK_FALSE(record.best());
}

TEST_CASE("searches that can't be are refused before any training") {
  const auto refused = [](TunePlan plan, const char* wanted) {
    CAPTURE(wanted);
    CHECK_THROWS_WITH_AS(prepare_search(plan), doctest::Contains(wanted), ValueError);
  };
  TunePlan plan = small_search("nowhere");
  plan.request.options.options = {{"hidden", 8}};
  refused(plan, "hidden is given, too");
  plan = small_search("nowhere");
  plan.space.push_back(plan.space.front());
  refused(plan, "learning-rate comes twice");
  plan = small_search("nowhere");
  plan.request.data.split_random = "share:0.6,0";
  refused(plan, "no validation nodes to choose by");
  plan = small_search("nowhere");
  plan.request.training.stopping = StopRule::fixed_epochs;
  plan.request.training.patience = 3;
  refused(plan, "with stopping fixed");
}

TEST_CASE("an option may give way in some trials of a search, but not in all") {
  const auto prepared = [](const char* model, const char* range, const OptionValues& options) {
    TunePlan plan = small_search("nowhere");
    plan.trials = 6;
    plan.request.model = model;
    plan.request.options.options = options;
    plan.space = {search_range(range, model)};
    prepare_search(plan);
    return plan.drawn.size();
  };
  const OptionValues one_mask{{"dropout-per-head", false}}, all_decay{{"decay-first-layer-only", false}};
  CHECK(prepared("gat", "heads=1,8", one_mask) == 2);
  CHECK(prepared("gcn", "layers=1,2", all_decay) == 2);
  CHECK(prepared("gat", "layers=1,2", {{"hidden", 4}}) == 2);
  CHECK_THROWS_WITH_AS(prepared("gat", "learning-rate=0.1,0.2", {{"layers", 1}, {"dropout-per-head", false}}),
                       doctest::Contains("no effect where every layer has one head"), ValueError);
  CHECK_THROWS_WITH_AS(prepared("gat", "heads=1,8", {{"layers", 1}}),
                       doctest::Contains("[heads] no effect without hidden layers"), ValueError);
}

TEST_CASE("the usual space follows the stack and leaves out what is given") {
  TunePlan plan = small_search("nowhere");
  plan.space.clear();
  plan.request.options.options = {{"hidden", 8}};
  prepare_search(plan);
  REQUIRE(plan.space.size() == 3);
  CHECK(plan.space[2].option == "dropout");
  plan = small_search("nowhere");
  plan.space.clear();
  plan.request.recipe = "tuned";
  prepare_search(plan);
  CHECK(plan.drawn.front().settings.recipe == "tuned-gat");
  CHECK(plan.space.size() == 7);
}
