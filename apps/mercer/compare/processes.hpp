#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mercer::program {

/// This program, called with these words; what it says goes to the file.
struct Process {
  std::vector<std::string> words{};
  std::filesystem::path says{};
};

/// How one ended: "" when well, else why in words: "exit code 1: out of memory", "killed by signal 9 (Killed)".
struct ProcessEnd {
  std::size_t which = 0;
  std::string failure{};
};

/// Runs them, in order, so many side by side; `on_end` is called for each. What a process said is removed when it ended
/// well. When `stop` says so, those in work are ended and the others not begun: false. Throws FileError when none can
/// be started at all.
bool run_processes(const std::vector<Process>& processes, int side_by_side,
                   const std::function<void(const ProcessEnd&)>& on_end, const std::function<bool()>& stop);

}  // namespace mercer::program
