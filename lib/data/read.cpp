#include "mercer/data/read.hpp"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/files/zip_archive.hpp"
#include "data/formats.hpp"
#include "data/formats/gnn_benchmark.hpp"
#include "data/formats/heterophilous.hpp"
#include "data/labels/label_copies.hpp"
#include "mercer/base/printable.hpp"
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

/// What an archive of other members may be, with the way to one that is read.
std::string other_archive(const Npz& archive) {
  const auto has = [&](std::initializer_list<const char*> names) {
    return std::ranges::all_of(names, [&](const char* name) { return archive.contains(name); });
  };
  if (has({"indptr", "indices", "shape", "format"}))
    return "it is a sparse matrix of scipy.sparse.save_npz: for the adjacency A in CSR, A[i, j] the edge from i to j, "
           "numpy.savez(FILE, adj_indptr=A.indptr, adj_indices=A.indices, adj_data=A.data, adj_shape=A.shape, "
           "labels=…)";
  if (has({"edge_index"}))
    return "edges are edge_index transposed, node_features are x, node_labels are y: numpy.savez(FILE, "
           "node_features=x, node_labels=y, edges=edge_index.T, directed=True)";
  std::string names;
  for (const std::string& name : archive.names())
    names += (names.empty() ? "it has " : ", ") + in_quotes(name);
  return names.empty() ? "it has no arrays" : names;
}

Dataset read_archive(const fs::path& file) {
  const Npz archive(file);
  if (is_gnn_benchmark(archive)) return read_gnn_benchmark(file, archive);
  if (is_heterophilous(archive)) return read_heterophilous(file, archive);
  refuse_file(file, "",
              "is an archive of neither known kind: want adj_indptr, adj_indices, adj_shape and labels (gnn-benchmark) "
              "or node_features, node_labels and edges (heterophilous); " +
                  other_archive(archive));
}

/// The marks of all formats, for messages.
std::string all_wanted() {
  std::string text;
  for (const Format* format : formats::all)
    text += (text.empty() ? "" : format == *std::rbegin(formats::all) ? " or " : ", ") + std::string(format->wants);
  return text;
}

/// The data set of a root folder of PyTorch Geometric: its processed/data.pt, else its raw files.
std::optional<Dataset> read_root(const fs::path& root) {
  for (const char* inner : {"processed", "raw"}) {
    const std::vector<NamedDataset> sets = datasets_in(root / inner);
    if (sets.size() != 1) continue;
    Dataset data = read_dataset(sets.front().path);
    data.notes.push_back("read from " + std::string(inner) + "/" + sets.front().path.filename().string());
    return data;
  }
  return std::nullopt;
}

/// The only data set of a folder.
Dataset read_the_one_in(const fs::path& folder) {
  const std::vector<NamedDataset> sets = datasets_in(folder);
  if (sets.size() == 1) return read_dataset(sets.front().path);
  if (sets.empty())
    if (std::optional<Dataset> data = read_root(folder)) return std::move(*data);
  std::string names;
  for (const NamedDataset& set : sets)
    names += (names.empty() ? "" : ", ") + set.name;
  refuse_file(folder, "",
              sets.empty() ? "holds no data set: want " + all_wanted()
                           : "holds several data sets: " + names + "; want the path of one");
}

bool is_archive(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  return fs::is_regular_file(path, error) && first_bytes(path).starts_with("PK");
}

std::optional<NamedDataset> listed_archive(const fs::path& entry) {
  if (is_folder(entry) || entry.extension() != ".npz") return std::nullopt;
  return NamedDataset{entry.stem().string(), entry};
}

/// What a graph's file of another program wants, by its ending; else empty.
std::string hint_of_graph(const fs::path& path) {
  static constexpr std::pair<std::string_view, const char*> readers[]{
      {".graphml", "graphml"}, {".gml", "gml"},    {".gexf", "gexf"},      {".net", "pajek"},
      {".g6", "graph6"},       {".s6", "sparse6"}, {".adjlist", "adjlist"}};
  for (const auto& [ending, reader] : readers)
    if (lower_case(path.extension().string()) == ending)
      return std::string(": networkx.write_edgelist(networkx.read_") + reader +
             "(FILE), 'edges.txt', data=False) makes edges of it";
  return {};
}

