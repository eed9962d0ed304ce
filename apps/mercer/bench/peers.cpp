#include "bench/peers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include "bench/peers_script.hpp"
#include "cli/json.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::program {

namespace {

/// Sources, then targets, of all edges as 64-bit numbers, in a file of their own.
std::filesystem::path write_edges(const Csr& graph) {
  std::string name = (std::filesystem::temp_directory_path() / "mercer-bench-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) return {};
  ::close(file);
  const CsrView rows = graph.view();
  std::vector<std::int64_t> both;
  both.reserve(static_cast<std::size_t>(2 * rows.edges()));
  for (Edge e = 0; e < rows.edges(); ++e)
    both.push_back(rows.neighbour[e]);
  for (Index i = 0; i < rows.rows; ++i)
    both.insert(both.end(), static_cast<std::size_t>(rows.degree(i)), i);
  std::ofstream out(name, std::ios::binary);
  out.write(reinterpret_cast<const char*>(both.data()), static_cast<std::streamsize>(both.size() * sizeof(both[0])));
  if (out.flush()) return name;
  std::error_code ignored;
  std::filesystem::remove(name, ignored);
  return {};
}

Json json_of_answer(const std::string& line) { return Json::parse(line, nullptr, false); }

}  // namespace

bool peers_have(const std::string& model) { return model == "gat-pyg" || model == "gatv2" || model == "gcn"; }

Peers::Peers(const std::string& python, const BenchGraph& graph, const EpochShape& shape)
    : edges_(write_edges(graph.data.graph)) {
  if (edges_.empty()) {
    problem_ = "the edges can't be written to a temporary file";
    return;
  }
  std::vector<std::string> words{python, "-u", "-c", peers_script, edges_.string()};
  for (const Index number :
       {graph.data.nodes(), static_cast<Index>(graph.data.graph.edges()), graph.data.feature_count(),
        graph.data.classes(), shape.heads, shape.width, static_cast<Index>(threads())})
    words.push_back(std::to_string(number));
  words.emplace_back(shape.device.is_cuda() ? "cuda" : "cpu");
  start(python, words);
  if (!problem_.empty()) return;
  const Json said = json_of_answer(answer());
  if (said.is_discarded() || !said.contains("libraries")) {
    problem_ = said.is_object() && said.contains("error") ? said["error"].get<std::string>()
                                                          : "it ended before it said what it has";
    return;
  }
  versions_ = "torch " + said["torch"].get<std::string>();
  for (const auto& [name, version] : said["libraries"].items()) {
    (version.is_null() ? missing_ : libraries_).push_back(name);
    if (!version.is_null()) versions_ += fmt::format(", {} {}", name, version.get<std::string>());
  }
  if (libraries_.empty()) problem_ = "it has neither PyTorch Geometric nor DGL";
}

void Peers::start(const std::string& python, const std::vector<std::string>& words) {
  int to_child[2], from_child[2];
  if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0) {
    problem_ = std::generic_category().message(errno);
    return;
  }
  std::vector<std::string> copies = words;
  std::vector<char*> pointers;
  for (std::string& word : copies)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, to_child[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, from_child[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const int failed = ::posix_spawnp(&child_, python.c_str(), &files, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(to_child[0]);
  ::close(from_child[1]);
  to_ = to_child[1], from_ = from_child[0];
  if (failed == 0) return;
  child_ = -1;
  problem_ = fmt::format("{}: can't be started: {}", python, std::strerror(failed));
}

Peers::~Peers() {
  for (const int pipe : {to_, from_})
    if (pipe >= 0) ::close(pipe);
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
  std::error_code ignored;
  if (!edges_.empty()) std::filesystem::remove(edges_, ignored);
}

std::string Peers::answer() {
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    char block[4096];
    const ssize_t got = ::read(from_, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    unread_.append(block, static_cast<std::size_t>(got));
  }
}

double Peers::epoch(const std::string& library, const std::string& model) {
  const std::string line = library + " " + model + "\n";
  Json said;
  if (::write(to_, line.data(), line.size()) == static_cast<ssize_t>(line.size())) said = json_of_answer(answer());
  if (said.is_object() && said.contains("seconds")) return said["seconds"].get<double>();
  problem_ = said.is_object() && said.contains("error") ? said["error"].get<std::string>() : "it ended";
  return -1;
}

}  // namespace mercer::program
