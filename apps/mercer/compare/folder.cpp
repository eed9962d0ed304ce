#include "compare/folder.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "cli/errors.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer::program {

namespace fs = std::filesystem;

void check(const JobFolder& folder, bool holds, const std::function<std::string()>& difference) {
  std::error_code error;
  if (!file_exists(folder.out)) return;
  clear_part(fs::path(folder.out) / folder.record);
  if (fs::is_empty(folder.out, error)) return;
  if (error) throw FileError(folder.out + ": can't be read: " + error.message());
  if (!holds)
    throw UsageError("--out " + folder.out + ": holds something else than a " + folder.what +
                     "; want a new or empty folder");
  if (folder.is_fresh) return;
  std::string differs;
  try {
    differs = difference();
  } catch (const FileError& error) {
    throw FileError(std::string(error.what()) + "; --overwrite begins the " + folder.what + " anew");
  }
  if (!differs.empty())
    throw UsageError("--out " + folder.out + ": holds another " + folder.what + " (" + differs +
                     "); want the same, another --out, or --overwrite");
}

void forget(const JobFolder& folder, std::initializer_list<const char*> names) {
  std::error_code ignored;
  for (const char* name : names)
    fs::remove_all(fs::path(folder.out) / name, ignored);
}

}  // namespace mercer::program