Dataset read_known(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  const bool is_file = !is_folder(path) && fs::exists(path, error);
  if (is_file) file_bytes(path);  // throws when it is empty
  if (const Format* format = format_of(path)) return format->read(path);
  if (is_folder(path)) return read_the_one_in(path);
  const std::string old = is_file ? hint_of_old_torch(path) : "";
  if (!old.empty()) refuse_file(path, "", "is " + old);
  if (is_file)
    refuse_file(path, "",
                "begins with " + in_quotes(first_bytes(path)) + hint_of_graph(path) + ", want " + all_wanted());
  refuse_file(path, "", "there is no such file or folder, and no file begins so");
}

/// A model knows features by their names. Throws FileError where two have one.
void check_names(const fs::path& path, std::vector<std::string> names, const char* what, const char* way_out) {
  std::erase(names, "");
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end())
    refuse_file(path, "",
                "two features of " + std::string(what) + " are named " + in_quotes(*twice) +
                    ", want a name for each: " + way_out);
}

void check_feature_names(const fs::path& path, const Dataset& data) {
  check_names(path, data.edge_feature_names, "edges",
              "rename a column in the header of the edges (a column of words is one feature COLUMN=WORD for each "
              "word), or in edge_feature_names of an archive");
  check_names(path, data.feature_names, "nodes",
              "rename a column in the header of the features, or in feature_names of a folder or an archive");
}

/// Names go to terminals and reports: control characters and what is no UTF-8 become \xNN here, once for all.
void escape_names(Dataset& data) {
  data.name = printable(data.name);
  const std::pair<std::vector<std::string>*, const char*> lists[] = {{&data.class_names, "classes"},
                                                                     {&data.node_names, "examples"},
                                                                     {&data.feature_names, "features"},
                                                                     {&data.edge_feature_names, "features of edges"}};
  for (const auto& [names, what] : lists) {
    Index escaped = 0;
    for (std::string& name : *names)
      if (std::string text = printable(name); text != name) {
        name = std::move(text);
        ++escaped;
      }
    if (escaped > 0)
      data.notes.push_back("names of " + std::string(what) + ": " + std::to_string(escaped) +
                           " hold control characters or no UTF-8, which are written as \\xNN");
  }
}

Dataset read_checked(const fs::path& path) {
  Dataset data = read_known(path);
  escape_names(data);
  check_feature_names(path, data);
  note_label_copies(data);
  return data;
}

}  // namespace

constinit const Format formats::npz{
    .wants = "NAME.npz", .is = is_archive, .read = read_archive, .listed = listed_archive};

Dataset read_dataset(const fs::path& path) {
  try {
    return read_checked(path);
  } catch (const std::bad_alloc&) {
    refuse_file(path, "", "needs more memory than there is");
  } catch (const std::length_error&) {
    refuse_file(path, "", "needs more memory than there is");
  }
}

namespace {

/// The name without any ending: "edges" of edges.csv.gz.
std::string first_of_name(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.substr(0, name.find('.'));
}

bool is_table_of_format(const std::string& name) {
  for (const Format* format : formats::all)
    for (const auto& names : format->tables)
      if (std::ranges::find(names, name) != names.end()) return true;
  return false;
}

bool is_read_in(const fs::path& folder, const std::string& name) {
  return is_table_of_format(lower_case(name.substr(0, name.find('.')))) ||
         std::ranges::any_of(formats::all, [&](const Format* format) {
           return format->reads != nullptr && format->is(folder) && format->reads(folder, name);
         });
}

bool is_folder_of_format(const std::string& name) {
  return std::ranges::any_of(formats::all, [&](const Format* format) {
    return std::ranges::find(format->folders, name) != format->folders.end();
  });
}

}  // namespace

bool belongs_to_dataset(const fs::path& file, const fs::path& place) {
  if (file == place) return true;
  std::error_code error;
  // a folder is known by its tables, too: own/edges.csv
  const bool names_table = is_table_of_format(first_of_name(place)) && fs::is_regular_file(place, error);
  if (names_table || is_folder(place)) {
    const fs::path folder = names_table ? place.parent_path() : place, inside = file.lexically_relative(folder);
    if (inside.empty() || *inside.begin() == "..") return false;
    const bool deep = file.parent_path() != folder;
    return deep ? is_folder_of_format(inside.begin()->string()) : is_read_in(folder, file.filename().string());
  }
  // the files of a prefix, as ind.cora.x
  return !fs::exists(place, error) && file.parent_path() == place.parent_path() && fs::exists(file, error) &&
         file.filename().string().starts_with(place.filename().string() + ".");
}

}  // namespace mercer
