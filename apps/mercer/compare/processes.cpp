#include "compare/processes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include "mercer/base/check.hpp"

namespace mercer::program {

namespace {

constexpr const char* this_program = "/proc/self/exe";  // valid even when the file is replaced
constexpr auto between_looks = std::chrono::milliseconds(2);

struct Child {
  pid_t id;
  std::size_t which;
};

pid_t start(const Process& process) {
  std::vector<std::string> words{"mercer"};
  words.insert(words.end(), process.words.begin(), process.words.end());
  std::vector<char*> pointers;
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, process.says.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // the parent passes Ctrl-C on
  pid_t id = 0;
  const int failed = ::posix_spawn(&id, this_program, &files, &attributes, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) throw FileError(fmt::format("{}: can't be started: {}", this_program, std::strerror(failed)));
  return id;
}

std::string last_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) last = line;
  return last;
}

ProcessEnd end_of(const Child& child, int status, const Process& process) {
  std::error_code ignored;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    std::filesystem::remove(process.says, ignored);
    return {child.which, ""};
  }
  const std::string how = WIFSIGNALED(status)
                              ? fmt::format("killed by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
                              : fmt::format("exit code {}", WEXITSTATUS(status));
  const std::string said = last_line(process.says);
  return {child.which, said.empty() ? how : how + ": " + said};
}

void end(const Child& child, const Process& process) {
  int status = 0;
  ::kill(child.id, SIGTERM);
  ::waitpid(child.id, &status, 0);
  std::error_code ignored;
  std::filesystem::remove(process.says, ignored);
}

}  // namespace

bool run_processes(const std::vector<Process>& processes, int side_by_side,
                   const std::function<void(const ProcessEnd&)>& on_end, const std::function<bool()>& stop) {
  std::vector<Child> working;
  const auto end_all = [&] {
    for (const Child& child : working)
      end(child, processes[child.which]);
  };
  try {
    for (std::size_t next = 0; next < processes.size() || !working.empty();) {
      if (stop()) {
        end_all();
        return false;
      }
      while (next < processes.size() && working.size() < static_cast<std::size_t>(side_by_side)) {
        working.push_back({start(processes[next]), next});
        ++next;
      }
      std::this_thread::sleep_for(between_looks);
      for (std::size_t at = 0; at < working.size();) {
        int status = 0;
        const Child child = working[at];
        if (::waitpid(child.id, &status, WNOHANG) != child.id) {
          ++at;
          continue;
        }
        working.erase(working.begin() + static_cast<std::ptrdiff_t>(at));
        on_end(end_of(child, status, processes[child.which]));
      }
    }
  } catch (...) {
    end_all();
    throw;
  }
  return true;
}

}  // namespace mercer::program
