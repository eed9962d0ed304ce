#include "data/formats/linqs.hpp"

#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/files/text_table.hpp"
#include "data/formats.hpp"
#include "data/labels/labels.hpp"
#include "data/tables/listed_graph.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;
using Papers = std::unordered_map<std::string_view, Node>;

/// …/cora from …/cora, …/cora.content, …/cora.cites.gz
fs::path linqs_prefix(fs::path path) {
  if (path.extension() == ".gz") path.replace_extension();
  if (path.extension() == ".content" || path.extension() == ".cites") path.replace_extension();
  return path;
}

fs::path with_suffix(const fs::path& prefix, const char* suffix) { return fs::path(prefix) += suffix; }

/// PREFIX.kind or PREFIX.kind.gz; the first name when there is none.
fs::path member(const fs::path& prefix, const char* kind) {
  const std::string plain = prefix.filename().string() + kind;
  return one_of(prefix.parent_path(), {plain, plain + ".gz"}).value_or(prefix.parent_path() / plain);
}

/// Fills everything but the graph; returns the node of each paper id. `content` must outlive the result.
Papers read_content(TextTable& content, Dataset& data) {
  const std::vector<Fields> first = content.first_rows();
  if (first.empty()) content.text().refuse(1, "there is no paper");
  const std::size_t width = first[0].size();
  if (width < 3)
    content.text().refuse(1, "got " + std::to_string(width) + " fields, want a paper, its words and its class");

  SparseRows rows;
  Papers papers;
  Fields classes;
  while (content.next()) {
    const Fields& row = content.row();
    content.want_fields(width, ": a paper, its words and its class");
    for (std::size_t w = 1; w + 1 < width; ++w)
      if (row[w] != "0") rows.add(static_cast<Index>(w) - 1, feature_value(content, w, "", row[w]));
    rows.end_row();
    if (!papers.emplace(row[0], static_cast<Node>(classes.size())).second)
      content.refuse("paper " + in_quotes(row[0]) + " is here twice");
    data.node_names.emplace_back(row[0]);
    classes.push_back(row.back());
  }
  data.features = rows.take(static_cast<Index>(width) - 2);
  set_labels({.file = content.text().path(), .texts = classes}, data);
  return papers;
}

void read_cites(TextTable& cites, const Papers& papers, Dataset& data) {
  std::vector<NodePair> edges;
  Index unknown = 0;
  while (cites.next()) {
    const Fields& row = cites.row();
    if (row.empty()) continue;
    cites.want_fields(2, ": the cited and the citing paper");
    const auto cited = papers.find(row[0]), citing = papers.find(row[1]);
    if (cited == papers.end() || citing == papers.end())
      ++unknown;
    else
      edges.emplace_back(cited->second, citing->second);  // the cited one is the target
  }
  set_graph(static_cast<Index>(papers.size()), std::move(edges), {}, data);
  if (unknown > 0)
    data.notes.push_back(std::to_string(unknown) + " citations name papers without content and are left out");
}

}  // namespace

bool is_linqs(const fs::path& path) {
  const fs::path prefix = linqs_prefix(path);
  std::error_code error;  // an impossible path counts as "no such file"
  return fs::is_regular_file(with_suffix(prefix, ".content"), error) ||
         fs::is_regular_file(with_suffix(prefix, ".content.gz"), error);
}

Dataset read_linqs(const fs::path& path) {
  const fs::path prefix = linqs_prefix(path);
  Dataset data;
  data.name = prefix.filename().string();
  data.format = "linqs";
  TextTable content(member(prefix, ".content"));
  const Papers papers = read_content(content, data);
  TextTable cites(member(prefix, ".cites"));
  read_cites(cites, papers, data);
  return data;
}

constinit const Format formats::linqs{.wants = "NAME.content",
                                      .is = [](const fs::path& path) { return !is_folder(path) && is_linqs(path); },
                                      .read = read_linqs,
                                      .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
                                        const std::string file = entry.filename().string();
                                        const bool is_one = file.ends_with(".content") || file.ends_with(".content.gz");
                                        if (!is_one || is_folder(entry)) return std::nullopt;
                                        const std::string name = file.substr(0, file.rfind(".content"));
                                        return NamedDataset{name, entry.parent_path() / (name + ".content")};
                                      }};

}  // namespace mercer
