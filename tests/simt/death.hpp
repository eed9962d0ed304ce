#pragma once
// Runs code that must not survive in a child process.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace simt {

struct Death {
  bool clean;        // exit code 0 and no output
  std::string said;  // on both streams
};

template <class Action>
Death run_apart(Action action) {
  int ends[2];
  if (pipe(ends) != 0) return {false, "no pipe"};
  std::fflush(nullptr);  // otherwise the child would write buffered output a second time
  std::cout.flush();
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    action();
    std::exit(0);
  }
  close(ends[1]);
  std::string said;
  char part[4096];
  for (ssize_t n = 0; (n = read(ends[0], part, sizeof part)) > 0;)
    said.append(part, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0 && said.empty(), said};
}

}  // namespace simt
