#include "predict/node_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/output.hpp"
#include "mercer/data/write_npz.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t written_at_once = 1 << 20;

void write_csv(const std::filesystem::path& file, const Prepared& prepared, const Tensor& values,
               const std::vector<std::string>& columns) {
  const std::vector<std::string>& names = prepared.data.node_names;
  write_whole(file, [&](const Write& write) {
    std::string text = prepared.data.example_in_words();
    if (!names.empty()) text += ",name";
    for (const std::string& column : columns)
      text += "," + csv_field(column);
    text += '\n';
    const auto flush = [&] {
      write(std::as_bytes(std::span(text)));
      text.clear();
    };
    for (const Index i : rows_by_source(prepared)) {
      text += std::to_string(prepared.source_node(i));
      if (!names.empty()) text += "," + csv_field(names[static_cast<std::size_t>(i)]);
      for (Index c = 0; c < values.columns(); ++c)
        text += fmt::format(",{}", values.row(i)[c]);
      text += '\n';
      if (text.size() > written_at_once) flush();
    }
    flush();
  });
}

void write_archive(const std::filesystem::path& file, const Prepared& prepared, const std::string& name,
                   const Tensor& values) {
  const std::vector<Index> rows = rows_by_source(prepared);
  Tensor ordered = Tensor::uninitialized(values.rows(), values.columns());
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy_n(values.row(rows[r]), values.columns(), ordered.row(static_cast<Index>(r)));
  std::vector<NpzMember> members = node_members(prepared);
  members.push_back(npz_member(name, std::span<const Real>(ordered.values()), {ordered.rows(), ordered.columns()}));
  write_npz(file, members);
}

}  // namespace

std::vector<Index> rows_by_source(const Prepared& prepared) {
  std::vector<Index> rows(static_cast<std::size_t>(prepared.data.examples()));
  std::iota(rows.begin(), rows.end(), Index{0});
  std::ranges::sort(rows, {}, [&](Index i) { return prepared.source_node(i); });
  return rows;
}

std::vector<NpzMember> node_members(const Prepared& prepared) {
  std::vector<std::int64_t> nodes;
  std::vector<std::string> names;
  for (const Index i : rows_by_source(prepared)) {
    nodes.push_back(prepared.source_node(i));
    if (!prepared.data.node_names.empty()) names.push_back(prepared.data.node_names[static_cast<std::size_t>(i)]);
  }
  std::vector<NpzMember> members{
      npz_member(prepared.data.example_in_words(), std::span<const std::int64_t>(nodes), {std::ssize(nodes)})};
  if (!names.empty()) members.push_back(npz_texts("name", names));
  return members;
}

std::string values_form(const std::string& option, const std::filesystem::path& file) {
  return form_of({option, file}, {".csv", ".npz"});
}

void check_values_file(const std::string& option, const std::filesystem::path& file) {
  check_writable(file);
  values_form(option, file);
}

void write_node_values(const std::filesystem::path& file, const Prepared& prepared, const std::string& name,
                       const Tensor& values, const std::vector<std::string>& columns) {
  if (values_form(name, file) == ".npz") return write_archive(file, prepared, name, values);
  write_csv(file, prepared, values, columns);
}

std::vector<std::string> numbered_columns(const std::string& name, Index count) {
  std::vector<std::string> columns;
  for (Index c = 1; c <= count; ++c)
    columns.push_back(name + "_" + std::to_string(c));
  return columns;
}

}  // namespace mercer::program
