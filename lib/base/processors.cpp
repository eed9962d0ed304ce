#include "base/processors.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "mercer/base/check.hpp"

#ifdef __linux__
#include <sched.h>
#endif

namespace mercer::detail {
namespace {

constexpr double no_quota = std::numeric_limits<double>::infinity();

int affinity() {
#ifdef __linux__
  for (int most = CPU_SETSIZE; most <= 1 << 20; most *= 2) {  // machines may have more than a cpu_set_t holds
    cpu_set_t* const set = CPU_ALLOC(most);
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known) return std::max(count, 1);
  }
#endif
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

/// Version 2: "QUOTA PERIOD" or "max PERIOD". Version 1: a file for each, a quota of −1 is none.
double quota_in(const std::filesystem::path& folder) {
  double quota = 0, period = 0;
  if (std::ifstream(folder / "cpu.max") >> quota >> period && period > 0) return quota / period;
  std::ifstream(folder / "cpu.cfs_quota_us") >> quota;
  std::ifstream(folder / "cpu.cfs_period_us") >> period;
  return quota > 0 && period > 0 ? quota / period : no_quota;
}

/// The least quota of a group and all groups around it. A container may see its own group as the mount's root.
double quota_up(const std::filesystem::path& mount, const std::filesystem::path& group) {
  double least = quota_in(mount);
  std::filesystem::path folder = mount;
  for (const auto& name : group.relative_path())
    least = std::min(least, quota_in(folder /= name));
  return least;
}

/// Lines of /proc/self/cgroup: "0::/group" in version 2, "4:cpu,cpuacct:/group" in version 1.
double cgroup_quota(const std::filesystem::path& root) {
  const std::filesystem::path mount = root / "sys/fs/cgroup";
  double least = no_quota;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    std::istringstream fields(line);
    std::string number, controllers, group;
    if (!std::getline(fields, number, ':') || !std::getline(fields, controllers, ':') || !std::getline(fields, group))
      continue;
    if (controllers.empty())
      least = std::min({least, quota_up(mount, group), quota_up(mount / "unified", group)});
    else if (("," + controllers + ",").find(",cpu,") != std::string::npos)
      least = std::min({least, quota_up(mount / controllers, group), quota_up(mount / "cpu", group)});
  }
  return least;
}

}  // namespace

int count_processors(const std::string& root) {
  const double quota = std::ceil(cgroup_quota(root));
  const int allowed = affinity();
  return quota < allowed ? std::max(static_cast<int>(quota), 1) : allowed;
}

int threads_of_environment(const std::string& root) {
  const char* const text = std::getenv("OMP_NUM_THREADS");
  if (text == nullptr || *text == '\0') return count_processors(root);
  const std::string all(text), first = all.substr(0, all.find(','));
  int count = 0;
  const auto [end, fault] = std::from_chars(first.data(), first.data() + first.size(), count);
  require(fault == std::errc() && end == first.data() + first.size() && count > 0, "threads",
          "OMP_NUM_THREADS: got \"" + all + "\", want a positive number");
  return count;
}

}  // namespace mercer::detail
