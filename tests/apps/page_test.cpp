#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "apps/program.hpp"
#include "cli/progress.hpp"
#include "report/record.hpp"
#include "report/report.hpp"
#include "report/summary.hpp"
#include "report/svg.hpp"

using namespace mercer;
using namespace mercer::program;
using test::has;

namespace {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

RunRecord small_run(int seeds) {
  RunRecord run{.command = "mercer train --data '<b>'",
                .recipe = "gat",
                .model = "gat",
                .metric = "accuracy",
                .settings = {{"hidden", "8"}},
                .parameters = 92373,
                .seeds = seeds};
  run.data = {.name = "<script>", .format = "plain", .nodes = 6, .classes = 2, .class_names = {"a&b", "c"}, .test = 4};
  for (int s = 0; s < seeds; ++s)
    run.results.push_back({.seed = static_cast<std::uint64_t>(s),
                           .epochs = 2,
                           .best_epoch = 2,
                           .test_accuracy = 0.75,
                           .history = {{1, 0.7, 0.8, 0.5, 1}, {2, 0.5, not_measured, 0.6, 3}},
                           .confusion = {2, 0, 1, 1}});
  return run;
}

}  // namespace

TEST_CASE("times of all epochs of all seeds") { CHECK(epoch_times(small_run(2)) == std::vector<double>{1, 3, 1, 3}); }

TEST_CASE("scores of a class, by hand") {
  // class 0: 2 right, none missed, 1 of class 1 predicted as 0; class 1: 1 of 2 found
  const auto scores = class_scores({2, 0, 1, 1}, 2);
  CHECK(scores[0].recall == 1);
  CHECK(scores[0].precision == doctest::Approx(2.0 / 3));
  CHECK(scores[0].f1 == doctest::Approx(0.8));
  CHECK(scores[1].nodes == 2);
  CHECK(scores[1].recall == 0.5);
  CHECK(class_scores({0, 0, 0, 0}, 2)[1].f1 == 0);
  CHECK(confusion_of_all(small_run(3)) == std::vector<Index>{6, 0, 3, 3});
}

