#include "compare/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "compare/tables.hpp"
#include "report/report.hpp"
#include "report/svg_figures.hpp"

namespace mercer::program {

namespace {

constexpr std::array colours{"#2468b2", "#d9741a", "#2a9d62", "#b23a6f", "#7a55c7", "#8a6d1d",
                             "#1f9bb5", "#c0392b", "#5b6876", "#4f8f1f", "#d16ba5", "#20306b"};
constexpr double fewest_nodes = 10;  // in a bin of the calibration; fewer would be noise
constexpr std::size_t maps_drawn = 2;

Curve curve_of(std::size_t contender) {
  return {.name = "", .colour = colour_of(contender), .points = {}, .dashed = contender >= colours.size()};
}

/// The mean over the seeds still in training, as long as these are at least half.
std::vector<Point> mean_curve(const CellResult& cell) {
  std::vector<double> sums, counts;
  for (const std::optional<JobResult>& run : cell.runs) {
    if (!run) continue;
    const std::vector<EpochRow>& history = run->result.history;
    sums.resize(std::max(sums.size(), history.size()), 0);
    counts.resize(sums.size(), 0);
    for (std::size_t e = 0; e < history.size(); ++e) {
      sums[e] += history[e].validation_metric;
      counts[e] += 1;
    }
  }
  std::vector<Point> points;
  for (std::size_t e = 0; e < sums.size() && 2 * counts[e] >= static_cast<double>(cell.runs.size()); ++e)
    points.push_back({static_cast<double>(e + 1), sums[e] / counts[e]});
  return points;
}

const JobResult* first_run(const CellResult& cell) {
  return cell.runs.empty() || !cell.runs.front() ? nullptr : &*cell.runs.front();
}

/// The estimate of a share, cut to 0 … 1.
Estimate within(Estimate estimate) {
  estimate.low = std::max(estimate.low, 0.0);  // NaN stays
  estimate.high = std::min(estimate.high, 1.0);
  return estimate;
}

template <class Visit>
void for_each_contender(const ComparisonRecord& comparison, std::size_t data, Visit&& visit) {
  for (std::size_t c = 0; c < comparison.plan.contenders.size(); ++c)
    visit(c, comparison.plan.contenders[c].name, comparison.at(data, c));
}

std::string entropy_cell(double share) {
  if (!std::isfinite(share)) return "<td></td>";
  return fmt::format("<td style=\"background:rgba(36,104,178,{:.3f});color:{}\">{:.2f}</td>", 0.9 * share * share,
                     share > 0.75 ? "#fff" : "var(--ink)", share);
}

/// The largest number of heads of each layer.
std::vector<std::size_t> heads_of_layers(const ComparisonRecord& comparison, std::size_t data) {
  std::vector<std::size_t> heads;
  for_each_contender(comparison, data, [&](std::size_t, const std::string&, const CellResult& cell) {
    const JobResult* run = first_run(cell);
    if (!run) return;
    heads.resize(std::max(heads.size(), run->entropy.size()), 0);
    for (std::size_t l = 0; l < run->entropy.size(); ++l)
      heads[l] = std::max(heads[l], run->entropy[l].size());
  });
  return heads;
}

/// The values divided by the largest.
std::vector<double> as_shares(std::vector<double> values) {
  double most = 0;
  for (const double value : values)
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  for (double& value : values)
    value /= most > 0 ? most : 1;
  return values;
}

std::string line_figure(const std::string& name, const KernelPicture& kernel) {
  Chart chart{
      .title = name, .x_label = kernel.is_stationary ? "distance |q − k|" : "key, from the mean query", .curves = {}};
  chart.y_range = Range{kernel.is_signed ? -1.0 : 0.0, 1};
  for (std::size_t h = 0; h < kernel.kappa.size(); ++h) {
    const std::vector<double> shares = as_shares(kernel.kappa[h]);
    Curve curve{.name = "", .colour = colours[h % colours.size()], .points = {}};
    for (std::size_t s = 0; s < shares.size(); ++s)
      curve.points.push_back({kernel.x[h][s], shares[s]});
    chart.curves.push_back(std::move(curve));
  }
  return svg_chart(chart);
}

std::string map_figure(const std::string& name, const KernelPicture& kernel) {
  std::vector<HeatMap> maps;
  for (std::size_t h = 0; h < std::min(maps_drawn, kernel.kappa.size()); ++h)
    maps.push_back({fmt::format("head {}", h + 1), as_shares(kernel.kappa[h])});
  return svg_heat_maps(name, maps, kernel.x.front().size(), kernel.x.front().back());
}

}  // namespace

std::string colour_of(std::size_t contender) { return colours[contender % colours.size()]; }

std::string score_figure(const ComparisonRecord& comparison, std::size_t data) {
  std::vector<Whisker> lines;
  for_each_contender(comparison, data, [&](std::size_t c, const std::string& name, const CellResult& cell) {
    const std::vector<double> values = cell.test();
    const Estimate mean = within(estimate(values));
    lines.push_back(
        {name, colour_of(c), mean.mean, mean.low, mean.high, name + ": " + score_text(comparison, data, c), values});
  });
  return svg_whiskers(std::string("Test ") + name_of(comparison.plan.metric[data], metric_choices), lines);
}

std::string learning_figure(const ComparisonRecord& comparison, std::size_t data) {
  Chart chart{.title = std::string("Validation ") + name_of(comparison.plan.metric[data], metric_choices),
              .x_label = "epoch",
              .percent = true,
              .curves = {}};
  for_each_contender(comparison, data, [&](std::size_t c, const std::string&, const CellResult& cell) {
    Curve curve = curve_of(c);
    curve.points = mean_curve(cell);
    chart.curves.push_back(std::move(curve));
  });
  return svg_chart(chart);
}

std::string time_figure(const ComparisonRecord& comparison, std::size_t data) {
  Chart chart{.title = fmt::format("Test {} against time", name_of(comparison.plan.metric[data], metric_choices)),
              .x_label = "ms an epoch, median",
              .percent = true,
              .curves = {}};
  double slowest = 0;
  for_each_contender(comparison, data, [&](std::size_t c, const std::string& name, const CellResult& cell) {
    const Estimate mean = within(estimate(cell.test()));
    const double ms = cell.epoch_ms();
    Curve curve = curve_of(c);
    if (std::isfinite(mean.low)) curve.points = {{ms, mean.low}, {ms, mean.high}};
    curve.marks.push_back(
        {{ms, mean.mean}, fmt::format("{}: {}, {:.2f} ms", name, score_text(comparison, data, c), ms)});
    if (curve.points.empty()) curve.points.push_back(curve.marks.front().at);
    chart.curves.push_back(std::move(curve));
    if (std::isfinite(ms)) slowest = std::max(slowest, ms);
  });
  chart.x_range = Range{0, slowest > 0 ? 1.08 * slowest : 1};
  return svg_chart(chart);
}

std::string calibration_figure(const ComparisonRecord& comparison, std::size_t data) {
  Chart chart{.title = "Share right, by confidence",
              .x_label = "largest probability",
              .percent = true,
              .curves = {},
              .x_range = Range{0, 1},
              .y_range = Range{0, 1}};
  chart.curves.push_back({.name = "", .colour = "#9aa7b4", .points = {{0, 0}, {1, 1}}, .thin = true, .dashed = true});
  const std::string& examples = comparison.plan.data[data].examples;
  for_each_contender(comparison, data, [&](std::size_t c, const std::string& name, const CellResult& cell) {
    Curve curve = curve_of(c);
    for (const Reliability::Bin& bin : cell.calibration().bins)
      if (bin.nodes >= fewest_nodes) {
        curve.points.push_back({bin.confidence / bin.nodes, bin.right / bin.nodes});
        curve.marks.push_back({curve.points.back(), fmt::format("{}: {:.0f} {}", name, bin.nodes, examples)});
      }
    chart.curves.push_back(std::move(curve));
  });
  return svg_chart(chart);
}

std::string entropy_table(const ComparisonRecord& comparison, std::size_t data) {
  const std::vector<std::size_t> heads = heads_of_layers(comparison, data);
  if (heads.empty()) return "";
  std::string html = "<div class=\"scroll\"><table class=\"heat\"><tr><th></th>";
  for (std::size_t l = 0; l < heads.size(); ++l)
    html += fmt::format("<th colspan=\"{}\">layer {}</th>", heads[l], l + 1);
  html += "</tr>\n";
  for_each_contender(comparison, data, [&](std::size_t, const std::string& name, const CellResult& cell) {
    const JobResult* run = first_run(cell);
    if (!run || run->entropy.empty()) return;
    html += fmt::format("<tr><th title=\"{0}\">{0}</th>", escaped(name));
    for (std::size_t l = 0; l < heads.size(); ++l)
      for (std::size_t h = 0; h < heads[l]; ++h)
        html += l < run->entropy.size() && h < run->entropy[l].size() ? entropy_cell(run->entropy[l][h]) : "<td></td>";
    html += "</tr>\n";
  });
  return html + "</table></div>\n";
}

std::string kernel_figures(const ComparisonRecord& comparison, std::size_t data) {
  std::string html;
  for_each_contender(comparison, data, [&](std::size_t, const std::string& name, const CellResult& cell) {
    const JobResult* run = first_run(cell);
    if (!run || run->kernel.kappa.empty()) return;
    html +=
        "<div>" + (run->kernel.is_map ? map_figure(name, run->kernel) : line_figure(name, run->kernel)) + "</div>\n";
  });
  return html.empty() ? html : "<div class=\"thirds\">\n" + html + "</div>\n";
}

}  // namespace mercer::program
