#include "report/log.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/streams.hpp"
#include "cli/version.hpp"
#include "mercer/experiment/train_seed.hpp"

namespace mercer::program {

namespace {

using Json = nlohmann::ordered_json;

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string log_of_start(const RunRecord& run) {
  Json settings = Json::object();
  for (const auto& [name, value] : run.settings)
    settings[name] = value;
  return one_line({{"event", "start"},
                   {"command", run.command},
                   {"version", version()},
                   {"data", run.data.name},
                   {"model", run.model},
                   {"settings", settings}});
}

std::string log_of_epoch(std::uint64_t seed, const EpochRow& row) {
  return one_line({{"event", "epoch"},
                   {"seed", seed},
                   {"epoch", row.epoch},
                   {"train_loss", row.train_loss},
                   {"validation_loss", row.validation_loss},
                   {"validation_metric", row.validation_metric},
                   {"ms", row.milliseconds}});
}

std::string log_of_seed(const SeedResult& r) {
  return one_line({{"event", "seed"},
                   {"seed", r.seed},
                   {"split", r.split},
                   {"epochs", r.epochs},
                   {"best_epoch", r.best_epoch},
                   {"ended", r.ended},
                   {"validation_accuracy", r.validation_accuracy},
                   {"test_accuracy", r.test_accuracy}});
}

std::string log_of(const RunRecord& run, const TrainState* under_way) {
  std::string text = log_of_start(run);
  for (const SeedResult& result : run.results) {
    for (const EpochRow& row : result.history)
      text += log_of_epoch(result.seed, row);
    text += log_of_seed(result);
  }
  if (under_way != nullptr)
    for (const EpochReport& report : under_way->history)
      text += log_of_epoch(under_way->seed, row_of(report));
  return text;
}

RunLog::RunLog(const std::filesystem::path& file) : partial_(file.string() + ".partial") {
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);  // a pipe or a link to elsewhere would be written through
  out_.open(partial_, std::ios::binary | std::ios::trunc);
  if (out_) return;
  failed_ = true;
  tell(fmt::format("{}: can't be written: {}; the training goes on", partial_.string(),
                   std::generic_category().message(errno)));
}

RunLog::~RunLog() {
  if (is_open()) end();
}

void RunLog::append(const std::string& lines) {
  if (!is_open()) return;
  errno = 0;
  out_ << lines << std::flush;
  if (out_) return;
  failed_ = true;
  tell(fmt::format("{}: can't be written: {}; the training goes on, and the log is written at its end",
                   partial_.string(), std::generic_category().message(errno)));
  end();
}

void RunLog::end() {
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

}  // namespace mercer::program
