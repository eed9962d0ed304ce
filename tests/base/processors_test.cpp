#include "base/processors.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"

using namespace mercer;
using mercer::detail::count_processors;

namespace {

/// A file system for a test.
struct Root {
  std::filesystem::path path;

  explicit Root(const std::string& name) : path(std::filesystem::temp_directory_path() / ("mercer_cgroups_" + name)) {
    std::filesystem::remove_all(path);
  }
  ~Root() { std::filesystem::remove_all(path); }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
  int count() const { return count_processors(path.string()); }
};

/// Sets OMP_NUM_THREADS during a test.
struct Environment {
  std::optional<std::string> before;

  explicit Environment(const char* value) {
    if (const char* old = std::getenv("OMP_NUM_THREADS")) before = old;
    setenv("OMP_NUM_THREADS", value, 1);
  }
  ~Environment() {
    before ? setenv("OMP_NUM_THREADS", before->c_str(), 1) : unsetenv("OMP_NUM_THREADS");
    set_threads(0);
  }
};

}  // namespace

TEST_CASE("without cgroups the affinity mask counts") {
  const Root root("none");
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CHECK(root.count() == CPU_COUNT(&before));
  CPU_ZERO(&one);
  for (int c = 0; c < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++c)
    if (CPU_ISSET(c, &before)) CPU_SET(c, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(root.count() == 1);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
}

TEST_CASE("a quota of cgroup version 2") {
  const Root root("v2");
  const int all = root.count();
  root.write("proc/self/cgroup", "0::/outer/inner\n");
  root.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  CHECK(root.count() == all);
  root.write("sys/fs/cgroup/outer/cpu.max", "50000 100000\n");  // of the outer group
  CHECK(root.count() == 1);
  root.write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  CHECK(root.count() == std::min(all, 2));
  root.write("sys/fs/cgroup/outer/inner/cpu.max", "1000 100000\n");
  CHECK(root.count() == 1);
}

TEST_CASE("a container sees its group as the root of the mount") {
  const Root root("container");
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  CHECK(root.count() == 1);
}

TEST_CASE("a quota of cgroup version 1") {
  const Root root("v1");
  const int all = root.count();
  root.write("proc/self/cgroup", "5:memory:/box\n4:cpu,cpuacct:/box\n0::/\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  CHECK(root.count() == all);
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "80000\n");
  CHECK(root.count() == 1);
  root.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "100000\n");  // mounted by its own name
  root.write("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
  CHECK(root.count() == 1);
}

TEST_CASE("malformed cgroup files set no quota") {
  const Root root("odd");
  const int all = root.count();
  root.write("proc/self/cgroup", "\nnonsense\n0:\n0::relative\n7:cpu\n");
  root.write("sys/fs/cgroup/cpu.max", "");
  root.write("sys/fs/cgroup/relative/cpu.max", "10 0\n");
  CHECK(root.count() == all);
}

TEST_CASE("OMP_NUM_THREADS") {
  const Root root("threads");
  const auto wanted = [&](const char* value) {
    const Environment set(value);
    return detail::threads_of_environment(root.path.string());
  };
  CHECK(wanted("") == root.count());
  CHECK(wanted("3") == 3);
  CHECK(wanted("12,2") == 12);
  for (const char* bad : {"0", "-1", "two", "2x", ",", "99999999999"})
    CHECK_THROWS_AS(wanted(bad), ValueError);
  CHECK_THROWS_WITH_AS(wanted("many"), "[threads] OMP_NUM_THREADS: got \"many\", want a positive number", ValueError);
}

TEST_CASE("set_threads has priority over the environment") {
  const Environment set("3");
  set_threads(5);
  CHECK(threads() == 5);
  set_threads(0);
  CHECK(threads() == 3);
  set_threads(-3);
  CHECK(threads() == 3);
}
