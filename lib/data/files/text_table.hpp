#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/decimal_marks.hpp"
#include "data/files/text_file.hpp"

namespace mercer {

using Fields = std::vector<std::string_view>;

/// A text file as rows of fields: the one place where files with columns are read. The separator is the one of tab, ;
/// and , that every row has equally often; without such a one, a row is cut at its commas or else at runs of blanks.
/// Fields are trimmed; "…" holds separators and, as "", quotes. Lines that begin with #, % or // are comments, and so
/// is a first line sep=; of Excel; but below the first row a line is one too, where the ids aren't numbers, no blank is
/// behind the sign, and it has as many fields.
class TextTable {
 public:
  enum class Cut {
    columns,  // as above
    lines,    // a row is one field unless a separator is found; comments stand at the top, # before a blank
    labels,   // as lines; blanks separate, too, when all rows are equally many numbers, truth values or missing ones
  };
  /// Is it the name of a node? Where such are known, a line whose first field and another are names is no comment.
  using IsName = std::function<bool(std::string_view)>;
  explicit TextTable(const std::filesystem::path& file, Cut cut = Cut::columns, IsName is_name = {});

  /// The next row, which has no fields when the line is blank; false at the end. Throws FileError on a quote that its
  /// line doesn't close.
  bool next();
  void rewind();

  /// The table in pieces of whole rows, in their order, for a thread each, and what was found while they were read.
  /// Rows are cut as in the table; a header that was skipped is in none.
  std::vector<TextTable> pieces() const;
  void add_found(const TextTable& piece);

  const Fields& row() const { return row_; }
  Index line() const { return text_.line(); }
  const TextFile& text() const { return text_; }

  /// Are the fields of a row separated by blanks alone?
  bool has_blanks_between() const { return separator_ == ' ' || (separator_ == 0 && !text_.has_commas()); }

  /// Do tabs or semicolons separate, so that commas are decimal?
  bool has_room_for_commas() const { return separator_ == '\t' || separator_ == ';'; }

  /// Cuts rows at this separator from the first row on, though not every row has it equally often.
  void separate_at(char separator);

  /// The first rows that are not blank, at most two, without moving.
  std::vector<Fields> first_rows();
  void skip_first_row();  // the header, after rewind, too
  /// A comment without the first sign.
  struct Comment {
    std::string_view text;
    Index line;
  };
  /// The comments before the first row, without moving.
  std::vector<Comment> top_comments();
  /// The last comment before the first row, cut as a row, where it has two fields or more and as many as the row; else
  /// nothing, as where commas or the like separate the row and blanks the comment, which then is a sentence.
  Fields commented_row();

  /// In the order of the file; filled by next.
  const std::vector<Comment>& comments() const { return comments_; }

  /// The first line above the rows that was left out as a comment and has the form of a row of words, as #tag u1;
  /// behind a pass of all rows.
  const std::optional<Comment>& like_row() const { return like_row_; }

  /// What was read of lines below the first row that begin as comments do; behind a pass of all rows.
  std::vector<std::string> notes_of_signs() const;

  /// The field as a finite or infinite number or nan. 0,5 is 0.5 where tabs or semicolons separate; elsewhere in
  /// quotes, unless the comma may mark thousands.
  std::optional<double> number(std::string_view field);
  /// The same of a field that may be no number in the end, as in a column that may hold lists of labels: 4,6.
  std::optional<double> may_be_number(std::string_view field) const;
  bool decimal_commas() const { return decimal_commas_; }  // were there any?
  /// The same of a value that is kept, of this line. Behind the last row, a table that has both decimal commas and
  /// points is refused.
  std::optional<double> value(std::string_view field, Index line);
  std::optional<double> value(std::string_view field) { return value(field, line()); }
  const DecimalMarks& marks() const { return marks_; }  // of the values

  /// Throws FileError "FILE: line N: what", of the row.
  [[noreturn]] void refuse(const std::string& what) const { text_.refuse(what); }
  /// Throws FileError "FILE: line N: column C (NAME): what"; c from 0.
  [[noreturn]] void refuse(std::size_t c, std::string_view name, const std::string& what) const;
  /// Behind "got 3 fields, want 2": the way out where R wrote names of rows without a name of their column; else empty.
  const char* hint_of_row_names(std::size_t count) const;
  /// Throws FileError unless the row has so many fields.
  void want_fields(std::size_t count, const char* what) const;

 private:
  TextTable(TextFile piece, const TextTable& whole);
  bool is_comment(std::string_view line) const;
  bool is_signed_row(std::string_view line) const;
  bool holds_names(std::string_view line) const;
  bool has_form_of_row(std::string_view line) const;
  std::size_t count_fields(std::string_view line) const;
  void look_at_first_rows();
  bool next_line(std::string_view& line);
  void find_separator();
  bool all_numbers();
  void cut(std::string_view line, Fields& fields);
  void cut_quoted(std::string_view line, char separator, Fields& fields);
  std::string_view unquoted(std::string_view& rest);

  TextFile text_;
  Cut cut_;
  IsName is_name_;                          // or none
  char separator_ = 0;                      // 0: none found; ' ': blanks
  Index skipped_ = 0;                       // lines up to the header
  Index first_line_ = 0, signed_rows_ = 0;  // of the first row; rows that begin as comments do
  std::size_t width_ = 0;                   // fields of the first row; 0 while it is unknown
  bool has_numbers_first_ = false;          // are the first fields of rows numbers?
  bool at_top_ = true, decimal_commas_ = false;
  Fields row_;
  DecimalMarks marks_;
  std::vector<Comment> comments_;
  std::optional<Comment> like_row_;
  std::deque<std::string> unescaped_;
};

/// The word behind "task:" in a comment that begins so, in lower case with hyphens for blanks; nothing in others.
std::optional<std::string> task_in(std::string_view comment);

/// Is the text one of the usual ways to write that there is no value? Empty, ?, a dash, NaT, \N, and nan, na, n/a,
/// n.a., none, null, #N/A, 1.#QNAN, ., --, not available … in any case: the one list, which datasets/README.md
/// shows.
bool is_missing(std::string_view text);
/// -, – (en dash), — (em dash) or − (minus)
bool is_dash(std::string_view text);

/// True and false, as Python and R write them.
std::optional<bool> truth_value(std::string_view text);

/// Is the text a number with marks between thousands, as 1.000,00 or 1,000,000, which no other reading fits?
bool has_thousands(std::string_view text);
/// Is the text a number of thousands or a decimal one, as 1,500: three digits behind a comma, up to three before it, of
/// which the first is no 0?
bool may_have_thousands(std::string_view text, char mark = ',');
/// Is the text a number with a mark that is none of a number's: 10%, $5, 1'000 or 1 000?
bool is_marked_number(std::string_view text);
/// Is the text several numbers, as [0.1 0.2], array([0.1, 0.2]), 0.5|0.1 or 0.5 0.1?
bool is_list_of_numbers(std::string_view text);
inline constexpr const char* no_lists =
    ", several numbers in one field, want a column for each (pandas: df[c].str.strip('[]').str.split(',', "
    "expand=True))";
inline constexpr const char* no_marks =
    ", a number with a mark, want it plain, as in 1234.5 (pandas: df[c].str.replace(r\"[%$€£¥' ]\", '', regex=True))";
inline constexpr const char* no_thousands = ", a number with marks between thousands, want none, as in 1234.5";

}  // namespace mercer
