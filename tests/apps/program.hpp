#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mercer::test {

namespace fs = std::filesystem;

/// A folder that is removed after the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::string at(const std::string& name) const { return (path_ / name).string(); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// Runs the built program with these arguments.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words);
  void send(int signal) const;
  pid_t id() const { return child_; }
  bool running();
  Outcome wait();

 private:
  TemporaryFolder streams_;
  pid_t child_;
  int status_ = 0;
  bool ended_ = false;
};

Outcome run(const std::vector<std::string>& words);

/// Adds more words to a command; an option among them takes the place of the same one, which may stand only once.
void give(std::vector<std::string>& words, const std::vector<std::string>& more);

/// Runs a line of the shell, in which $M is the built program.
Outcome shell(const std::string& line);

std::string contents(const fs::path& file);
void write(const fs::path& file, const std::string& text);
nlohmann::json json_in(const fs::path& file);
/// The description in the metadata of a model.safetensors, and the file with another one.
nlohmann::json model_in(const fs::path& file);
void set_model(const fs::path& file, const nlohmann::json& model);
std::size_t lines_in(const fs::path& file);
bool has(const std::string& text, const std::string& part);

}  // namespace mercer::test
