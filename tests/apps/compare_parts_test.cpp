#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "apps/program.hpp"
#include "cli/errors.hpp"
#include "compare/calibration.hpp"
#include "compare/comparison.hpp"
#include "compare/job.hpp"
#include "compare/report.hpp"
#include "compare/request.hpp"
#include "compare/runner.hpp"
#include "compare/statistics.hpp"
#include "compare/tables.hpp"
#include "explain/kernel_picture.hpp"
#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "report/svg_figures.hpp"

using namespace mercer::program;
using mercer::Index;
using mercer::Real;
using mercer::Tensor;
using mercer::test::has;

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

/// Two attentions with names to be careful with, on one data set.
Comparison small_comparison() {
  Comparison made{.command = "mercer compare '<b>'"};
  made.plan = {.contenders = {{.name = "gat", .model = {}}, {.name = "<script>,\"x\"", .model = {}}},
               .points = {{{"dropout", "0.4"}}, {{"dropout", "0.6"}}},
               .budget = {.optimizer = "adam", .epochs = 10, .patience = 5, .stopping = "gat"},
               .data = {{.name = "a&b", .classes = 2}},
               .metric = {"accuracy"},
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

TEST_CASE("Student's quantiles are those of the tables") {
  CHECK(student_quantile(0.975, 1) == doctest::Approx(12.7062047));
  CHECK(student_quantile(0.975, 9) == doctest::Approx(2.2621572));
  CHECK(student_quantile(0.975, 19) == doctest::Approx(2.0930241));
  CHECK(student_quantile(0.95, 4) == doctest::Approx(2.1318468));
  CHECK(student_quantile(0.025, 9) == doctest::Approx(-2.2621572));
  CHECK(student_quantile(0.975, 1e7) == doctest::Approx(1.9599640));
  CHECK_THROWS_AS(student_quantile(1, 3), mercer::ValueError);
  CHECK_THROWS_AS(student_quantile(0.5, 0), mercer::ValueError);
}

TEST_CASE("an interval by hand, and pairs that lack a value") {
  const Estimate e = estimate({1, 2, 3, unknown});
  CHECK(e.mean == doctest::Approx(2));
  CHECK(e.count == 3);
  CHECK(e.high - e.mean == doctest::Approx(4.3026527 / std::sqrt(3.0)));
  CHECK(e.mean - e.low == doctest::Approx(e.high - e.mean));
  CHECK(std::isnan(estimate({4}).low));
  CHECK(std::isnan(estimate({}).mean));
  const Estimate d = paired_difference({3, 5, unknown, 9}, {1, 2, 3, unknown});
  CHECK(d.mean == doctest::Approx(2.5));
  CHECK(d.count == 2);
  CHECK_THROWS_AS(paired_difference({1}, {1, 2}), mercer::ValueError);
}

TEST_CASE("calibration by hand") {
  // sure of class 0 with 1/(1 + e^-2) = 0.8808, of class 1 with 0.7311, undecided with 0.5
  const Tensor logits = Tensor::from({{2, 0}, {2, 0}, {0, 1}, {0, 0}});
  const std::vector<std::int32_t> labels{0, 1, 1, 1};
  const std::vector<mercer::Node> rows{0, 1, 2, 3};
  const Reliability found = reliability(logits.view(), labels, rows);
  CHECK(found.bins[8].nodes == 2);
  CHECK(found.bins[8].right == 1);
  CHECK(found.bins[8].confidence == doctest::Approx(2 * 0.880797));
  CHECK(found.bins[7].right == 1);
  CHECK(found.bins[5].right == 0);
  const double gaps = std::abs(1 - 2 * 0.880797) + (1 - 0.731059) + 0.5;
  CHECK(expected_calibration_error(found) == doctest::Approx(gaps / 4));
  Reliability twice = found;
  twice += found;
  CHECK(twice.bins[8].nodes == 4);
  CHECK(expected_calibration_error(twice) == doctest::Approx(gaps / 4));
  CHECK(std::isnan(expected_calibration_error({})));
  const std::vector<std::int32_t> unlabelled{0, -1, 1, 1};
  CHECK_THROWS_AS(reliability(logits.view(), unlabelled, rows), mercer::ValueError);
}

TEST_CASE("the main directions of a stretched cloud") {
  Tensor cloud(40, 3);  // columns 1 and 2: long along (3, 4)/5, short across
  for (Index i = 0; i < 40; ++i) {
    const double t = static_cast<double>(i % 8) - 3.5, s = 0.1 * (static_cast<double>(i / 8) - 2);
    cloud(i, 1) = static_cast<Real>(7 + 0.6 * t - 0.8 * s);
    cloud(i, 2) = static_cast<Real>(0.8 * t + 0.6 * s);
  }
  const auto found = principal_directions(cloud.view(), 1, 2, 5);
  REQUIRE(found.size() == 2);
  CHECK(std::abs(found[0][0]) == doctest::Approx(0.6).epsilon(1e-5));
  CHECK(std::abs(found[0][1]) == doctest::Approx(0.8).epsilon(1e-5));
  CHECK(found[0][0] * found[1][0] + found[0][1] * found[1][1] == doctest::Approx(0).epsilon(1e-9));
  const auto nowhere = principal_directions(Tensor(5, 2).view(), 0, 2, 2);
  CHECK(nowhere[0][0] * nowhere[0][0] + nowhere[0][1] * nowhere[0][1] == doctest::Approx(1));
}

TEST_CASE("a picture shows the kernel it was asked of") {
  const Tensor q = Tensor::from({{1, 0, 5, 5}, {-1, 0, 5, 5}}), k = Tensor::from({{2, 0, 5, 7}, {-2, 0, 5, 3}});
  const auto ask = [](const mercer::AnyKernel& kernel) {
    return [kernel](const Tensor& a, const Tensor& b) { return mercer::similarity_of_pairs(kernel, a, b, 2); };
  };
  mercer::KernelProbe probe{
      .heads = 2, .width = 2, .q = q, .k = k, .similarity = ask(mercer::Gaussian{.sigma = 1}), .stationary = true};
  const KernelPicture line = picture_of(probe, 8);
  REQUIRE_FALSE(line.is_map);
  REQUIRE(line.kappa.size() == 2);
  CHECK(line.x[0].back() == doctest::Approx(4));  // twice the distance of the keys from the mean query
  for (std::size_t s = 0; s < line.x[1].size(); ++s)
    CHECK(line.kappa[1][s] == doctest::Approx(std::exp(-line.x[1][s] * line.x[1][s] / 2)).epsilon(1e-4));

  probe.stationary = false;
  probe.similarity = ask(mercer::Exponential{.scale = 1});
  const KernelPicture map = picture_of(probe, 1);
  REQUIRE(map.is_map);
  REQUIRE(map.kappa.size() == 1);
  CHECK(map.kappa[0].size() == map.x[0].size() * map.x[0].size());
  CHECK(map.kappa[0][0] == doctest::Approx(1));  // the mean query is 0
  CHECK(picture_of({.heads = 2, .width = 0}, 8).kappa.empty());
}

TEST_CASE("the point with the best validation is chosen, one that loses runs is not") {
  const auto at = [](double mean, int lost) {
    return Searched{.validation = {.mean = mean, .count = 3}, .lost = lost};
  };
  CHECK(choose({at(0.5, 0), at(0.7, 0), at(0.7, 0)}) == 1);
  CHECK(choose({at(0.5, 0), at(0.9, 1)}) == 0);
  CHECK(choose({at(unknown, 3), at(0.4, 1)}) == 1);
  CHECK(choose({}) == 0);
  JobResult diverged = run_with(0.9, 0.99);
  diverged.result.ended = "diverged";
  const Searched searched = searched_of({run_with(0, 0.4), diverged, std::nullopt, run_with(0, 0.6)});
  CHECK(searched.validation.mean == doctest::Approx(0.5));
  CHECK(searched.lost == 2);
}

TEST_CASE("a comparison counts, pairs and tells") {
  const Comparison c = small_comparison();
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

TEST_CASE("the comparison's report is safe and needs nothing from outside") {
  const std::string html = comparison_report(small_comparison());
  for (const char* part : {"<script", "http", "src=", "nan", "inf,"})
    CHECK_FALSE(has(html, part));
  for (const char* part :
       {"&lt;script&gt;", "a&amp;b", "&lt;b&gt;", "60.0 ± 10.0 %", "href=\"#data-1\"", "id=\"data-1\"", "(2 of 3)"})
    CHECK(has(html, part));
  CHECK(html.ends_with("</html>\n"));
}

TEST_CASE("figures stand single values and none") {
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
  CHECK(in_words(points[1]) == "learning-rate=0.01 dropout=0.6");
  CHECK(in_words(points_of(grid_of("none")).at(0)) == "as given");
  CHECK_THROWS_AS(grid_of("dropout=0.4;dropout=0.5"), UsageError);
  const auto contenders = contenders_of("rbf:p=1.8:normaliser=degree,gat");
  CHECK(contenders[0].model.p == Real(1.8));
  CHECK(contenders[0].model.normaliser == "degree");
  CHECK(baseline_of(contenders, "") == 1);
  CHECK(baseline_of({contenders[0]}, "") == 0);
  CHECK_THROWS_AS(baseline_of(contenders, "rbf"), UsageError);
  CHECK(difference({{"a", 1}, {"b", {{"c", 2}}}}, {{"a", 1}, {"b", {{"c", 3}}}}) == "b/c: was 2, is 3");
  CHECK(difference({{"a", 1}}, {{"a", 1}}).empty());
}

TEST_CASE("the progress line of a comparison") {
  const std::string text = runs_text(12, 96, 1, 65, "gat on cora");
  for (const char* part : {"[==              ]", "12/96 runs", "1 failed", "about 1 min 5 s left", "gat on cora"})
    CHECK(has(text, part));
  CHECK_FALSE(has(runs_text(0, 10, 0, -1, ""), "left"));
}
