#include "mercer/base/parallel.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/pool.hpp"

using namespace mercer;

namespace {

Index sum_of_blocks(Index blocks) {
  std::atomic<Index> sum{0};
  parallel_blocks(blocks, [&](Index b) { sum += b; });
  return sum;
}

/// The child's exit status; a child that hangs is ended by its alarm.
template <class Body>
int in_child(Body&& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

TEST_CASE("every block runs once, on any number of threads") {
  for (const int count : {1, 2, 4, 7}) {
    set_threads(count);
    std::vector<int> runs(1000, 0);
    parallel_ranges(1000, 7, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        ++runs[static_cast<std::size_t>(i)];
    });
    CHECK(runs == std::vector<int>(1000, 1));
  }
  set_threads(0);
}

TEST_CASE("no blocks, one block, more threads than blocks") {
  set_threads(64);
  CHECK(sum_of_blocks(0) == 0);
  CHECK(sum_of_blocks(1) == 0);
  CHECK(sum_of_blocks(3) == 3);
  set_threads(0);
}

TEST_CASE("an exception leaves the parallel region") {
  set_threads(2);
  for (int repeat = 0; repeat < 100; ++repeat)
    CHECK_THROWS_WITH_AS(parallel_blocks(100,
                                         [](Index b) {
                                           if (b == 57) throw std::runtime_error("block 57");
                                         }),
                         "block 57", std::runtime_error);
  CHECK(sum_of_blocks(100) == 4950);
  set_threads(0);
}

TEST_CASE("a nested call runs on the thread that makes it") {
  set_threads(3);
  std::atomic<int> strangers{0}, runs{0};
  parallel_blocks(20, [&](Index) {
    const auto me = std::this_thread::get_id();
    parallel_blocks(20, [&](Index) {
      strangers += std::this_thread::get_id() != me;
      ++runs;
    });
  });
  CHECK(strangers == 0);
  CHECK(runs == 400);
  set_threads(0);
}

TEST_CASE("several threads may call at once") {
  set_threads(3);
  std::atomic<Index> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 40; ++c)  // more calls than slots of the pool
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 50; ++repeat)
        sum += sum_of_blocks(20);
    });
  for (std::thread& caller : callers)
    caller.join();
  CHECK(sum == 40 * 50 * 190);
  CHECK(detail::pool().idle());
  set_threads(0);
}

TEST_CASE("helpers run blocks") {
  set_threads(2);
  std::set<std::thread::id> names;
  std::mutex lock;
  for (int repeat = 0; repeat < 200 && names.size() < 2; ++repeat)
    parallel_blocks(8, [&](Index) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::lock_guard guard(lock);
      names.insert(std::this_thread::get_id());
    });
  CHECK(names.size() == 2);
  set_threads(0);
}

TEST_CASE("idle helpers use no processor") {
  set_threads(4);
  sum_of_blocks(100);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // longer than the spin
  const double before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(cpu_seconds() - before < 0.02);
  set_threads(0);
}

TEST_CASE("a caller that waits for a helper uses no processor") {
  set_threads(2);
  const auto caller = std::this_thread::get_id();
  const double before = cpu_seconds();
  parallel_blocks(2, [&](Index) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::this_thread::get_id() == caller ? 1 : 200));
  });
  CHECK(cpu_seconds() - before < 0.02);
  set_threads(0);
}

TEST_CASE("a forked child has its own threads") {
  set_threads(3);
  CHECK(sum_of_blocks(100) == 4950);
  CHECK(in_child([] { return sum_of_blocks(100) == 4950 ? 7 : 8; }) == 7);
  CHECK(in_child([] { return in_child([] { return sum_of_blocks(50) == 1225 ? 7 : 8; }); }) == 7);  // a grandchild
  CHECK(sum_of_blocks(100) == 4950);

  std::atomic<bool> stop{false};  // forked while another thread is in a call
  std::thread concurrent([&] {
    while (!stop)
      sum_of_blocks(50);
  });
  for (int repeat = 0; repeat < 10; ++repeat)
    CHECK(in_child([] { return sum_of_blocks(100) == 4950 ? 7 : 8; }) == 7);
  stop = true;
  concurrent.join();
  set_threads(0);
}

TEST_CASE("a child that is forked in a block cannot return from it") {
  set_threads(2);
  const auto caller = std::this_thread::get_id();
  int status = -1;
  for (int repeat = 0; repeat < 500 && status != 7; ++repeat) {  // helpers may have taken all blocks, or none
    bool in_child = false;
    try {
      parallel_blocks(4, [&](Index) {
        if (std::this_thread::get_id() != caller || in_child) return;
        const pid_t child = fork();
        in_child = child == 0;
        if (in_child) alarm(20);
        if (child > 0) waitpid(child, &status, 0);
      });
      if (in_child) _exit(0);
    } catch (const std::runtime_error& fault) {
      _exit(std::string(fault.what()).find("fork() in a block") != std::string::npos ? 7 : 8);
    }
    status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (status != 7) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(status == 7);
  set_threads(0);
}
