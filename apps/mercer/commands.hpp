#pragma once

#include <string>

#include "cli/command_line.hpp"

namespace mercer::program {

/// What was typed.
struct Invocation {
  Words words;       // after the name of the command
  std::string line;  // all of it, to type it again
};

// One file each. They give the exit code, and throw what they can't do.
int train(const Invocation& typed);
int evaluate(const Invocation& typed);
int predict(const Invocation& typed);
int compare(const Invocation& typed);
int compare_job(const Invocation& typed);  // what `compare` starts; in no help
int explain(const Invocation& typed);
int models(const Invocation& typed);
int data(const Invocation& typed);
int partition(const Invocation& typed);
int devices(const Invocation& typed);

}  // namespace mercer::program
