#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "support/files.hpp"

/// Data as users write them, in folders of small texts.
namespace mercer::test {

using Texts = std::map<std::string, std::string>;  // by the name of the file, which may lie in a folder of its own

inline Dataset read_texts(const Texts& texts) {
  const TempFolder folder;
  for (const auto& [name, text] : texts) {
    std::filesystem::create_directories((folder / name).parent_path());
    folder.write(name, text);
  }
  return read_dataset(folder.path());
}

inline void refused_texts(const Texts& texts, const char* why) {
  CAPTURE(std::string(why));
  CHECK_THROWS_WITH_AS(read_texts(texts), doctest::Contains(why), FileError);
}

inline bool has_note(const std::vector<std::string>& notes, std::string_view piece) {
  return std::ranges::any_of(notes, [&](const std::string& note) { return note.find(piece) != std::string::npos; });
}
inline bool has_note(const Dataset& data, std::string_view piece) { return has_note(data.notes, piece); }

}  // namespace mercer::test
