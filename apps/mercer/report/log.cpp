#include "report/log.hpp"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/version.hpp"
#include "mercer/base/check.hpp"

namespace mercer::program {

namespace {

using Json = nlohmann::ordered_json;

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::filesystem::path partial(const std::filesystem::path& file) { return file.string() + ".partial"; }

}  // namespace

RunLog::RunLog(std::filesystem::path file)
    : file_(std::move(file)), out_(partial(file_), std::ios::binary | std::ios::trunc) {
  if (!out_) throw FileError(file_.string() + ": can't be written: " + std::strerror(errno));
}

RunLog::~RunLog() {
  if (!out_.is_open()) return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(partial(file_), ignored);
}

void RunLog::write(const std::string& line) {
  if (out_.is_open()) out_ << line << std::flush;
}

void RunLog::start(const RunRecord& run) {
  Json settings = Json::object();
  for (const auto& [name, value] : run.settings)
    settings[name] = value;
  write(one_line({{"event", "start"},
                  {"command", run.command},
                  {"version", version()},
                  {"data", run.data.name},
                  {"model", run.model},
                  {"settings", settings}}));
}

void RunLog::epoch(std::uint64_t seed, const EpochRow& row) {
  if (!out_.is_open()) return;
  write(one_line({{"event", "epoch"},
                  {"seed", seed},
                  {"epoch", row.epoch},
                  {"train_loss", row.train_loss},
                  {"validation_loss", row.validation_loss},
                  {"validation_metric", row.validation_metric},
                  {"ms", row.milliseconds}}));
}

void RunLog::seed(const SeedResult& r) {
  write(one_line({{"event", "seed"},
                  {"seed", r.seed},
                  {"split", r.split},
                  {"epochs", r.epochs},
                  {"best_epoch", r.best_epoch},
                  {"ended", r.ended},
                  {"validation_accuracy", r.validation_accuracy},
                  {"test_accuracy", r.test_accuracy}}));
}

void RunLog::close() {
  if (!out_.is_open()) return;
  out_.close();
  std::error_code error;
  if (out_) std::filesystem::rename(partial(file_), file_, error);
  if (!out_ || error) throw FileError(file_.string() + ": the log can't be written whole");
}

}  // namespace mercer::program
