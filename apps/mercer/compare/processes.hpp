#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mercer::program {

/// A call of this program with these arguments; its output goes to the file.
struct Process {
  std::vector<std::string> words{};
  std::filesystem::path says{};
};

/// How a process ended: "" for success, else the reason: "exit code 1: out of memory", "killed by signal 9 (Killed)".
struct ProcessEnd {
  std::size_t which = 0;
  std::string failure{};
};

/// Runs the calls in order, `side_by_side` at a time, and calls `on_end` for each. The output of a successful call is
/// removed. When `stop` returns true, running calls are ended, the others are not started, and the result is false.
/// Throws FileError when no call can be started.
bool run_processes(const std::vector<Process>& processes, int side_by_side,
                   const std::function<void(const ProcessEnd&)>& on_end, const std::function<bool()>& stop);

}  // namespace mercer::program
