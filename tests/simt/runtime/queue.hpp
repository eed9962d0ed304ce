#pragma once
// A queue of work. Nothing runs before a call waits for it; then the order is any that the dependencies allow, so that
// a missing dependency gives a wrong result.

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace simt {

struct Work {
  std::function<void()> action;              // empty for a mark in a stream
  std::vector<std::shared_ptr<Work>> after;  // work that must be done before
  std::uint64_t track = 0;
  bool done = false;
  double finished_at = 0;  // milliseconds
};
using WorkPtr = std::shared_ptr<Work>;

class Queue {
 public:
  std::uint64_t new_track() { return next_track_++; }
  /// Adds work, which will run after all work of its track and of `after`.
  WorkPtr push(std::uint64_t track, std::function<void()> action, std::vector<WorkPtr> after = {});
  /// The last work of a track that is not done; nullptr when there is none.
  WorkPtr last(std::uint64_t track) const;

  // Each throws the Fault of the work that failed, and drops all other work.
  void run_until(const WorkPtr& work);
  void run_all();
  /// Runs one work, if there is any.
  void run_one();
  /// As run_all(), for destructors: a Fault is kept for the next call that may throw.
  void run_all_quietly() noexcept;
  void throw_kept();
  /// Drops all work; resets tracks and random choices.
  void reset();

 private:
  void clear();
  WorkPtr take_ready();
  void run(const WorkPtr& work);

  std::map<std::uint64_t, std::deque<WorkPtr>> tracks_;  // none is empty
  std::uint64_t next_track_ = 0;
  std::uint64_t steps_ = 0;
  std::exception_ptr kept_;
};

Queue& queue();

}  // namespace simt
