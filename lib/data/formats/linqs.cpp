#include "data/formats/linqs.hpp"

#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/formats.hpp"
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

/// Reads one line of .content: appends the features to `rows`, returns the paper's id and class.
std::pair<std::string_view, std::string_view> read_paper(const TextFile& content, Index n, std::size_t width,
                                                         std::vector<std::string_view>& fields, SparseRows& rows) {
  cut_at_blanks(content.line(n), fields);
  if (fields.size() != width)
    content.refuse(n, "got " + std::to_string(fields.size()) + " fields, want " + std::to_string(width) +
                          ": a paper, its words and its class");
  for (std::size_t w = 1; w + 1 < width; ++w) {
    const bool zero = fields[w] == "0";
    if (!zero) rows.add(static_cast<Index>(w) - 1, feature_value(content, n, static_cast<Index>(w) + 1, fields[w]));
  }
  rows.end_row();
  return {fields.front(), fields.back()};
}

/// Fills everything but the graph; returns the node of each paper id. `content` must outlive the result.
Papers read_content(TextFile& content, Dataset& data) {
  content.drop_empty_end(0);
  if (content.lines() == 0) content.refuse(0, "there is no paper");
  std::vector<std::string_view> fields, classes;
  cut_at_blanks(content.line(0), fields);
  const std::size_t width = fields.size();
  if (width < 3) content.refuse(0, "got " + std::to_string(width) + " fields, want a paper, its words and its class");

  SparseRows rows;
  Papers papers;
  for (Index n = 0; n < content.lines(); ++n) {
    const auto [id, name] = read_paper(content, n, width, fields, rows);
    if (!papers.emplace(id, static_cast<Node>(n)).second)
      content.refuse(n, "paper " + in_quotes(id) + " is here twice");
    data.node_names.emplace_back(id);
    classes.push_back(name);
  }
  data.features = rows.take(static_cast<Index>(width) - 2);
  set_labels(classes, data);
  return papers;
}

void read_cites(const TextFile& cites, const Papers& papers, Dataset& data) {
  std::vector<NodePair> edges;
  std::vector<std::string_view> fields;
  Index unknown = 0;
  for (Index n = 0; n < cites.lines(); ++n) {
    cut_at_blanks(cites.line(n), fields);
    if (fields.empty()) continue;
    if (fields.size() != 2)
      cites.refuse(n, "got " + std::to_string(fields.size()) + " fields, want two: the cited and the citing paper");
    const auto cited = papers.find(fields[0]), citing = papers.find(fields[1]);
    if (cited == papers.end() || citing == papers.end())
      ++unknown;
    else
      edges.emplace_back(cited->second, citing->second);  // the cited one is the target
  }
  data.graph = from_edges(static_cast<Index>(papers.size()), edges);
  if (unknown > 0)
    data.notes.push_back(std::to_string(unknown) + " citations name papers without content and are left out");
  if (const auto repeated = static_cast<Edge>(edges.size()) - data.graph.edges(); repeated > 0)
    data.notes.push_back(std::to_string(repeated) + " repeated citations are merged");
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
  TextFile content(member(prefix, ".content"));
  const Papers papers = read_content(content, data);
  read_cites(TextFile(member(prefix, ".cites")), papers, data);
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
