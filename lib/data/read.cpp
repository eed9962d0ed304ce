#include "mercer/data/read.hpp"

#include <fstream>
#include <string>
#include <system_error>

#include "data/find.hpp"
#include "data/gnn_benchmark.hpp"
#include "data/heterophilous.hpp"
#include "data/linqs.hpp"
#include "data/plain_text.hpp"
#include "data/planetoid.hpp"
#include "data/read_file.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

std::string first_bytes(const fs::path& file) {
  std::string bytes(8, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

Dataset read_archive(const fs::path& file) {
  const Npz archive(file);
  if (is_gnn_benchmark(archive)) return read_gnn_benchmark(file, archive);
  if (is_heterophilous(archive)) return read_heterophilous(file, archive);
  refuse_file(file, "",
              "is an archive of neither known kind: want adj_indptr, adj_indices, adj_shape and labels (gnn-benchmark) "
              "or node_features, node_labels and edges (heterophilous)");
}

Dataset read_one_file(const fs::path& file) {
  file_bytes(file);  // throws when the file is empty
  const std::string head = first_bytes(file);
  if (head.starts_with("PK")) return read_archive(file);
  if (is_planetoid(file)) return read_planetoid(file);
  if (is_linqs(file)) return read_linqs(file);
  if (file.stem() == "edges" && is_plain_text(file.parent_path())) return read_plain_text(file.parent_path());
  refuse_file(file, "",
              "begins with " + in_quotes(head) +
                  ", want an npz archive, a file ind.NAME.*, NAME.content, or a folder with edges and features");
}

Dataset read_folder(const fs::path& folder) {
  const bool has_features = fs::exists(folder / "features.svmlight") || fs::exists(folder / "features.csv");
  if (is_plain_text(folder) || has_features) return read_plain_text(folder);
  const std::vector<NamedDataset> sets = datasets_in(folder);
  if (sets.size() == 1) return read_dataset(sets.front().path);
  std::string names;
  for (const NamedDataset& set : sets)
    names += (names.empty() ? "" : ", ") + set.name;
  refuse_file(folder, "",
              sets.empty() ? "holds no data set: want edges.txt and features.svmlight or features.csv, NAME.npz, "
                             "ind.NAME.* or NAME.content"
                           : "holds several data sets: " + names + "; want the path of one");
}

}  // namespace

Dataset read_dataset(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  if (fs::is_directory(path, error)) return read_folder(path);
  if (fs::exists(path, error)) return read_one_file(path);
  if (is_planetoid(path)) return read_planetoid(path);
  if (is_linqs(path)) return read_linqs(path);
  refuse_file(path, "", "there is no such file or folder, and no file begins so");
}

}  // namespace mercer
