#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lower_case.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// A text file in memory, given line by line; lines end at LF or CRLF, the last one may lack it. A byte order mark is
/// skipped, gzip is decompressed, blank lines at the end are counted and not given. It takes the memory of its bytes
/// alone. Throws FileError as read_file and gunzip do, and on UTF-16 and control bytes.
class TextFile {
 public:
  explicit TextFile(std::filesystem::path file);

  /// The text in pieces of whole lines, in their order, which depend on the text alone. A piece shares the content, and
  /// its lines have the numbers of the file: threads may read one each.
  std::vector<TextFile> pieces() const;

  const std::filesystem::path& path() const { return path_; }
  std::string name() const { return path_.filename().string(); }

  /// The next line, or false at the end. Views stay valid as long as the file or a copy of it.
  bool next(std::string_view& line);
  void rewind();
  Index line() const { return line_; }             // the number of the last line given, from 1
  Index line_ends() const { return line_ends_; }   // of the file or piece: at least its lines, less one
  Index blank_end() const { return blank_end_; }   // blank lines at the end
  bool has_quotes() const { return has_quotes_; }  // does any line hold a "?
  bool has_commas() const { return has_commas_; }

  /// Throws FileError "FILE: line N: what".
  [[noreturn]] void refuse(Index line, const std::string& what) const;
  [[noreturn]] void refuse(const std::string& what) const { refuse(line_, what); }

 private:
  void look_at_bytes();
  [[noreturn]] void refuse_byte() const;
  void cut_blank_end();

  std::filesystem::path path_;
  std::shared_ptr<const std::string> content_;
  std::string_view text_, rest_;  // without byte order mark and blank end; what next has not given
  Index before_ = 0;              // lines of the file before this piece
  Index line_ = 0, line_ends_ = 0, blank_end_ = 0;
  bool has_quotes_ = false, has_commas_ = false;
};

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
std::string_view trimmed(std::string_view text);  // without blanks and tabs at both ends

/// Cuts a line at runs of blanks and tabs.
void cut_at_blanks(std::string_view line, std::vector<std::string_view>& fields);

inline constexpr std::size_t most_short_digits = 15;

/// The decimal of at most so many digits, `behind` of them behind its point. Digits and power of ten are doubles, so
/// that their quotient is the nearest double, as from_chars gives it.
inline double decimal_of(std::int64_t digits, std::size_t behind) {
  constexpr double power_of_ten[]{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  return static_cast<double>(digits) / power_of_ten[behind];
}

/// The text as a number, in any locale; nothing when the whole text is not a number or the number doesn't fit.
std::optional<std::int64_t> whole_number(std::string_view text);
std::optional<std::int64_t> whole_with_exponent(std::string_view text);  // 1.00e+01, as numpy.savetxt writes 10
std::optional<double> real_number(std::string_view text);                // also "nan" and "inf"

}  // namespace mercer
