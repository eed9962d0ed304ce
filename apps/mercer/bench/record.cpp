#include "bench/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include "cli/json.hpp"
#include "cli/version.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/experiment/machine.hpp"

namespace mercer::program {

namespace {

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

Json line_json(const BenchLine& line) {
  return {{"graph", line.graph},
          {"name", line.name},
          {"ceiling", name_of(line.ceiling)},
          {"bytes", line.bytes},
          {"flops", line.flops},
          {"seconds",
           {{"median", line.seconds.at},
            {"low", line.seconds.low},
            {"high", line.seconds.high},
            {"first_quartile", line.seconds.first_quartile},
            {"third_quartile", line.seconds.third_quartile},
            {"rounds", line.seconds.rounds}}},
          {"gb_per_second", line.bytes_per_second() / 1e9},
          {"gflop_per_second", line.flops_per_second() / 1e9},
          {"share_of_ceiling", line.share}};
}

Ceiling ceiling_of(const std::string& name) {
  for (const Ceiling ceiling : {Ceiling::copy, Ceiling::gather, Ceiling::product})
    if (name == name_of(ceiling)) return ceiling;
  return Ceiling::none;
}

void check_line(const std::string& file, const BenchLine& line) {
  const Median& t = line.seconds;
  const auto refuse = [&](const std::string& what, const char* want) {
    throw FileError(fmt::format("{}: {}: {}: {}, want {}", file, line.graph, line.name, what, want));
  };
  if (!(t.at > 0 && std::isfinite(t.at))) refuse(fmt::format("a median of {} s", t.at), "a time above 0");
  if (!(t.low > 0 && t.low <= t.at && t.at <= t.high && std::isfinite(t.high)))
    refuse(fmt::format("a median of {} s between {} and {}", t.at, t.low, t.high), "an interval around it");
  if (t.rounds < 1) refuse(fmt::format("{} rounds", t.rounds), "at least 1");
}

BenchLine bench_line_of(const Json& json) {
  const Json& seconds = json.at("seconds");
  return {.graph = json.at("graph"),
          .name = json.at("name"),
          .ceiling = ceiling_of(json.at("ceiling")),
          .bytes = json.at("bytes"),
          .flops = json.at("flops"),
          .seconds = {.at = seconds.at("median"),
                      .low = seconds.at("low"),
                      .high = seconds.at("high"),
                      .first_quartile = seconds.at("first_quartile"),
                      .third_quartile = seconds.at("third_quartile"),
                      .rounds = seconds.at("rounds")},
          .share = json.at("share_of_ceiling")};
}

/// "12.3", or nothing for 0.
std::string rate(double value) { return value > 0 ? fmt::format("{:.3g}", value / 1e9) : ""; }

}  // namespace

BenchSetting bench_setting(Device device, Index heads, Index width) {
  return {{"cpu", fmt::format("{}, {} processors", processor(), std::thread::hardware_concurrency())},
          {"device", device_name(device)},
          {"version", version()},
          {"compiler", compiler()},
          {"real", sizeof(Real) == sizeof(float) ? "float" : "double"},
          {"threads", std::to_string(threads())},
          {"heads", std::to_string(heads)},
          {"width", std::to_string(width)}};
}

std::string bench_json(const BenchRecord& record) {
  Json setting = Json::object(), lines = Json::array();
  for (const auto& [name, value] : record.setting)
    setting[name] = value;
  for (const BenchLine& line : record.lines)
    lines.push_back(line_json(line));
  return text_of(Json{{"command", record.command},
                      {"setting", setting},
                      {"rounds", record.rounds},
                      {"ended", record.whole ? "whole" : "interrupted"},
                      {"notes", record.notes},
                      {"lines", lines}});
}

BenchRecord read_bench(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file))
    throw FileError(file.string() + ": is a folder, want a file that mercer bench --json wrote");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw FileError(file.string() + ": can't be read");
  try {
    const Json json = Json::parse(in);
    BenchRecord record{.command = json.at("command"), .setting = {}, .rounds = json.at("rounds")};
    record.whole = json.value("ended", "whole") == "whole";
    for (const auto& [name, value] : json.at("setting").items())
      record.setting.emplace_back(name, value.get<std::string>());
    for (const Json& line : json.at("lines").get_ref<const Json::array_t&>()) {
      BenchLine found = bench_line_of(line);
      check_line(file.string(), found);
      if (std::ranges::any_of(record.lines, [&](const BenchLine& other) { return other.is_of(found); }))
        throw FileError(fmt::format("{}: {}: {}: is there twice", file.string(), found.graph, found.name));
      record.lines.push_back(std::move(found));
    }
    return record;
  } catch (const Json::exception& error) {
    throw FileError(fmt::format("{}: is not what mercer bench --json writes: {}", file.string(), error.what()));
  }
}

std::string bench_header() {
  return fmt::format("{:<42}{:>10}{:>10}{:>10}{:>10}{:>10}  {}\n", "", "median ms", "spread", "MB", "GB/s", "GFLOP/s",
                     "share of its ceiling");
}

std::string bench_text(const BenchLine& line) {
  const Median& t = line.seconds;
  const double spread = t.at > 0 ? 100 * (t.third_quartile - t.first_quartile) / t.at : 0;
  std::string text = fmt::format("{:<42}{:>10.4g}{:>8.1f} %{:>10}{:>10}{:>10}", line.name, 1e3 * t.at, spread,
                                 line.bytes > 0 ? fmt::format("{:.3g}", line.bytes / 1e6) : "",
                                 rate(line.bytes_per_second()), rate(line.flops_per_second()));
  if (line.share > 0) text += fmt::format("  {:.2f} of {}", line.share, name_of(line.ceiling));
  return text + "\n";
}

}  // namespace mercer::program
