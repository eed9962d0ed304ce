#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "mercer/base/folder_lock.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer::program {

/// Throws FileError unless `folder` is writable or can be created, and a new one isn't named as a file (NAME.zip);
/// doesn't create it.
void check_output_folder(const std::filesystem::path& folder);

/// check_output_folder(), and the lock of the folder if it exists: a second run is refused before it reads its data.
/// Throws FileError.
FolderLock lock_if_there(const std::filesystem::path& folder);

/// Throws UsageError where the folder of `--out` is that of the data set at `place` (dataset_place), in which no run is
/// written.
void refuse_data_folder(const std::filesystem::path& folder, const std::filesystem::path& place);

/// A file that a command writes, and the option that asks for it.
struct Output {
  std::string option;
  std::filesystem::path file;
};

/// What a command reads: the folder of a run, and the absolute file, folder or prefix of a data set; and that of the
/// run's training data. Empty, or the name of a built-in set, for none.
struct Inputs {
  std::filesystem::path run{}, data{}, trained_on{};
};

/// Absolute and without links.
std::filesystem::path whole_path(const std::filesystem::path& path);

/// Throws UsageError where two outputs are one file, or an output would take the place of a file of the run or be read
/// with the data or the training data. Devices and pipes may stand twice.
void check_apart(const std::vector<Output>& outputs, const Inputs& inputs);

/// The ending of an output's name, in lower case, which says its form: one of `known`, or the first of them where the
/// name has none, as /dev/stdout. With `other`, which says what else there is ("a folder's name"), a name that ends as
/// no kind of file gives "". Throws UsageError for another.
std::string form_of(const Output& output, std::initializer_list<const char*> known, const char* other = nullptr);

/// The name of a file in the folder that a run would write there; empty for none. Throws FileError.
std::string file_of_run_in(const std::filesystem::path& folder);

/// Calls `write`. False when an output can't be written (WriteError), which is reported: the others still are.
bool try_write(const std::function<void()>& write);

/// A CSV field of RFC 4180, quoted if necessary.
std::string csv_field(const std::string& text);

}  // namespace mercer::program
