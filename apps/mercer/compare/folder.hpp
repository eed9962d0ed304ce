#pragma once

#include <functional>
#include <initializer_list>
#include <string>

namespace mercer::program {

/// The folder of many trainings, which the same command goes on with: of "comparison" or "search".
struct JobFolder {
  std::string out, what, record;  // the record is the first file written there
  bool is_fresh = false;          // what it holds is forgotten
};

/// Throws UsageError unless the folder is new, empty, or `holds` the same: difference() is empty. It is asked of a
/// folder that is not fresh alone. A record that a killed process was writing is removed. Throws FileError.
void check(const JobFolder& folder, bool holds, const std::function<std::string()>& difference);

/// Removes these files and folders from it.
void forget(const JobFolder& folder, std::initializer_list<const char*> names);

}  // namespace mercer::program
