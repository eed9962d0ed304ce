#pragma once

#include <string>

#include "cli/command_line.hpp"

namespace mercer::program {

/// The command line.
struct Invocation {
  Words words;       // after the name of the command
  std::string line;  // the whole command, to be repeated
};

// One file each. They return the exit code and throw their errors.
int train(const Invocation& typed);
int evaluate(const Invocation& typed);
int predict(const Invocation& typed);
int import_model(const Invocation& typed);
int compare(const Invocation& typed);
int tune(const Invocation& typed);
int compare_job(const Invocation& typed);  // started by `compare` and `tune`, not shown in the help
int explain(const Invocation& typed);
int models(const Invocation& typed);
int data(const Invocation& typed);
int partition(const Invocation& typed);
int devices(const Invocation& typed);
int bench(const Invocation& typed);

}  // namespace mercer::program
