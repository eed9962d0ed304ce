#pragma once
// Work that has been handed over and waits to be run. Nothing runs before somebody waits for it, and then in any order
// that the dependencies leave open: a missing one shows as a wrong result.

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace simt {

struct Work {
  std::function<void()> action;              // empty: a mark in a stream
  std::vector<std::shared_ptr<Work>> after;  // must be done first
  std::uint64_t track = 0;
  bool done = false;
  double finished_at = 0;  // milliseconds
};
using WorkPtr = std::shared_ptr<Work>;

class Queue {
 public:
  std::uint64_t new_track() { return next_track_++; }
  /// Runs after what stands in its track and in `after`.
  WorkPtr push(std::uint64_t track, std::function<void()> action, std::vector<WorkPtr> after = {});
  /// The last of a track that is not done; nullptr: none.
  WorkPtr last(std::uint64_t track) const;

  // Each throws the Fault of the work that failed, and drops all other work.
  void run_until(const WorkPtr& work);
  void run_all();
  /// One work, if there is any.
  void run_one();
  /// As run_all(), but keeps a Fault for the next call that may throw: for calls that destructors make.
  void run_all_quietly() noexcept;
  void throw_kept();
  /// Drops all work; tracks and random choices start anew.
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
