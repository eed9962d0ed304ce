#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "cli/command_line.hpp"
#include "cli/progress.hpp"
#include "report/page.hpp"
#include "report/report.hpp"
#include "report/svg.hpp"
#include "tune/outputs.hpp"

namespace mercer::program {

namespace {

constexpr const char* best_colour = "#d9741a";
constexpr const char* other_colour = "#2468b2";

std::string halving_figure(const TuneRecord& record) {
  Chart chart{.title = "Validation score by rung",
              .x_label = "epochs, log10",
              .percent = is_share(metric_of(record)),
              .curves = {}};
  const std::optional<std::size_t> best = record.best();
  for (std::size_t t = 0; t < record.scores.size(); ++t) {
    Curve curve{.name = "", .colour = t == best ? best_colour : other_colour, .points = {}, .thin = t != best};
    for (std::size_t r = 0; r < record.scores[t].size(); ++r) {
      const double score = record.scores[t][r].mean;
      if (!std::isfinite(score)) continue;
      curve.points.push_back({std::log10(static_cast<double>(record.plan.rungs[r])), score});
      curve.marks.push_back(
          {curve.points.back(), fmt::format("trial {}: {}", t, score_text(metric_of(record), score))});
    }
    chart.curves.push_back(std::move(curve));
  }
  return svg_chart(chart);
}

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Value against score; a value that is no number stands at its place in the list.
std::string range_figure(const TuneRecord& record, std::size_t axis) {
  const SearchRange& range = record.plan.space[axis];
  const bool numbers =
      std::ranges::all_of(range.values, [](const std::string& value) { return as_number(value).has_value(); });
  std::string label = range.option + (range.logarithmic ? ", log10" : "");
  if (!numbers) label = range.text();
  Chart chart{.title = range.option, .x_label = label, .percent = is_share(metric_of(record)), .curves = {}};
  for (std::size_t t = 0; t < record.scores.size(); ++t) {
    if (record.scores[t].empty() || !std::isfinite(record.scores[t].back().mean)) continue;
    const std::string& value = record.plan.drawn[t].values[axis].second;
    double x = static_cast<double>(std::ranges::find(range.values, value) - range.values.begin());
    if (numbers) x = as_number(value).value_or(0);
    if (range.logarithmic) x = std::log10(x);
    const Point at{x, record.scores[t].back().mean};
    chart.curves.push_back(
        {.name = "",
         .colour = t == record.best() ? best_colour : other_colour,
         .points = {at},
         .marks = {{at, fmt::format("trial {}: {}, {}", t, value, score_text(metric_of(record), at.y))}}});
  }
  return svg_chart(chart);
}

std::string trial_table(const TuneRecord& record) {
  std::string html = "<div class=\"scroll\"><table class=\"wide\"><tr><th>trial</th>";
  for (const SearchRange& range : record.plan.space)
    html += "<th>" + escaped(range.option) + "</th>";
  html += "<th>parameters</th>";
  for (const Index epochs : record.plan.rungs)
    html += "<th>" + counted(epochs, "epoch") + "</th>";
  const bool has_lost = std::ranges::any_of(
      record.scores, [](const auto& rungs) { return !rungs.empty() && !rungs.back().lost.empty(); });
  html += std::string("<th>time</th>") + (has_lost ? "<th>lost by</th>" : "") + "</tr>\n";
  for (const std::size_t t : record.ranking()) {
    html += fmt::format("<tr><td>{}</td>", t);
    for (const auto& [option, value] : record.plan.drawn[t].values)
      html += "<td>" + escaped(value) + "</td>";
    html += fmt::format("<td>{}</td>", record.plan.drawn[t].parameters);
    double seconds = 0;
    std::string lost;
    for (std::size_t r = 0; r < record.plan.rungs.size(); ++r) {
      const bool came = r < record.scores[t].size();
      html += "<td>" + (came ? score_text(metric_of(record), record.scores[t][r].mean) : std::string()) + "</td>";
      if (came) seconds += record.scores[t][r].seconds, lost = record.scores[t][r].lost;
    }
    html +=
        fmt::format("<td>{}</td>", in_words(seconds)) + (has_lost ? "<td>" + escaped(lost) + "</td>" : "") + "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string pre(const std::string& text) { return "<pre>" + escaped(text) + "</pre>\n"; }

}  // namespace

std::string search_report(const TuneRecord& record) {
  const TunePlan& plan = record.plan;
  const std::optional<std::size_t> best = record.best();
  std::string first;
  const int seeds = plan.request.seeds;
  const std::uint64_t first_seed = plan.request.seed;
  if (best) {
    first += fmt::format("<p><b>{}</b>, trial {}, {}, {}: {}</p>\n",
                         score_text(metric_of(record), record.scores[*best].back().mean), *best,
                         counted(plan.rungs[record.scores[*best].size() - 1], "epoch"),
                         seeds == 1 ? seeds_in_words(first_seed, seeds) : fmt::format("mean over {} seeds", seeds),
                         escaped(point_text(plan.drawn[*best].values)));
    first += "<p>" + escaped(against_own(record)) + "</p>\n";
    for (const std::string& warning : warnings_of(record))
      first += "<p>" + escaped(warning) + "</p>\n";
    first += "<p>The final model, over many seeds, with test scores:</p>\n" + pre(final_line(record));
    first +=
        "<p class=\"note\">The best of many validation scores is higher than what the same settings give again. Test "
        "nodes were not looked at.</p>\n";
  } else {
    first = "<p>No trial came to an end: want other ranges.</p>\n";
  }
  std::string body = section("Best settings", first);
  std::string scatter = "<div class=\"pair figures\">\n" + halving_figure(record);
  for (std::size_t axis = 0; axis < plan.space.size(); ++axis)
    scatter += range_figure(record, axis);
  body +=
      section("Scores", scatter +
                            "</div>\n<p class=\"note\">Orange: the best trial. Other figures: a trial's value against "
                            "its score in the last rung that it reached, so those that ended early are lower.</p>\n");
  body += section("Trials", trial_table(record));
  std::string ranges;
  for (const SearchRange& range : plan.space)
    ranges += range.text() + "\n";
  body += section("How it was made, and how to make it again",
                  fmt::format("<p>Random search over these ranges; of {}, one in {} goes on after each rung. The "
                              "validation nodes alone decide; {}; {} side by side.</p>\n",
                              counted(plan.trials, "trial"), plan.eta, seeds_in_words(first_seed, seeds),
                              counted(record.jobs, "training")) +
                      pre(ranges) + pre(record.command));
  return page(fmt::format("Search of {} on {}", plan.drawn.front().settings.model.name, plan.data.name),
              counted(plan.trials, "trial"), body);
}

}  // namespace mercer::program
