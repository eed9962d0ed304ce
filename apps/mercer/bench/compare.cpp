#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "bench/record.hpp"
#include "cli/errors.hpp"

namespace mercer::program {

void check_comparable(const std::filesystem::path& file, const BenchRecord& before, const BenchSetting& now) {
  std::string differs;
  for (const auto& [name, value] : now) {
    const auto same = [&, &key = name](const auto& entry) { return entry.first == key; };
    const auto found = std::ranges::find_if(before.setting, same);
    const std::string was = found == before.setting.end() ? "not said" : found->second;
    if (was == value) continue;
    const char* what = name == "cpu" || name == "device"         ? "of another machine"
                       : name == "version" || name == "compiler" ? "of another version"
                                                                 : "with other options";
    differs += fmt::format("{}{} ({}: was {}, is {})", differs.empty() ? "" : ", ", what, name, was, value);
  }
  if (!differs.empty())
    throw UsageError(fmt::format("--compare {}: was measured {}; want a file of the same, which --json writes",
                                 file.string(), differs));
}

const char* verdict(const Median& before, const Median& now) {
  if (std::min(before.rounds, now.rounds) < Median::least_rounds) return "too few rounds";
  if (now.high < before.low) return "faster";
  return now.low > before.high ? "slower" : "undecided";
}

std::string compared_text(const BenchRecord& before, const BenchRecord& now) {
  std::string text = fmt::format("{:<60}{:>12}{:>12}{:>8}  {}\n", "", "before ms", "now ms", "ratio", "verdict");
  std::size_t faster = 0, slower = 0, other = 0, unlike = 0, only_now = 0;
  for (const BenchLine& line : now.lines) {
    const auto found = std::ranges::find_if(before.lines, [&](const BenchLine& other) { return other.is_of(line); });
    if (found == before.lines.end()) {
      ++only_now;
      continue;
    }
    const bool is_unlike = found->bytes != line.bytes || found->flops != line.flops;
    const std::string_view said = is_unlike ? "another graph" : verdict(found->seconds, line.seconds);
    ++(is_unlike ? unlike : said == "faster" ? faster : said == "slower" ? slower : other);
    text += fmt::format("{:<60} {:>11.4g} {:>11.4g} {:>7.3f}  {}\n", line.graph + ": " + line.name,
                        1e3 * found->seconds.at, 1e3 * line.seconds.at, line.seconds.at / found->seconds.at, said);
  }
  text += fmt::format(
      "{} faster, {} slower, {} undecided: faster and slower where the 95 % intervals of the two medians, each of "
      "at least {} rounds, don't overlap. Of many lines some differ by chance or by the machine's load: measure the "
      "first again before you believe them\n",
      faster, slower, other, Median::least_rounds);
  if (unlike > 0)
    text += fmt::format("{} of a graph that has the same name in the file, but not the same size\n", unlike);
  if (!before.whole) text += "the run of the file was interrupted\n";
  const std::size_t both = faster + slower + other + unlike, only_before = before.lines.size() - both;
  if (only_now > 0) text += fmt::format("{} measured now are not in the file\n", only_now);
  if (only_before > 0) text += fmt::format("{} of the file were not measured now\n", only_before);
  return text;
}

}  // namespace mercer::program
