#include "compare/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <vector>

#include "compare/figures.hpp"
#include "compare/tables.hpp"
#include "report/page.hpp"
#include "report/report.hpp"
#include "report/svg.hpp"

namespace mercer::program {

namespace {

std::string about_figures(const DataFacts& data) {
  return fmt::format(
      "Dots and whiskers: mean and its 95 % interval, single seeds faint. Learning curves: mean over the seeds, until "
      "half of them have stopped. Calibration: test {} of all seeds by how sure the model was, in bins of at least 10; "
      "on the dashed line it is right as often as it is sure; ECE is the mean distance from it. Guarded: row sums of "
      "signed kernels too near 0 to divide by, over all passes.",
      data.examples);
}

std::string about_entropy(const DataFacts& data) {
  const bool of_sequences = data.sequences > 0;
  return fmt::format(
      "Each number is a head of the first seed: entropy over {} as a share of what equal weights would have, mean over "
      "the {}. 1.00 is a plain mean of {}.",
      of_sequences ? "the positions that a position attends to" : "a node's neighbours",
      of_sequences ? "positions of up to 16 sequences" : "nodes", of_sequences ? "the sequence" : "the neighbours");
}

constexpr const char* about_kernels =
    "κ of the first layer around its mean query, first seed, as a share of the largest value shown; each colour is a "
    "head. Maps: the key moves along the two directions in which keys vary most, in units of how far they are from the "
    "mean query; from white, the smallest value, to blue, the largest; where there are values below 0, white is 0.";

std::string note(const std::string& text) { return "<p class=\"note\">" + escaped(text) + "</p>\n"; }

std::string chip(std::size_t contender, const std::string& name) {
  return fmt::format("<i class=\"chip\" style=\"background:{}\"></i>{}", colour_of(contender), escaped(name));
}

std::string anchor(std::size_t data) { return fmt::format("data-{}", data + 1); }

/// Highlights the contender with the best mean on each data set.
std::size_t best_of(const ComparisonRecord& comparison, std::size_t data) {
  std::size_t best = 0;
  const auto mean = [&](std::size_t c) { return estimate(comparison.at(data, c).test()).mean; };
  for (std::size_t c = 1; c < comparison.plan.contenders.size(); ++c)
    if (!(mean(c) <= mean(best))) best = std::isnan(mean(c)) ? best : c;
  return best;
}

std::string overview(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::string html = "<div class=\"scroll\"><table class=\"wide\"><tr><th></th>";
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    html += fmt::format("<th><a href=\"#{}\">{}</a><br>{}</th>", anchor(d), escaped(plan.data[d].name),
                        name_of(plan.metric[d], metric_choices));
  const std::vector<OverData> over = plan.data.size() < 2 ? std::vector<OverData>() : comparison.over_data();
  html += over.empty() ? "</tr>\n" : "<th>over data sets</th></tr>\n";
  for (std::size_t c = 0; c < plan.contenders.size(); ++c) {
    html += "<tr><td>" + chip(c, plan.contenders[c].name) + "</td>";
    for (std::size_t d = 0; d < plan.data.size(); ++d) {
      const char* tag = best_of(comparison, d) == c ? "b" : "span";
      html += fmt::format("<td><{0}>{1}</{0}><br><span class=\"soft\">{2}</span></td>", tag,
                          escaped(score_text(comparison, d, c)), escaped(difference_text(comparison, d, c)));
    }
    html += over.empty() ? "</tr>\n" : "<td class=\"soft\">" + escaped(over_data_text(over[c])) + "</td></tr>\n";
  }
  html += "</table></div>\n";
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    if (const std::string alike = alike_text(comparison, d); !alike.empty()) html += note(alike + ".");
  return section("Test scores",
                 html + note(fmt::format("Mean ± standard deviation over {} seeds; below it the difference to {} in "
                                         "percentage points, with its 95 % interval. Bold: the highest mean.",
                                         plan.seeds, plan.contenders[plan.baseline].name) +
                             (over.empty() ? "" : " " + over_data_method(comparison))));
}

/// Is there a value to count?
bool any_of(const ComparisonRecord& comparison, std::size_t d, const std::function<bool(const CellResult&)>& holds) {
  for (std::size_t c = 0; c < comparison.plan.contenders.size(); ++c)
    if (holds(comparison.at(d, c))) return true;
  return false;
}

std::string data_table(const ComparisonRecord& comparison, std::size_t d) {
  const ComparePlan& plan = comparison.plan;
  const bool guards = any_of(comparison, d, [](const CellResult& cell) { return cell.guarded() > 0; });
  const bool loses = any_of(comparison, d, [](const CellResult& cell) { return cell.diverged() + cell.failed() > 0; });
  std::string html = fmt::format(
      "<div class=\"scroll\"><table class=\"wide\"><tr><th></th><th>test {}</th><th>− {}</th><th>parameters</th>"
      "<th>epoch</th><th>memory</th><th>ECE</th>{}{}<th>chosen settings</th></tr>\n",
      name_of(plan.metric[d], metric_choices), escaped(plan.contenders[plan.baseline].name),
      guards ? "<th>guarded</th>" : "", loses ? "<th>lost</th>" : "");
  const std::size_t best = best_of(comparison, d);
  for (std::size_t c = 0; c < plan.contenders.size(); ++c) {
    const CellResult& cell = comparison.at(d, c);
    const char* tag = best == c ? "b" : "span";
    std::vector<std::string> texts{difference_text(comparison, d, c),
                                   grouped(plan.cells[comparison.cell(d, c)].parameters),
                                   measured(cell.epoch_ms(), 2, "ms"), measured(cell.peak_rss_mb(), 0, "MB"),
                                   measured(spread(cell.calibration_errors()).mean, 3)};
    if (guards) texts.push_back(grouped(cell.guarded()));
    if (loses) texts.push_back(std::to_string(cell.diverged() + cell.failed()));
    texts.push_back(point_text(plan.points[cell.chosen]));
    html += fmt::format("<tr><td>{0}</td><td><{1}>{2}</{1}></td>", chip(c, plan.contenders[c].name), tag,
                        escaped(score_text(comparison, d, c)));
    for (const std::string& text : texts)
      html += "<td>" + escaped(text) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string data_section(const ComparisonRecord& comparison, std::size_t d) {
  const DataFacts& data = comparison.plan.data[d];
  const std::string sizes = data.sequences > 0
                                ? grouped(data.sequences, "sequence") + ", " + grouped(data.nodes, "position")
                                : grouped(data.nodes, "node") + ", " + grouped(data.edges, "edge slot");
  std::string html = fmt::format("<p class=\"soft\">{}, {}, {}; {}: {} training, {} validation, {} test {}.", sizes,
                                 grouped(data.features, "feature"), counted(data.classes, "class"), escaped(data.split),
                                 grouped(data.train), grouped(data.validation), grouped(data.test), data.examples);
  if (data.sequences == 0) html += fmt::format(" Of its edges, {:.0f} % join one class.", 100 * data.homophily);
  html += "</p>\n";
  html += data_table(comparison, d);
  for (const std::string& said : data.notes)
    html += note(said);
  html += "<div class=\"pair figures\">\n" + score_figure(comparison, d) + time_figure(comparison, d) +
          learning_figure(comparison, d) + calibration_figure(comparison, d) + "</div>\n";
  html += note(about_figures(data));
  if (const std::string entropy = entropy_table(comparison, d); !entropy.empty())
    html += "<h3>Attention entropy</h3>\n" + entropy + note(about_entropy(data));
  if (const std::string kernels = kernel_figures(comparison, d); !kernels.empty())
    html += "<h3>Learned kernels</h3>\n" + kernels + note(about_kernels);
  return section(data.name, html, anchor(d));
}

std::string lost_runs(const ComparisonRecord& comparison) {
  if (comparison.lost.empty()) return "";
  std::string html = "<ul>\n";
  for (const std::string& lost : comparison.lost)
    html += "<li>" + escaped(lost) + "</li>\n";
  return section("Runs that diverged or failed", html + "</ul>\n" + note("They are not in the means."));
}

std::string paragraphs(const std::vector<std::string>& sentences) {
  std::string html;
  for (const std::string& sentence : sentences)
    html += "<p>" + escaped(sentence) + "</p>\n";
  return html;
}

std::string protocol(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::string html = paragraphs(method_text(comparison));
  html += "<pre>" + escaped(comparison.command) +
          "</pre>\n<p class=\"note\">One attention alone, with what was chosen:</p>\n<pre>";
  for (std::size_t c = 0; c < plan.cells.size(); ++c)
    html += escaped(train_command(plan, plan.cells[c], comparison.results[c].chosen)) + "\n";
  return section("How to read it, and how to make it again", html + "</pre>\n");
}

}  // namespace

std::string comparison_report(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::string body = section("Stack and budget", paragraphs(budget_text(comparison))) + overview(comparison);
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    body += data_section(comparison, d);
  body += lost_runs(comparison) + protocol(comparison);
  const auto count = [](std::size_t n, const char* one, const char* more) {
    return fmt::format("{} {}", n, n == 1 ? one : more);
  };
  return page(count(plan.contenders.size(), "attention", "attentions") + " on " +
                  count(plan.data.size(), "data set", "data sets"),
              count(static_cast<std::size_t>(plan.seeds), "seed", "seeds"), body);
}

}  // namespace mercer::program
