#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/version.hpp"
#include "compare/tables.hpp"

namespace mercer::program {

namespace {

Json estimate_json(const Estimate& e) {
  return {{"mean", e.mean}, {"low", e.low}, {"high", e.high}, {"pairs", e.count}};
}

/// A single value spreads by nothing that is known.
double deviation_of(const std::vector<double>& values) {
  const auto known = std::ranges::count_if(values, [](double value) { return std::isfinite(value); });
  return known > 1 ? spread(values).deviation : std::numeric_limits<double>::quiet_NaN();
}

Json point_json(const GridPoint& point) {
  Json json = Json::object();
  for (const auto& [option, value] : point)
    json[option] = value;
  return json;
}

Json searched_json(const ComparePlan& plan, const CellResult& cell) {
  Json list = Json::array();
  for (std::size_t p = 0; p < cell.searched.size(); ++p)
    list.push_back({{"point", point_json(plan.points[p])},
                    {"validation_mean", cell.searched[p].validation.mean},
                    {"runs", cell.searched[p].validation.count},
                    {"lost", cell.searched[p].lost}});
  return list;
}

/// The entropy of each layer and head by seed, as a share of that of equal weights.
Json entropies(const CellResult& cell) {
  Json seeds = Json::array();
  for (const std::optional<JobResult>& run : cell.runs)
    seeds.push_back(run ? Json(run->entropy) : Json());
  return seeds;
}

Json cell_json(const ComparisonRecord& comparison, std::size_t data, std::size_t contender) {
  const ComparePlan& plan = comparison.plan;
  const CellResult& result = comparison.at(data, contender);
  const CompareCell& cell = plan.cells[comparison.cell(data, contender)];
  const std::vector<double> values = result.test();
  const Spread score = spread(values);
  const Estimate interval = estimate(values);
  return {{"attention", plan.contenders[contender].name},
          {"data", plan.data[data].name},
          {"metric", name_of(plan.metric[data], metric_choices)},
          {"mean", score.mean},
          {"std", deviation_of(values)},
          {"low", interval.low},
          {"high", interval.high},
          {"values", values},
          {"difference", estimate_json(comparison.against_baseline(data, contender))},
          {"chosen", point_json(plan.points[result.chosen])},
          {"searched", searched_json(plan, result)},
          {"parameters", cell.parameters},
          {"epoch_ms", result.epoch_ms()},
          {"peak_rss_mb", result.peak_rss_mb()},
          {"calibration_error", spread(result.calibration_errors()).mean},
          {"guarded", result.guarded()},
          {"diverged", result.diverged()},
          {"failed", result.failed()},
          {"entropy", entropies(result)},
          {"train", train_command(plan, cell, result.chosen)}};
}

Json data_json(const ComparePlan& plan, std::size_t d) {
  const DataFacts& data = plan.data[d];
  return {{"name", data.name},
          {"metric", name_of(plan.metric[d], metric_choices)},
          {"nodes", data.nodes},
          {"edge_slots", data.edges},
          {"features", data.features},
          {"classes", data.classes},
          {"split", data.split},
          {"train_nodes", data.train},
          {"validation_nodes", data.validation},
          {"test_nodes", data.test}};
}

Json over_data_json(const ComparisonRecord& comparison) {
  Json list = Json::array();
  const std::vector<OverData> over = comparison.over_data();
  for (std::size_t c = 0; c < over.size(); ++c)
    list.push_back({{"attention", comparison.plan.contenders[c].name},
                    {"difference", estimate_json(over[c].difference)},
                    {"signed_rank_holm", over[c].probability}});
  return list;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

std::string joined(const std::vector<double>& values) {
  std::string text;
  for (const double value : values)
    text += (text.empty() ? "" : " ") + (std::isfinite(value) ? fmt::format("{}", value) : std::string("-"));
  return text;
}

}  // namespace

std::string results_csv(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::string text =
      "attention,data,metric,seeds,mean,std,difference,difference_low,difference_high,chosen,parameters,epoch_ms,"
      "peak_rss_mb,calibration_error,guarded,diverged,failed,values\n";
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    for (std::size_t c = 0; c < plan.contenders.size(); ++c) {
      const CellResult& cell = comparison.at(d, c);
      const std::vector<double> values = cell.test();
      const Spread score = spread(values);
      const Estimate difference = comparison.against_baseline(d, c);
      text += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(plan.contenders[c].name),
          csv_field(plan.data[d].name), name_of(plan.metric[d], metric_choices), values.size(), number(score.mean),
          number(deviation_of(values)), number(difference.mean), number(difference.low), number(difference.high),
          csv_field(point_text(plan.points[cell.chosen])), plan.cells[comparison.cell(d, c)].parameters,
          number(cell.epoch_ms()), number(cell.peak_rss_mb()), number(spread(cell.calibration_errors()).mean),
          cell.guarded(), cell.diverged(), cell.failed(), joined(values));
    }
  return text;
}

std::string results_json(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::vector<std::string> in_words = budget_text(comparison);
  for (std::string& sentence : method_text(comparison))
    in_words.push_back(std::move(sentence));
  Json json{{"command", comparison.command},
            {"version", version()},
            {"compiler", compiler()},
            {"protocol", Json::parse(protocol_json(plan))},
            {"protocol_in_words", in_words},
            {"seeds", plan.seeds},
            {"search_seeds", plan.points.size() < 2 ? 0 : plan.search_seeds},
            {"jobs", comparison.jobs},
            {"baseline", plan.contenders[plan.baseline].name},
            {"data", Json::array()},
            {"lost", comparison.lost},
            {"results", Json::array()}};
  for (std::size_t d = 0; d < plan.data.size(); ++d) {
    json["data"].push_back(data_json(plan, d));
    for (std::size_t c = 0; c < plan.contenders.size(); ++c)
      json["results"].push_back(cell_json(comparison, d, c));
  }
  if (plan.data.size() > 1) json["over_data"] = over_data_json(comparison);
  return text_of(json);
}

}  // namespace mercer::program
