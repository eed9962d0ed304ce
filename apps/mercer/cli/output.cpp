#include "cli/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "base/lower_case.hpp"
#include "cli/errors.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"

namespace mercer::program {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file, const std::string& what) { throw FileError(file.string() + ": " + what); }

constexpr std::string_view files_of_run[] = {
    "model.safetensors", "resume.json",  "resume.safetensors", "finished.json", "finished.safetensors",
    "log.jsonl",         "summary.json", "report.html",        "profile.json",  "profile.svg"};
constexpr std::string_view endings_of_files[] = {".npz", ".npy",   ".csv",         ".tsv", ".txt", ".json", ".jsonl",
                                                 ".svg", ".html",  ".safetensors", ".pt",  ".pth", ".pkl",  ".h5",
                                                 ".mat", ".graph", ".mtx",         ".ts",  ".zip", ".tar",  ".tgz",
                                                 ".7z",  ".rar",   ".gz",          ".bz2", ".xz",  ".zst"};

template <std::size_t n>
bool is_one_of(const std::string_view (&names)[n], const std::string& name) {
  return std::ranges::find(names, name) != std::end(names);
}

std::string lower_ending(const fs::path& file) { return lower_case(file.extension().string()); }

bool belongs_to_run(const fs::path& file, const fs::path& run) {
  return file.parent_path() == run && is_one_of(files_of_run, file.filename().string());
}

/// Is it the folder of a data set, whose path or a table in it is given?
bool is_data_folder(const fs::path& folder, const fs::path& place) {
  if (!place.is_absolute()) return false;
  const fs::path data = whole_path(place);
  std::error_code error;
  const bool is_of_table = fs::is_regular_file(data, error) && folder == data.parent_path();
  return folder == data || (is_of_table && belongs_to_dataset(folder / "edges", data));
}

}  // namespace

fs::path whole_path(const fs::path& path) {
  constexpr int most_links = 40;  // Linux's
  std::error_code error;
  fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) return path;
  for (int followed = 0; followed < most_links; ++followed) {  // links to nothing yet stay in a canonical path
    const fs::path next = fs::read_symlink(found, error);
    if (error) break;
    found = fs::weakly_canonical(found.parent_path() / next, error);
  }
  return found;
}

void check_apart(const std::vector<Output>& outputs, const Inputs& inputs) {
  std::vector<Output> before;
  for (const Output& output : outputs) {
    const fs::path here = whole_path(output.file);
    std::error_code error;
    if (fs::exists(here, error) && !fs::is_regular_file(here, error)) continue;
    const auto refuse = [&](const std::string& what) {
      throw UsageError(output.option + " " + output.file.string() + ": " + what + ", want another name");
    };
    if (!inputs.run.empty() && belongs_to_run(here, whole_path(inputs.run)))
      refuse("is a file of the run " + inputs.run.string());
    for (const fs::path* place : {&inputs.data, &inputs.trained_on})
      if (place->is_absolute() && belongs_to_dataset(here, whole_path(*place)))
        refuse("is a file of the data set " + place->string() +
               (place == &inputs.trained_on ? " that the model was trained on" : ""));
    if (const auto same = std::ranges::find(before, here, &Output::file); same != before.end())
      refuse("is what " + same->option + " writes, too");
    before.push_back({output.option, here});
  }
}

std::string form_of(const Output& output, std::initializer_list<const char*> known, const char* other) {
  const std::string ending = lower_ending(output.file);
  std::string wanted;
  for (const char* form : known) {
    if (ending == form || (ending.empty() && other == nullptr)) return form;
    wanted += (wanted.empty() ? "" : " or ") + std::string(form);
  }
  if (other != nullptr && !is_one_of(endings_of_files, ending)) return "";
  if (other != nullptr) wanted += ", or " + std::string(other) + " without " + ending;
  throw UsageError(output.option + " " + output.file.string() + ": want a name that ends in " + wanted);
}

void check_output_folder(const fs::path& folder) {
  std::error_code error;
  fs::path there = fs::absolute(folder, error).lexically_normal();
  fs::file_status status = fs::status(there, error);
  if (const std::string ending = lower_ending(there);
      status.type() == fs::file_type::not_found && is_one_of(endings_of_files, ending))
    fail(folder, "is to be a folder, and ends as a file: want a name without " + ending);
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

void refuse_data_folder(const fs::path& folder, const fs::path& place) {
  if (!is_data_folder(whole_path(folder), place)) return;
  throw UsageError("--out " + folder.string() + ": is the folder of the data, want another one, such as runs/" +
                   whole_path(folder).filename().string());
}

FolderLock lock_if_there(const fs::path& folder) {
  check_output_folder(folder);
  return file_exists(folder) ? locked_folder(folder) : FolderLock();
}

std::string file_of_run_in(const fs::path& folder) {
  const auto found =
      std::ranges::find_if(files_of_run, [&](std::string_view name) { return file_exists(folder / name); });
  return found == std::end(files_of_run) ? "" : std::string(*found);
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
