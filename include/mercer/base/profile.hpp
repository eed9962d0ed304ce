#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "mercer/base/types.hpp"

/// Where time goes: scopes within scopes, each with its calls and its seconds.
namespace mercer {

/// A tree of timed scopes, filled by the thread that a Profiling object is on. Operators that run on a CUDA device are
/// waited for, so that each one's time is its own.
class Profile {
 public:
  enum class Kind { phase, part, op };  // forward, backward …; a layer or another part of the model; an operator
  struct Scope {
    Kind kind = Kind::phase;
    const char* name = "";   // of static storage
    Index number = 0;        // of a layer, from 1; 0: none
    std::size_t parent = 0;  // its place in scopes()
    Index calls = 0;
    double seconds = 0;  // with all scopes in it
    std::vector<std::size_t> children{};
  };

  Profile();
  /// Parents before children; the first scope is the whole: the time in which a Profiling object existed.
  const std::vector<Scope>& scopes() const { return scopes_; }
  /// The place of the scope that was entered last and not left; 0 for the whole.
  std::size_t here() const { return here_; }

  void enter(Kind kind, const char* name, Index number = 0);
  void leave();

 private:
  friend class Profiling;
  using Clock = std::chrono::steady_clock;
  std::vector<Scope> scopes_;
  std::vector<Clock::time_point> begun_;  // of the scopes that are open
  std::size_t here_ = 0;
};

/// While an object exists, the operators that this thread calls are timed. Null: nothing happens.
class Profiling {
 public:
  explicit Profiling(Profile* profile);
  ~Profiling();
  Profiling(const Profiling&) = delete;
  Profiling& operator=(const Profiling&) = delete;

 private:
  Profile* profile_;
  Profile* before_;
};

}  // namespace mercer
