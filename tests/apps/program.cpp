#include "program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mercer::test {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "mercer-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Program::Program(const std::vector<std::string>& words) {
  std::vector<std::string> all{MERCER_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& word : all)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  constexpr int create = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, streams_.at("out").c_str(), create, 0600);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, streams_.at("err").c_str(), create, 0600);
  const int failed = ::posix_spawn(&child_, MERCER_PROGRAM, &files, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("the program can't be started");
}

void Program::send(int signal) const { ::kill(child_, signal); }

bool Program::running() {
  if (!ended_) ended_ = ::waitpid(child_, &status_, WNOHANG) == child_;
  return !ended_;
}

Outcome Program::wait() {
  if (!ended_) ::waitpid(child_, &status_, 0);
  ended_ = true;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, contents(streams_ / "out"), contents(streams_ / "err")};
}

void give(std::vector<std::string>& words, const std::vector<std::string>& more) {
  const auto is_option = [](const std::string& word) { return word.starts_with("--"); };
  for (const std::string& word : more) {
    const std::string name = word.substr(0, word.find('='));
    const auto first = std::ranges::find_if(
        words, [&](const std::string& other) { return other == name || other.starts_with(name + "="); });
    if (!is_option(word) || first == words.end()) continue;
    words.erase(first, std::find_if(first + 1, words.end(), is_option));
  }
  words.insert(words.end(), more.begin(), more.end());
}

Outcome run(const std::vector<std::string>& words) { return Program(words).wait(); }

Outcome shell(const std::string& line) {
  const TemporaryFolder streams;
  write(streams / "line", "M='" MERCER_PROGRAM "'\n" + line + "\n");
  const int status = std::system(
      ("bash '" + streams.at("line") + "' >'" + streams.at("out") + "' 2>'" + streams.at("err") + "'").c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, contents(streams / "out"), contents(streams / "err")};
}

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

nlohmann::json json_in(const fs::path& file) { return nlohmann::json::parse(contents(file)); }

std::size_t lines_in(const fs::path& file) {
  const std::string text = contents(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

namespace {

constexpr std::size_t width = 8;  // of the length before the header

std::size_t header_length(const std::string& bytes) {
  std::uint64_t length = 0;
  std::copy_n(bytes.data(), width, reinterpret_cast<char*>(&length));
  return length;
}

nlohmann::json header_of(const std::string& bytes) {
  return nlohmann::json::parse(bytes.substr(width, header_length(bytes)));
}

}  // namespace

nlohmann::json model_in(const fs::path& file) {
  return nlohmann::json::parse(header_of(contents(file))["__metadata__"]["model"].get<std::string>());
}

void set_model(const fs::path& file, const nlohmann::json& model) {
  const std::string bytes = contents(file);
  nlohmann::json header = header_of(bytes);
  header["__metadata__"]["model"] = model.dump();
  header["__metadata__"].erase("mercer.digest");
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  write(file,
        std::string(reinterpret_cast<const char*>(&length), width) + text + bytes.substr(width + header_length(bytes)));
}

}  // namespace mercer::test
