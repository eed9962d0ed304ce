#include "profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/counted.hpp"
#include "cli/json.hpp"
#include "cli/version.hpp"

namespace mercer::program {

namespace {

using ScopeKind = Profile::Kind;

constexpr std::size_t most_operators = 14;
constexpr const char* shown_phases[] = {"forward", "backward", "optimiser", "evaluation"};

/// The scope of this kind that holds scope n, or n itself; 0 when there is none.
std::size_t holder_of(const Profile& profile, std::size_t n, ScopeKind kind) {
  while (n != 0 && profile.scopes()[n].kind != kind)
    n = profile.scopes()[n].parent;
  return n;
}

/// Calls each(n) for every operator that no other operator called.
template <class Each>
void each_operator(const Profile& profile, Each&& each) {
  for (std::size_t n = 1; n < profile.scopes().size(); ++n) {
    const Profile::Scope& scope = profile.scopes()[n];
    if (scope.kind == ScopeKind::op && holder_of(profile, scope.parent, ScopeKind::op) == 0) each(n);
  }
}

std::string phase_of(const Profile& profile, std::size_t n) {
  const std::size_t phase = holder_of(profile, n, ScopeKind::phase);
  return phase == 0 ? "between phases" : profile.scopes()[phase].name;
}

/// One line of a table: seconds by phase.
struct PhaseLine {
  std::string name;
  Index calls = 0;
  double seconds = 0;
  std::map<std::string, double> by_phase{};