TEST_CASE("ticks are round and enclose") {
  using Range = std::pair<double, double>;
  for (const Range& range : {Range{0, 1}, {0.13, 0.87}, {1, 1433}, {-3, 2}, {5, 5.0001}}) {
    const auto ticks = round_ticks(range.first, range.second, 5);
    CAPTURE(range.first);
    CHECK(ticks.front() <= range.first + 1e-9);
    CHECK(ticks.back() >= range.second - 1e-9);
    CHECK(ticks.size() >= 4);
    CHECK(ticks.size() <= 9);
  }
  CHECK(round_ticks(0, 1, 5) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
}

TEST_CASE("a chart leaves out values that are not finite, and takes a single point") {
  const std::string svg =
      svg_chart({.title = "t",
                 .x_label = "x",
                 .percent = false,
                 .curves = {{.name = "n", .colour = "#000", .points = {{1, 2}, {2, not_measured}, {3, 4}}}}});
  CHECK_FALSE(has(svg, "nan"));
  CHECK(has(svg, "<polyline"));
  CHECK_FALSE(has(
      svg_chart(
          {.title = "one", .x_label = "", .percent = true, .curves = {{.name = "", .colour = "", .points = {{1, 1}}}}}),
      "nan"));
  CHECK_FALSE(has(svg_chart({.title = "none", .x_label = "", .percent = true, .curves = {}}), "nan"));
}

TEST_CASE("one value far above the others does not flatten the chart") {
  Chart chart{.title = "loss", .x_label = "epoch", .curves = {{.name = "training", .colour = "#000"}}};
  for (int epoch = 1; epoch <= 100; ++epoch)
    chart.curves[0].points.push_back({double(epoch), epoch == 60 ? 900.0 : 1.0 + 0.01 * epoch});
  const std::string svg = svg_chart(chart);
  CHECK(has(svg, ">2<"));
  CHECK_FALSE(has(svg, ">800<"));
  CHECK_FALSE(has(svg, ",-"));  // nothing is drawn above the frame
}

TEST_CASE("the report is escaped, complete and self-contained") {
  for (const int seeds : {1, 3}) {
    const std::string html = html_report(small_run(seeds));
    CHECK_FALSE(has(html, "<script"));
    CHECK_FALSE(has(html, "http"));
    CHECK_FALSE(has(html, "src="));
    CHECK_FALSE(has(html, "nan"));
    CHECK(has(html, "&lt;script&gt;"));
    CHECK(has(html, "a&amp;b"));
    CHECK(has(html, "&lt;b&gt;"));
    CHECK(has(html, "92,373"));
    CHECK(has(html, "75.0"));
    CHECK(has(html, "kept: epoch 2"));
    CHECK(has(html, "<h2>Seeds</h2>") == (seeds > 1));
    CHECK(has(html, seeds == 1 ? "Classes, on the test nodes</h2>" : "on the test nodes of all 3 seeds together</h2>"));
    CHECK(html.ends_with("</html>\n"));
  }
}

TEST_CASE("seeds have a column of splits where these differ") {
  RunRecord run = small_run(2);
  CHECK_FALSE(has(html_report(run), "<th>split</th>"));
  CHECK_FALSE(has(summary_text(run), "split 0"));
  run.results.back().split = 1;
  CHECK(has(html_report(run), "<th>split</th>"));
  CHECK(has(summary_text(run), "split 0"));
  CHECK(has(summary_text(run), "split 1"));
}

TEST_CASE("the metric that was chosen stands first, with its validation value") {
  RunRecord run = small_run(2);
  CHECK(summary_text(run).starts_with("test accuracy "));
  CHECK_FALSE(has(summary_text(run), "epochs compared by"));  // without validation nodes
  run.metric = "roc-auc";
  run.data.validation = 2;
  for (SeedResult& result : run.results)
    result.test_metric = 0.9, result.validation_metric = 0.8;
  const std::string text = summary_text(run), html = html_report(run);
  CHECK(text.starts_with("test roc-auc        90.0"));
  CHECK(has(text, "\nvalidation roc-auc  80.0"));
  CHECK(has(text, "\ntest accuracy       75.0"));
  CHECK(has(text, "validation  80.0 %  test  90.0 %"));
  CHECK(has(text, "epochs compared by  validation roc-auc"));
  CHECK(has(html, "<div class=\"card first\"><b>90.0 ± 0.0 %</b><span>test roc-auc</span>"));
  CHECK(has(html, "<td><b>90.0 ± 0.0 %</b></td>"));
}

TEST_CASE("numbers for people") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(percent(0.8295) == "83.0 %");
  CHECK(seeds_in_words(3, 1) == "seed 3");
  CHECK(seeds_in_words(3, 2) == "seeds 3 to 4");
  CHECK(percent(not_measured) == "–");
  CHECK(percent(Spread{0.829, 0.007}, 20) == "82.9 ± 0.7 %");
  CHECK(in_words(7.2) == "8 s");
  CHECK(in_words(125) == "2 min 5 s");
  CHECK(in_words(3600 * 1.5) == "1 h 30 min");
}

TEST_CASE("the progress line shows seed, epoch and scores") {
  const std::string text = progress_text(
      {.seed = 1, .seeds = 4, .epoch = 50, .epochs_expected = 100, .loss = 0.5, .validation = 0.75, .best = 0.8}, 12);
  for (const char* part :
       {"seed 2/4", "epoch 50", "loss 0.5000", "75.0 %", "best 80.0 %", "about 12 s left", "[======          ]"})
    CHECK(has(text, part));
  CHECK_FALSE(has(progress_text({.epoch = 1, .epochs_expected = 0, .validation = -1}, 0), "validation"));
}
