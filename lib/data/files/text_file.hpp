#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// A text file in memory, split into lines at LF or CRLF; the last line may lack it. A byte order mark is skipped, gzip
/// is decompressed. Throws FileError as read_file and gunzip do, and on control bytes.
class TextFile {
 public:
  explicit TextFile(std::filesystem::path file);
  TextFile(const TextFile&) = delete;  // the lines are views into the content
  TextFile& operator=(const TextFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  Index lines() const { return static_cast<Index>(lines_.size()); }
  std::string_view line(Index n) const { return lines_[static_cast<std::size_t>(n)]; }  // n from 0

  /// Drops empty lines from the end while there are more than `most` lines.
  void drop_empty_end(Index most);

  /// Throws FileError "FILE: line n + 1: what".
  [[noreturn]] void refuse(Index n, const std::string& what) const;

 private:
  std::filesystem::path path_;
  std::string content_;
  std::vector<std::string_view> lines_;
};

bool is_comment(std::string_view line);           // begins with #
std::string_view trimmed(std::string_view text);  // without blanks and tabs at both ends

/// Cuts a line at runs of blanks and tabs.
void cut_at_blanks(std::string_view line, std::vector<std::string_view>& fields);

/// Cuts a line at its commas or, without commas, at runs of blanks and tabs; fields are trimmed.
void cut_fields(std::string_view line, std::vector<std::string_view>& fields);

/// The text as a number, in any locale; nothing when the whole text is not a number or the number doesn't fit.
std::optional<std::int64_t> whole_number(std::string_view text);
std::optional<double> real_number(std::string_view text);  // also "nan" and "inf"

}  // namespace mercer
