#pragma once

#include <stdexcept>

namespace mercer::program {

/// How the program ends.
enum Exit {
  done = 0,
  internal_failure = 1,
  bad_input = 2,
  incomplete = 3,  // a training diverged or failed; what could be kept is written
  interrupted = 130
};

/// What was typed can't be done: one message, exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace mercer::program
