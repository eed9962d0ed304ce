#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "bench/epochs.hpp"
#include "mercer/base/types.hpp"

namespace mercer::program {

/// PyTorch Geometric and DGL in a Python of the user's, which waits while this program measures.
class Peers {
 public:
  /// Starts it on a graph. `problem()` says why there is nothing to ask; libraries that can't be imported are left out.
  Peers(const std::string& python, const BenchGraph& graph, const EpochShape& shape);
  ~Peers();
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  const std::string& problem() const { return problem_; }
  const std::vector<std::string>& libraries() const { return libraries_; }  // "PyG", "DGL"
  const std::vector<std::string>& missing() const { return missing_; }
  const std::string& versions() const { return versions_; }  // "torch 2.5.1, PyG 2.6.1"
  /// Seconds of one epoch, negative when it failed; `problem()` then says why.
  double epoch(const std::string& library, const std::string& model);

 private:
  void start(const std::string& python, const std::vector<std::string>& words);
  std::string answer();

  std::filesystem::path edges_;
  pid_t child_ = -1;
  int to_ = -1, from_ = -1;  // pipes
  std::string unread_, problem_, versions_;
  std::vector<std::string> libraries_, missing_;
};

/// The models that the peers have, too.
bool peers_have(const std::string& model);

}  // namespace mercer::program
