#pragma once

#include <string_view>

/// Standard output and standard error, which may be full, closed, or a pipe that nobody reads.
namespace mercer::program {

/// Called first: a closed stream stays closed, so that no file is opened in its place; writing to a broken pipe or
/// beyond the allowed size of a file is an error instead of the program's end.
void prepare_streams() noexcept;

/// Writes to standard error. Never fails: when that can't be written, the program goes on.
void write_error(std::string_view text) noexcept;

/// Writes the line "mercer: TEXT" to standard error, printable. Never fails.
void tell(std::string_view text) noexcept;

/// As tell(), on one line of a few hundred characters at most: for errors, which may quote what a file holds.
void tell_error(std::string_view text) noexcept;

/// Prints a help to standard output. One may read its first lines alone: a broken pipe ends
/// the program, as of other tools.
void print_help(std::string_view text);

/// Prints to standard output; what a terminal would obey (control characters of names in files) as \xHH.
void print_text(std::string_view text);

/// Has all that was printed arrived on standard output? If not, says so on standard error.
bool output_arrived() noexcept;

}  // namespace mercer::program
