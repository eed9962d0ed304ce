#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "profile/profile.hpp"
#include "report/svg.hpp"

namespace mercer::program {

namespace {

constexpr double flame_width = 1200, flame_margin = 16, flame_top = 64, flame_row = 26;
constexpr double flame_letter = 7.6, narrowest_box = 0.3;  // px of a letter; of a box that is drawn

/// Operators are blue, parts of the model green, phases orange; shades tell neighbours apart.
const char* flame_colour(Profile::Kind kind, std::size_t n) {
  constexpr const char* colours[3][2] = {{"#e8a45c", "#eeb679"}, {"#8cc08a", "#a3cda0"}, {"#86aedb", "#9dbee3"}};
  return colours[static_cast<std::size_t>(kind)][n % 2];
}

struct Flame {
  const Profile& profile;
  double per_second = 0;
  int rows = 0;
  std::string body{};

  void draw(std::size_t n, double x, int row) {
    const Profile::Scope& scope = profile.scopes()[n];
    const double width = scope.seconds * per_second;
    if (width < narrowest_box) return;
    rows = std::max(rows, row + 1);
    box(n, x, width, row);
    std::vector<std::size_t> children = scope.children;
    if (n != 0)  // phases keep their order, so do layers of a forward pass; operators come by time
      std::ranges::stable_sort(children, [&](std::size_t a, std::size_t b) { return before(a, b); });
    for (const std::size_t child : children) {
      draw(child, x, row + 1);
      x += profile.scopes()[child].seconds * per_second;
    }
  }

  bool before(std::size_t a, std::size_t b) const {
    const Profile::Scope &first = profile.scopes()[a], &second = profile.scopes()[b];
    if (first.kind != second.kind) return first.kind < second.kind;
    return first.kind == Profile::Kind::op && first.seconds > second.seconds;
  }

  void box(std::size_t n, double x, double width, int row) {
    const Profile::Scope& scope = profile.scopes()[n];
    const std::string name = n == 0 ? "steps and evaluations" : label_of(scope);
    const double y = flame_top + flame_row * row, all = std::max(profile.scopes().front().seconds, 1e-12);
    body += fmt::format(
        "<g><title>{}: {:.4f} s, {:.1f} %, {} calls</title><rect x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" "
        "fill=\"{}\" stroke=\"#fff\" stroke-width=\"0.5\"/>",
        escaped(name), scope.seconds, 100 * scope.seconds / all, scope.calls, x, y, width, flame_row - 1,
        n == 0 ? "#d9dee4" : flame_colour(scope.kind, n));
    const auto letters = static_cast<std::size_t>(std::max(0.0, (width - 8) / flame_letter));
    if (letters >= 3)
      body += fmt::format("<text x=\"{:.2f}\" y=\"{}\">{}</text>", x + 4, y + 18,
                          escaped(name.size() <= letters ? name : name.substr(0, letters - 1) + "…"));
    body += "</g>\n";
  }
};

}  // namespace

std::string flame_svg(const ProfiledRun& run) {
  const double all = run.profile.scopes().front().seconds;
  Flame flame{.profile = run.profile, .per_second = all > 0 ? (flame_width - 2 * flame_margin) / all : 0};
  flame.draw(0, flame_margin, 0);
  const std::string title = fmt::format("{} on {}, {} ({}): {:.3f} s", run.run.model, run.run.data.name,
                                        counted(run.epochs, "epoch"), run.ended, all);
  const std::string head = fmt::format(
      "<text class=\"title\" x=\"{0}\" y=\"30\">{1}</text>\n<text class=\"soft\" x=\"{0}\" y=\"52\">{2}</text>\n",
      flame_margin, escaped(title),
      escaped(fmt::format("{}, {}; operators {:.1f} % of the time", run.run.device, counted(run.run.threads, "thread"),
                          100 * operator_seconds(run.profile) / std::max(all, 1e-12))));
  return svg_file(flame_width, flame_top + flame_row * flame.rows + flame_margin, title, head + flame.body);
}

}  // namespace mercer::program
