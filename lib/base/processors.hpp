#pragma once

#include <string>

namespace mercer::detail {

/// Processors that this process may use: those of its affinity mask, fewer where a cgroup (version 1 or 2) has a quota
/// of CPU time, rounded up. `root` stands for "/" in tests.
int count_processors(const std::string& root);

/// OMP_NUM_THREADS (of a list, its first number) where it is set, else count_processors.
/// Throws ValueError when it is no positive number.
int threads_of_environment(const std::string& root);

}  // namespace mercer::detail
