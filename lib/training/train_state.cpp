#include "mercer/training/train_state.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {
namespace {

constexpr const char* format = "2";  // 1 had no batches, no buffers, and an accuracy beside the score
constexpr Index history_columns = 9;
constexpr Index stopping_columns = 4;
constexpr double absent = std::numeric_limits<double>::quiet_NaN();  // in the file only

std::vector<double> row_of(const EpochReport& r) {
  const Scores v = r.validation.value_or(Scores{absent, absent});
  return {static_cast<double>(r.epoch), r.train_loss, r.gradient_norm, r.learning_rate, v.loss, v.score,
          r.kept ? 1.0 : 0.0,           r.epoch_ms,   r.evaluation_ms};
}

EpochReport report_of(const double* row, Index epoch) {
  EpochReport r{.epoch = epoch, .train_loss = row[1], .gradient_norm = row[2], .learning_rate = row[3]};
  if (row[4] == row[4]) r.validation = Scores{row[4], row[5]};
  r.kept = row[6] != 0;
  r.epoch_ms = row[7];
  r.evaluation_ms = row[8];
  return r;
}

/// The tensor groups of a state and the prefixes of their names.
template <class State>
auto groups(State& state) {
  return std::array{std::pair{"parameters/", &state.parameters}, std::pair{"buffers/", &state.buffers},
                    std::pair{"kept/", &state.kept}, std::pair{"first/", &state.optimizer.first},
                    std::pair{"second/", &state.optimizer.second}};
}

/// Reads a training state from a file's tensors and metadata; throws FileError for missing or wrong ones.
class StateReader {
 public:
  explicit StateReader(const std::filesystem::path& path) : path_(path), file_(load_tensors(path)) {}

  TrainState read() {
    if (const auto at = file_.metadata.find("format"); at == file_.metadata.end() || at->second != format)
      fail("__metadata__: format: got " + in_quotes(at == file_.metadata.end() ? "" : at->second) + ", want " +
           in_quotes(format) + "; begin the training anew");
    TrainState state;
    state.seed = number("seed");
    state.epochs = count("epochs");
    state.batch = count("batch");
    state.optimizer.steps = count("steps");
    state.optimizer.rule = text("rule");
    read_history(state);
    const auto stopping = table("stopping", 1, stopping_columns);
    state.stopping = {stopping[0], stopping[1], whole(stopping[2], state.epochs), whole(stopping[3], state.epochs)};
    for (auto& [name, stored] : file_.tensors)
      read_tensor(state, name, stored);
    return state;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw FileError(path_.string() + ": no state to resume from: " + message);
  }

  const std::string& text(const char* key) const {
    const auto at = file_.metadata.find(key);
    if (at == file_.metadata.end()) fail(std::string("__metadata__ has no ") + key);
    return at->second;
  }

  std::uint64_t number(const char* key) const {
    const std::string& digits = text(key);
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc() || end != digits.data() + digits.size())
      fail(std::string("__metadata__: ") + key + ": got " + in_quotes(digits) + ", want a whole number");
    return value;
  }

  Index count(const char* key) const {
    const std::uint64_t value = number(key);
    if (value > std::numeric_limits<std::uint32_t>::max()) fail(std::string("__metadata__: ") + key + ": too large");
    return static_cast<Index>(value);
  }

  Index whole(double value, Index most) const {
    if (!(value >= -1 && value <= static_cast<double>(most))) fail("stopping: an epoch is out of range");
    return static_cast<Index>(value);
  }

  /// Takes a table of F64 out of the file.
  std::vector<double> table(const char* name, Index rows, Index columns) {
    const auto node = file_.tensors.extract(name);
    if (node.empty() || node.mapped().shape != std::vector<Index>{rows, columns} || node.mapped().values.index() != 1)
      fail(std::string(name) + ": want F64 [" + std::to_string(rows) + ", " + std::to_string(columns) + "]");
    return std::get<1>(std::move(node.mapped().values));
  }

  void read_history(TrainState& state) {
    state.under_way = report_of(table("under_way", 1, history_columns).data(), state.epochs);
    const auto rows = table("history", state.epochs, history_columns);
    for (Index epoch = 0; epoch < state.epochs; ++epoch)
      state.history.push_back(report_of(rows.data() + epoch * history_columns, epoch));
  }

  void read_tensor(TrainState& state, const std::string& name, const StoredTensor& stored) const {
    for (const auto& [prefix, tensors] : groups(state)) {
      if (!name.starts_with(prefix)) continue;
      if (stored.shape.size() != 2) fail("tensor " + in_quotes(name) + ": want two dimensions");
      tensors->emplace(name.substr(std::string(prefix).size()), stored.to_tensor());
      return;
    }
    fail("tensor " + in_quotes(name) + " is not expected");
  }

  std::filesystem::path path_;
  TensorFile file_;
};

}  // namespace

void save_state(const std::filesystem::path& path, const TrainState& state) {
  TensorFile file;
  file.metadata = {{"format", format},
                   {"seed", std::to_string(state.seed)},
                   {"epochs", std::to_string(state.epochs)},
                   {"batch", std::to_string(state.batch)},
                   {"steps", std::to_string(state.optimizer.steps)},
                   {"rule", state.optimizer.rule}};
  for (const auto& [prefix, tensors] : groups(state))
    for (const auto& [name, x] : *tensors)
      file.tensors.emplace(prefix + name, StoredTensor::from(x));
  std::vector<double> history;
  for (const EpochReport& r : state.history) {
    const auto row = row_of(r);
    history.insert(history.end(), row.begin(), row.end());
  }
  file.tensors["history"] =
      StoredTensor::from({static_cast<Index>(state.history.size()), history_columns}, std::move(history));
  file.tensors["under_way"] = StoredTensor::from({1, history_columns}, row_of(state.under_way));
  const StopState& s = state.stopping;
  file.tensors["stopping"] =
      StoredTensor::from({1, stopping_columns},
                         {s.best_score, s.best_loss, static_cast<double>(s.kept_epoch), static_cast<double>(s.waited)});
  save_tensors(path, file);
}

TrainState load_state(const std::filesystem::path& path) { return StateReader(path).read(); }

}  // namespace mercer
