#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/base/profile.hpp"
#include "report/record.hpp"

/// `mercer train --profile`: where the time of a training went.
namespace mercer::program {

/// A profile with the run that it is of.
struct ProfiledRun {
  const Profile& profile;
  const RunRecord& run;
  Index epochs = 0;        // that were profiled, of all seeds
  std::string ended = {};  // of the last seed: "all epochs", "interrupted" …
};

/// The seconds of one operator in one phase, over all layers.
struct OperatorTime {
  std::string name, phase;
  Index calls = 0;
  double seconds = 0;
};

/// Operators by name and phase, longest first.
std::vector<OperatorTime> operator_times(const Profile& profile);
/// Σ of all operators; what is left of the whole is time outside operators.
double operator_seconds(const Profile& profile);
/// "forward", "layer 2", "attend"
std::string label_of(const Profile::Scope& scope);

/// Two tables for the terminal: operators and parts of the model, by phase.
std::string profile_text(const ProfiledRun& run);
std::string profile_json(const ProfiledRun& run);
/// A picture of the tree: every scope lies under the one it is in, as wide as its time; the tooltip has the figures.
std::string flame_svg(const ProfiledRun& run);

}  // namespace mercer::program
