#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mercer/experiment/compare_job.hpp"
#include "mercer/experiment/search_space.hpp"

namespace mercer {

/// A setting of a search.
struct Trial {
  std::vector<OptionText> values{};
  Settings settings{};  // complete
  Index parameters = 0;
};

/// A search of settings by the validation nodes. Test nodes are not scored.
struct TunePlan {
  TrainRequest request{};               // as typed; its seeds are trained in each trial, and the mean counts
  std::optional<std::string> splits{};  // "0,1,2" or "all": a seed for each of these given splits or folds
  SearchSpace space{};                  // empty: the usual one
  Index trials = 27, eta = 3, first_epochs = 0;
  std::filesystem::path out{};
  // by prepare_search():
  std::vector<Index> rungs{};  // the epochs after which each ends
  std::vector<Trial> drawn{};
  DataFacts data{};
  Fingerprint source{};
  bool has_own = false;              // trial 0 is what train takes unsearched, and goes on in every rung
  std::string own_outside{};         // why it is not
  std::vector<std::string> notes{};  // where trials or rungs are others than were asked for
  Index one_of_splits = 0;           // how many splits the data give, where one of them decides
};

/// How many trials train in a rung: as trials_of_rung(), and one beside the unsearched settings.
Index trials_of_rung(const TunePlan& plan, std::size_t rung);

/// Draws the trials after the unsearched settings, no two alike, reads the data, checks the split of every seed and
/// builds the model of every trial, so that errors are found before any training. Without epochs in the request a trial
/// has the recipe's, at most 1,000. Throws ValueError, FileError.
void prepare_search(TunePlan& plan);

/// The score of a trial at the end of a rung.
struct RungScore {
  double mean = 0;                // of the validation metric over the seeds; NaN when one of them was lost
  std::vector<double> by_seed{};  // NaN where lost
  double seconds = 0;             // of all seeds
  std::string lost{};             // why, or empty
};

/// A search and its results.
struct TuneRecord {
  std::string command{};
  TunePlan plan{};
  std::vector<std::vector<RungScore>> scores{};  // by trial, then by rung, as far as it came
  int jobs = 1;

  /// Trials, the best first: those without a loss before the others, then those that came farther, then by score, then
  /// by number.
  std::vector<std::size_t> ranking() const;
  /// The best trial, if one was not lost.
  std::optional<std::size_t> best() const;
};

/// The trials of the record's next rung, which is the number of scores that the farthest one has.
std::vector<std::size_t> next_trials(const TuneRecord& record, std::size_t rung);

/// The trainings of these trials in a rung, one for each seed; each goes on from where the rung before left it.
std::vector<CompareJob> jobs_of_rung(const TunePlan& plan, const std::vector<std::size_t>& trials, std::size_t rung);

/// Reads the results of a rung into the record. A training state that no later rung needs is removed.
void take_rung(TuneRecord& record, const std::vector<std::size_t>& trials, std::size_t rung);

/// All that decides the result, as JSON: request, space, trials, η, rungs, contents of the data.
std::string protocol_json(const TunePlan& plan);

/// FOLDER/tune.json has the search's protocol as its member "protocol". The differences as text, empty when there is
/// none; throws FileError.
bool holds_search(const std::filesystem::path& folder);
std::string protocol_difference(const std::filesystem::path& folder, const TunePlan& plan);

/// The options by which `mercer train` trains a trial, by name: recipe or model, data, all that was typed or drawn, and
/// the training in full.
std::vector<std::pair<std::string, OptionValue>> train_options(const TunePlan& plan, std::size_t trial);

}  // namespace mercer
