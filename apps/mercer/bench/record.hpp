#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure.hpp"

namespace mercer::program {

/// One measured line.
struct BenchLine {
  std::string graph, name;
  Ceiling ceiling = Ceiling::none;
  double bytes = 0, flops = 0;  // of one call, by formula; 0: none
  Median seconds{};
  double share = 0;  // of the ceiling's rate, of the two medians; 0 without a ceiling

  bool is_of(const BenchLine& other) const { return graph == other.graph && name == other.name; }
  double bytes_per_second() const { return seconds.at > 0 ? bytes / seconds.at : 0; }
  double flops_per_second() const { return seconds.at > 0 ? flops / seconds.at : 0; }
};

/// What a result depends on besides the code: two files are compared only where all of it is the same.
using BenchSetting = std::vector<std::pair<std::string, std::string>>;

struct BenchRecord {
  std::string command;
  BenchSetting setting;
  Index rounds = 0;
  std::vector<BenchLine> lines{};
  std::vector<std::string> notes{};
  bool whole = true;  // or interrupted
};

/// This machine and build: "cpu", "device", "version", "compiler", "real", "threads"; then the options that were given.
BenchSetting bench_setting(Device device, Index heads, Index width);

std::string bench_json(const BenchRecord& record);
/// A picture of rates against flops a byte under the ceilings' roofs (Williams, Waterman, Patterson: Roofline, CACM 52,
/// 2009), on logarithmic axes.
std::string roofline_svg(const BenchRecord& record);
/// The head of the table, and one line of it.
std::string bench_header();
std::string bench_text(const BenchLine& line);

/// A file that bench_json wrote. Throws FileError for another one, and for figures that can't be.
BenchRecord read_bench(const std::filesystem::path& file);
/// Throws UsageError, naming what differs, unless both are of one setting.
void check_comparable(const std::filesystem::path& file, const BenchRecord& before, const BenchSetting& now);
/// faster or slower where the intervals of the two medians don't overlap, else undecided; none of too few rounds.
const char* verdict(const Median& before, const Median& now);
/// A line for each measurement, with its ratio and verdict; then how many of each, and what only one of them has. Lines
/// of one name whose bytes or flops differ are of another graph, of which there is no verdict.
std::string compared_text(const BenchRecord& before, const BenchRecord& now);

}  // namespace mercer::program
