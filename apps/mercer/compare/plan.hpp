#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/json_fields.hpp"
#include "compare/request.hpp"
#include "train/record.hpp"

namespace mercer::program {

/// One training of a comparison, done by a process of its own.
struct Job {
  Settings settings{};  // complete
  std::uint64_t seed = 0;
  Index turn = 0;                // of the seeds: which split it takes
  bool final = false;            // the settings are chosen: test nodes are scored
  bool pictures = false;         // attention and kernel are looked at afterwards
  std::string says{};            // "rbf:p=1.8 on cora, seed 3"
  std::filesystem::path file{};  // for its result
};

/// What a job is, without where its result goes: what two runs must share for one to stand for the other.
Json json_of(const Job& job);
Job job_from(const Json& json);  // throws ValueError

/// A contender on a data set.
struct Cell {
  std::size_t contender = 0, data = 0;
  std::vector<Settings> settings{};  // complete, for each point of the grid
  Index parameters = 0;              // of the first point
};

struct Plan {
  std::vector<Contender> contenders{};
  std::size_t baseline = 0;
  std::vector<GridPoint> points{};
  TrainingChoice budget{};
  DataChoice data_choice{};           // as typed
  std::vector<DataFacts> data{};      // in the order of --data
  std::vector<std::string> metric{};  // by which each of them is scored
  std::vector<Cell> cells{};          // data set by data set, contender by contender
  std::uint64_t seed = 0;
  int seeds = 1, search_seeds = 1;
  std::filesystem::path out{};

  const std::string& name_of(const Cell& cell) const { return contenders.at(cell.contender).name; }
  std::string in_words(const Cell& cell) const { return name_of(cell) + " on " + data.at(cell.data).name; }
};

/// Reads every data set and builds every model once, so that what can't be is refused before anything is trained.
/// Throws UsageError, ValueError, FileError.
Plan plan_of(const CompareRequest& request);

/// The trainings that choose a cell's point of the grid; none when there is one point.
std::vector<Job> searches(const Plan& plan, const Cell& cell);
/// The trainings with the chosen point, one for each seed.
std::vector<Job> finals(const Plan& plan, const Cell& cell, std::size_t point);

/// What may not change between two calls with the same folder.
Json protocol_json(const Plan& plan);

/// "training/epochs: was 100, is 50; …": up to three of the places where two JSON texts differ; empty when they don't.
std::string difference(const Json& before, const Json& now);

}  // namespace mercer::program
