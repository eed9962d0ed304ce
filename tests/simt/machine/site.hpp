#pragma once
// The place of a call in the kernel's source. Functions take it as a last argument `Site site = Site::current()`.

#include <cstdint>
#include <source_location>
#include <string>

namespace simt {

#if defined(__cpp_lib_source_location)
using Site = std::source_location;
#else
/// clang 14 has the builtins but not the class.
class Site {
 public:
  static constexpr Site current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE(),
                                unsigned column = __builtin_COLUMN()) {
    Site site;
    site.file_ = file;
    site.line_ = line;
    site.column_ = column;
    return site;
  }
  constexpr const char* file_name() const { return file_; }
  constexpr std::uint32_t line() const { return line_; }
  constexpr std::uint32_t column() const { return column_; }

 private:
  const char* file_ = "";
  std::uint32_t line_ = 0, column_ = 0;
};
#endif

inline bool same_site(const Site& a, const Site& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         (a.file_name() == b.file_name() || std::string(a.file_name()) == b.file_name());
}

/// file:line:column
inline std::string to_string(const Site& site) {
  return std::string(site.file_name()) + ":" + std::to_string(site.line()) + ":" + std::to_string(site.column());
}

}  // namespace simt
