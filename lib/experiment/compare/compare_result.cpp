#include "experiment/compare/compare_json.hpp"
#include "experiment/json.hpp"
#include "experiment/result_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/experiment/compare_job.hpp"

namespace mercer {

namespace {

constexpr const char* result_format = "mercer comparison run 1";
constexpr std::uintmax_t largest_result = 1u << 30;

Json json_of(const Reliability& calibration) {
  Json bins = Json::array();
  for (const Reliability::Bin& bin : calibration.bins)
    bins.push_back({bin.nodes, bin.confidence, bin.right});
  return bins;
}

Reliability reliability_from(const Json& json) {
  Reliability calibration;
  require(json.size() == calibration.bins.size(), "calibration", "want 10 bins");
  for (std::size_t b = 0; b < calibration.bins.size(); ++b) {
    require(json[b].is_array() && json[b].size() == 3, "calibration", "want 3 numbers a bin");
    const auto number = [&](std::size_t at) { return value_from<double>(json[b][at], "calibration"); };
    calibration.bins[b] = {number(0), number(1), number(2)};
  }
  return calibration;
}

std::vector<std::vector<double>> lists_from(const Json& object, const std::string& name) {
  std::vector<std::vector<double>> lists;
  for (const Json& list : part(object, name)) {
    require(list.is_array(), name.c_str(), "want a list of lists");
    lists.emplace_back();
    for (const Json& value : list)
      lists.back().push_back(value_from<double>(value, name));
  }
  return lists;
}

Json json_of(const KernelPicture& kernel) {
  return {{"is_map", kernel.is_map},
          {"is_signed", kernel.is_signed},
          {"is_stationary", kernel.is_stationary},
          {"x", kernel.x},
          {"kappa", kernel.kappa}};
}

KernelPicture picture_from(const Json& json) {
  require_known(json, {"is_map", "is_signed", "is_stationary", "x", "kappa"});
  KernelPicture kernel{.is_map = member<bool>(json, "is_map"),
                       .is_signed = member<bool>(json, "is_signed"),
                       .is_stationary = member<bool>(json, "is_stationary"),
                       .x = lists_from(json, "x"),
                       .kappa = lists_from(json, "kappa")};
  for (std::size_t h = 0; h < kernel.kappa.size(); ++h) {
    require(!kernel.x.empty() && (kernel.is_map || h < kernel.x.size()), "kernel", "want an x for each line");
    const std::size_t steps = kernel.x[kernel.is_map ? 0 : h].size();
    require(kernel.kappa[h].size() == (kernel.is_map ? steps * steps : steps), "kernel", "want a value for each x");
  }
  return kernel;
}

}  // namespace

void save_result(const std::filesystem::path& file, const CompareJob& job, const JobResult& result) {
  const Json json{{"format", result_format},           {"job", json_of(job)},
                  {"result", json_of(result.result)},  {"seconds", result.seconds},
                  {"peak_rss_mb", result.peak_rss_mb}, {"calibration", json_of(result.calibration)},
                  {"entropy", result.entropy},         {"kernel", json_of(result.kernel)}};
  write_whole(file, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

namespace {

/// The result in that file; none, with the difference, where it is of other settings. Throws FileError.
std::optional<JobResult> read_result(const CompareJob& job, std::string& differs) {
  const Json json = read_json(job.file, largest_result);
  return understood(job.file.string(), [&]() -> std::optional<JobResult> {
    const auto found = member<std::string>(json, "format");
    require(found == result_format, "format", "got " + in_quotes(found) + ", want " + result_format);
    require_known(json, {"format", "job", "result", "seconds", "peak_rss_mb", "calibration", "entropy", "kernel"});
    differs = difference(part(json, "job"), json_of(job));
    if (!differs.empty()) return std::nullopt;
    return JobResult{.result = result_from(part(json, "result")),
                     .seconds = member<double>(json, "seconds"),
                     .peak_rss_mb = member<double>(json, "peak_rss_mb"),
                     .calibration = reliability_from(part(json, "calibration")),
                     .entropy = lists_from(json, "entropy"),
                     .kernel = picture_from(part(json, "kernel"))};
  });
}

}  // namespace

std::optional<JobResult> load_result(const CompareJob& job) {
  if (!file_exists(job.file)) return std::nullopt;
  std::string differs;
  std::optional<JobResult> result;
  try {
    result = read_result(job, differs);
  } catch (const FileError& error) {
    throw FileError(std::string(error.what()) + "; delete this file, and the same command trains its run again");
  }
  if (result) return result;
  throw ValueError(job.file.string() + ": was run with other settings (" + differs +
                   "); ask for the same, for another --out, or for --overwrite");
}

}  // namespace mercer