  void add(const std::string& phase, Index more_calls, double more) {
    calls += more_calls;
    seconds += more;
    by_phase[phase] += more;
  }
};

void longest_first(std::vector<PhaseLine>& lines) {
  std::ranges::stable_sort(lines, [](const PhaseLine& a, const PhaseLine& b) { return a.seconds > b.seconds; });
}

std::vector<PhaseLine> operator_lines(const Profile& profile) {
  std::vector<PhaseLine> lines;
  for (const OperatorTime& time : operator_times(profile)) {
    auto line = std::ranges::find(lines, time.name, &PhaseLine::name);
    if (line == lines.end()) line = lines.insert(line, {.name = time.name});
    line->add(time.phase, time.calls, time.seconds);
  }
  longest_first(lines);
  if (lines.size() <= most_operators) return lines;
  PhaseLine others{.name = fmt::format("{} others", lines.size() - most_operators)};
  for (std::size_t n = most_operators; n < lines.size(); ++n) {
    others.calls += lines[n].calls;
    others.seconds += lines[n].seconds;
    for (const auto& [phase, seconds] : lines[n].by_phase)
      others.by_phase[phase] += seconds;
  }
  lines.resize(most_operators);
  lines.push_back(std::move(others));
  return lines;
}

/// The layers and other parts of the model, in their order, and what is left of each phase.
std::vector<PhaseLine> part_lines(const Profile& profile) {
  std::vector<PhaseLine> lines;
  PhaseLine rest{.name = "elsewhere"};
  for (const std::size_t phase : profile.scopes().front().children) {
    const Profile::Scope& whole = profile.scopes()[phase];
    double left = whole.seconds;
    for (const std::size_t child : whole.children) {
      const Profile::Scope& part = profile.scopes()[child];
      if (part.kind != ScopeKind::part) continue;
      auto line = std::ranges::find(lines, label_of(part), &PhaseLine::name);
      if (line == lines.end()) line = lines.insert(line, {.name = label_of(part)});
      line->add(whole.name, part.calls, part.seconds);
      left -= part.seconds;
    }
    rest.add(whole.name, whole.calls, left);
  }
  lines.push_back(std::move(rest));
  return lines;
}

std::string line_text(const PhaseLine& line, double whole) {
  std::string text = fmt::format("{:<26}", line.name);
  for (const char* phase : shown_phases) {
    const auto found = line.by_phase.find(phase);
    text += found == line.by_phase.end() ? fmt::format("{:>11}", "") : fmt::format("{:>11.2f}", 1e3 * found->second);
  }
  return text + fmt::format("{:>11.2f}{:>8.1f} %{:>9}\n", 1e3 * line.seconds, 100 * line.seconds / whole,
                            line.calls > 0 ? std::to_string(line.calls) : "");
}

std::string profile_header(const char* first) {
  std::string text = fmt::format("{:<26}", first);
  for (const char* phase : shown_phases)
    text += fmt::format("{:>11}", phase);
  return text + fmt::format("{:>11}{:>10}{:>9}\n", "all ms", "share", "calls");
}

Json scope_json(const Profile& profile, std::size_t n) {
  constexpr const char* kinds[] = {"phase", "part", "operator"};
  const Profile::Scope& scope = profile.scopes()[n];
  Json children = Json::array();
  for (const std::size_t child : scope.children)
    children.push_back(scope_json(profile, child));
  return {{"name", label_of(scope)},
          {"kind", n == 0 ? "whole" : kinds[static_cast<std::size_t>(scope.kind)]},
          {"calls", scope.calls},
          {"seconds", scope.seconds},
          {"children", children}};
}

}  // namespace

std::string label_of(const Profile::Scope& scope) {
  return scope.number > 0 ? fmt::format("{} {}", scope.name, scope.number) : scope.name;
}

std::vector<OperatorTime> operator_times(const Profile& profile) {
  std::map<std::pair<std::string, std::string>, OperatorTime> found;
  each_operator(profile, [&](std::size_t n) {
    const Profile::Scope& scope = profile.scopes()[n];
    const std::string phase = phase_of(profile, n);
    OperatorTime& time = found[{scope.name, phase}];
    time.name = scope.name;
    time.phase = phase;
    time.calls += scope.calls;
    time.seconds += scope.seconds;
  });
  std::vector<OperatorTime> times;
  for (auto& [key, time] : found)
    times.push_back(std::move(time));
  std::ranges::stable_sort(times, [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return times;
}

double operator_seconds(const Profile& profile) {
  double sum = 0;
  each_operator(profile, [&](std::size_t n) { sum += profile.scopes()[n].seconds; });
  return sum;
}

std::string profile_text(const ProfiledRun& run) {
  const Profile::Scope& whole = run.profile.scopes().front();
  const double in_operators = operator_seconds(run.profile), all = std::max(whole.seconds, 1e-12);
  std::string text = fmt::format("profile of {} ({}), steps and evaluations: {:.4f} s, of which operators {:.4f} s\n",
                                 counted(run.epochs, "epoch"), run.ended, whole.seconds, in_operators);
  text += profile_header("operator");
  for (const PhaseLine& line : operator_lines(run.profile))
    text += line_text(line, all);
  PhaseLine outside{.name = "outside operators", .seconds = whole.seconds - in_operators};
  for (const std::size_t n : whole.children)
    outside.by_phase[run.profile.scopes()[n].name] = run.profile.scopes()[n].seconds;
  for (const OperatorTime& time : operator_times(run.profile))
    outside.by_phase[time.phase] -= time.seconds;
  text += line_text(outside, all) + "\n" + profile_header("part of the model");
  for (const PhaseLine& line : part_lines(run.profile))
    text += line_text(line, all);
  return text;
}

std::string profile_json(const ProfiledRun& run) {
  const Profile::Scope& whole = run.profile.scopes().front();
  Json operators = Json::array();
  for (const OperatorTime& time : operator_times(run.profile))
    operators.push_back(
        {{"operator", time.name}, {"phase", time.phase}, {"calls", time.calls}, {"seconds", time.seconds}});
  const double in_operators = operator_seconds(run.profile);
  return text_of(Json{{"command", run.run.command},
                      {"version", version()},
                      {"compiler", compiler()},
                      {"model", run.run.model},
                      {"data", run.run.data.name},
                      {"parameters", run.run.parameters},
                      {"threads", run.run.threads},
                      {"device", run.run.device},
                      {"epochs", run.epochs},
                      {"ended", run.ended},
                      {"seconds", whole.seconds},
                      {"operator_seconds", in_operators},
                      {"outside_operators_seconds", whole.seconds - in_operators},
                      {"operators", operators},
                      {"tree", scope_json(run.profile, 0)}});
}

}  // namespace mercer::program
