#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mercer::program {

/// The state of a run, for its progress line.
struct Standing {
  int seed = 0, seeds = 1;  // counted from 0
  int epoch = 0;            // epochs done with this seed
  int epochs_expected = 0;  // for this seed, as known now
  double loss = 0;          // of training
  bool is_share = true;     // is the score a share of 1, shown in percent?
  double validation = 0;    // its metric, 0 … 1; negative when there is none
  double best = 0;          // best validation so far
};

/// A line that is rewritten in place on a terminal; silent elsewhere and when turned off.
class StatusLine {
 public:
  explicit StatusLine(bool wanted);
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  bool is_due() const;  // at most ten times a second
  void show(std::string text);
  void clear();            // erases the line before other output
  double seconds() const;  // since construction

 private:
  using Clock = std::chrono::steady_clock;
  bool active_;
  bool shown_ = false;
  Clock::time_point begun_ = Clock::now(), last_{};
};

/// The line of one training.
class Progress {
 public:
  explicit Progress(bool wanted) : line_(wanted) {}

  void show(const Standing& now);
  void clear() { line_.clear(); }

 private:
  StatusLine line_;
  long epochs_seen_ = 0;
};

/// "[====            ]"
std::string bar(double share);

/// "8 s", "2 min 5 s", "1 h 12 min".
std::string in_words(double seconds);

/// The text of the line without control characters.
std::string progress_text(const Standing& now, double seconds_left);

}  // namespace mercer::program
