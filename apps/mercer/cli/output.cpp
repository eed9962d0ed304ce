#include "cli/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "cli/errors.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"

namespace mercer::program {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file, const std::string& what) { throw FileError(file.string() + ": " + what); }

constexpr std::string_view files_of_run[] = {"model.safetensors", "resume.json",          "resume.safetensors",
                                             "finished.json",     "finished.safetensors", "log.jsonl",
                                             "summary.json",      "report.html"};
/// What the readers of folders look for, without the ending, between blanks.
constexpr std::string_view tables_of_data =
    " edges edge edgelist edge_list features feature node_features node_feat labels label classes node_labels "
    "targets nodes node node_names feature_names split splits split_masks split_masks_rl train_mask mask_train "
    "split_masks_rh split_masks_th val_mask valid_mask validation_mask dev_mask test_mask mask_test train "
    "train_idx train_index train_nodes idx_train val valid val_idx valid_idx val_index val_nodes idx_val dev "
    "test test_idx test_index test_nodes idx_test out1_graph_edges out1_node_feature_label ";
constexpr std::string_view folders_of_data[] = {"raw", "processed", "split", "mapping"};

template <std::size_t n>
bool is_one_of(const std::string_view (&names)[n], const std::string& name) {
  return std::ranges::find(names, name) != std::end(names);
}

bool is_table_of_data(const std::string& stem) {
  return !stem.empty() && tables_of_data.find(" " + stem + " ") != std::string_view::npos;
}

/// Absolute and without links.
fs::path whole(const fs::path& path) {
  std::error_code error;
  fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : found;
}

bool belongs_to_run(const fs::path& file, const fs::path& run) {
  return file.parent_path() == run && is_one_of(files_of_run, file.filename().string());
}

bool belongs_to_data(const fs::path& file, const fs::path& data) {
  if (file == data) return true;
  std::error_code error;
  const std::string name = file.filename().string();
  const std::string first = name.substr(0, name.find('.'));
  // a folder is known by its tables, too: own/edges.csv
  const std::string stem = data.filename().string().substr(0, data.filename().string().find('.'));
  const bool names_table = is_table_of_data(stem) && fs::is_regular_file(data, error);
  if (names_table || fs::is_directory(data, error)) {
    const fs::path folder = names_table ? data.parent_path() : data, inside = file.lexically_relative(folder);
    if (inside.empty() || *inside.begin() == "..") return false;
    const bool deep = file.parent_path() != folder;
    return deep ? is_one_of(folders_of_data, inside.begin()->string()) : is_table_of_data(first);
  }
  // the files of a prefix, as ind.cora.x
  return !fs::exists(data, error) && file.parent_path() == data.parent_path() && fs::exists(file, error) &&
         name.starts_with(data.filename().string() + ".");
}

}  // namespace

void check_apart(const std::vector<Output>& outputs, const Inputs& inputs) {
  std::vector<Output> before;
  for (const Output& output : outputs) {
    const fs::path here = whole(output.file);
    std::error_code error;
    if (fs::exists(here, error) && !fs::is_regular_file(here, error)) continue;
    const auto refuse = [&](const std::string& what) {
      throw UsageError(output.option + " " + output.file.string() + ": " + what + ", want another name");
    };
    if (!inputs.run.empty() && belongs_to_run(here, whole(inputs.run)))
      refuse("is a file of the run " + inputs.run.string());
    if (inputs.data.is_absolute() && belongs_to_data(here, whole(inputs.data)))
      refuse("is a file of the data set " + inputs.data.string());
    if (const auto same = std::ranges::find(before, here, &Output::file); same != before.end())
      refuse("is what " + same->option + " writes, too");
    before.push_back({output.option, here});
  }
}

std::string form_of(const Output& output, std::initializer_list<const char*> known) {
  std::string ending = output.file.extension().string(), wanted;
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* form : known) {
    if (ending == form || ending.empty()) return form;
    wanted += (wanted.empty() ? "" : " or ") + std::string(form);
  }
  throw UsageError(output.option + " " + output.file.string() + ": want a name that ends in " + wanted);
}

void check_output_folder(const fs::path& folder) {
  std::error_code error;
  fs::path there = fs::absolute(folder, error).lexically_normal();
  fs::file_status status = fs::status(there, error);
  while (status.type() == fs::file_type::not_found && there.has_relative_path()) {
    if (fs::is_symlink(fs::symlink_status(there, error))) fail(folder, there.string() + " is a link to nothing");
    there = there.parent_path();
    status = fs::status(there, error);
  }
  if (status.type() == fs::file_type::none) fail(folder, error.message());
  if (!fs::is_directory(status)) fail(folder, there.string() + " is a file, want a folder");
  if (::access(there.c_str(), W_OK | X_OK) != 0)
    fail(folder, "can't be written to: " + std::generic_category().message(errno));
}

FolderLock lock_if_there(const fs::path& folder) {
  check_output_folder(folder);
  return file_exists(folder) ? locked_folder(folder) : FolderLock();
}

bool try_write(const std::function<void()>& write) {
  try {
    write();
    return true;
  } catch (const WriteError& error) {
    tell_error(error.what());
    return false;
  }
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace mercer::program
