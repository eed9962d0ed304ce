// A libFuzzer target for every reader of files: an input is a folder of files, which is written, read and removed.
//     readers FOLDER_OF_SEEDS -runs=1000000      seeds are made by tests/fuzz/seeds.py
// An input is a line with the path that is read, then for each file a line "%% NAME LENGTH" and its bytes. Readers of
// data, models, checkpoints and tensors may refuse a file by the library's exceptions; anything else is a finding, as
// is a memory of more than libFuzzer's -malloc_limit_mb.
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/training/tensor_file.hpp"
#if defined(MERCER_FUZZ_EXPERIMENT)
#include "mercer/data/torch_file.hpp"
#include "mercer/experiment/torch_import.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#endif

namespace fs = std::filesystem;

namespace {

/// A folder in memory that belongs to this process.
const fs::path& work() {
  static const fs::path folder = [] {
    const fs::path base = fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    return base / ("mercer_fuzz_" + std::to_string(getpid()));
  }();
  return folder;
}

std::string_view line_of(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// A name that stays in the folder, or nothing.
bool is_plain(std::string_view name) {
  if (name.empty() || name.size() > 60 || name.front() == '/' || name.find("..") != name.npos) return false;
  for (const char c : name)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' &&
        c != '-' && c != '/')
      return false;
  return true;
}

/// Writes the files of an input; false for a header that is none.
bool unpack(std::string_view input) {
  while (!input.empty()) {
    std::string_view header = line_of(input);
    if (!header.starts_with("%% ")) return true;  // a changed length: what follows belongs to no file
    header.remove_prefix(3);
    const std::size_t blank = header.find(' ');
    const std::string_view name = header.substr(0, blank);
    if (blank == header.npos || !is_plain(name)) return false;
    std::size_t length = 0;
    std::from_chars(header.data() + blank + 1, header.data() + header.size(), length);
    const std::string_view bytes = input.substr(0, length);
    input.remove_prefix(bytes.size());
    if (!input.empty() && input.front() == '\n') input.remove_prefix(1);
    const fs::path file = work() / name;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  return true;
}

template <class Read>
void attempt(Read&& read) {
  try {
    read();
  } catch (const mercer::FileError&) {
  } catch (const mercer::ValueError&) {
  } catch (const mercer::ShapeError&) {
  }
}

void read_all(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".safetensors") {
    attempt([&] { mercer::load_tensors(path); });
#if defined(MERCER_FUZZ_EXPERIMENT)
    attempt([&] { mercer::load_model(path.parent_path()); });
  } else if (ending == ".json") {
    attempt([&] { mercer::load_unfinished(path.parent_path()); });
  } else if (path.stem() == "state") {
    attempt([&] { mercer::imported_model(mercer::TorchFile(path)).build(path.string()); });
#endif
  } else {
    attempt([&] { mercer::read_dataset(path); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view path = line_of(input);
  std::error_code error;
  fs::remove_all(work(), error);
  fs::create_directories(work(), error);
  if ((is_plain(path) || path == ".") && unpack(input)) read_all(path == "." ? work() : work() / path);
  fs::remove_all(work(), error);
  return 0;
}
