#pragma once

#include <stdexcept>

namespace mercer::program {

/// The exit codes of the program.
enum Exit {
  done = 0,
  internal_failure = 1,
  bad_input = 2,
  incomplete = 3,  // a training diverged or failed, or something could not be written; the rest is done
  interrupted = 130
};

/// An error in the command line: one message, exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace mercer::program
