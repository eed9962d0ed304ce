#include "data/files/text_table.hpp"

#include <algorithm>
#include <array>

#include "base/counted.hpp"
#include "data/files/quoted_breaks.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

constexpr Index rows_looked_at = 1000;  // to find the separator of a table

/// How often the separator stands outside of quotes, which open at the start of a field.
std::size_t separators(std::string_view line, char separator) {
  std::size_t count = 0;
  bool quoted = false, at_start = true;
  for (std::size_t n = 0; n < line.size(); ++n) {
    const char c = line[n];
    if (quoted) {
      const bool escaped = c == '"' && n + 1 < line.size() && line[n + 1] == '"';
      n += escaped ? 1 : 0;
      quoted = escaped || c != '"';
    } else {
      quoted = c == '"' && at_start;
      count += c == separator ? 1 : 0;
      at_start = c == separator || is_blank(c);
    }
  }
  return count;
}

/// Is it a line such as sep=; which Excel reads and writes before a table?
bool names_separator(std::string_view line) {
  constexpr std::size_t length = 5;
  line = trimmed(line);
  if (line.size() == length + 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, length);
  return line.size() == length && lower_case(line.substr(0, 4)) == "sep=";
}

/// Cuts at the separator; fields are trimmed.
void cut_at(char separator, std::string_view line, Fields& fields) {
  for (std::size_t first = 0; first <= line.size();) {
    const std::size_t end = std::min(line.find(separator, first), line.size());
    fields.push_back(trimmed(line.substr(first, end - first)));
    first = end + 1;
  }
}

}  // namespace

TextTable::TextTable(const std::filesystem::path& file, Cut cut, IsName is_name)
    : text_(file), cut_(cut), is_name_(std::move(is_name)) {
  if (text_.has_quotes()) refuse_quoted_breaks(text_);
  find_separator();
  if (cut_ == Cut::columns) look_at_first_rows();
  rewind();
}

TextTable::TextTable(TextFile piece, const TextTable& whole)
    : text_(std::move(piece)),
      cut_(whole.cut_),
      is_name_(whole.is_name_),
      separator_(whole.separator_),
      skipped_(whole.skipped_),
      first_line_(whole.first_line_),
      width_(whole.width_),
      has_numbers_first_(whole.has_numbers_first_) {
  at_top_ = text_.line() == 0;
}

namespace {

/// The length of the sign before a comment: #, % or //; 0 where there is none.
std::size_t sign_of(std::string_view line) {
  if (line.starts_with("//")) return 2;
  return !line.empty() && (line[0] == '#' || line[0] == '%') ? 1 : 0;
}

}  // namespace

std::size_t TextTable::count_fields(std::string_view line) const {
  const char separator = separator_ != 0 ? separator_ : ',';
  const std::size_t count = separators(line, separator);
  if (count > 0 || separator_ != 0) return count + 1;
  Fields fields;
  cut_at_blanks(line, fields);
  return fields.size();
}

/// Finds what the rows without a sign are like: how wide, and whether the second, below a header, begins with a number.
void TextTable::look_at_first_rows() {
  rewind();
  std::string_view line;
  for (int rows = 0; rows < 2 && next_line(line);) {
    if (trimmed(line).empty()) continue;
    if (rows++ == 0) {
      first_line_ = text_.line();
      width_ = count_fields(line);
    }
    const std::string_view first = trimmed(line);
    has_numbers_first_ = real_number(first.substr(0, first.find_first_of(" \t,;"))).has_value();
  }
}

/// Are the first field and another one known names, by any separator?
bool TextTable::holds_names(std::string_view line) const {
  const auto is_known = [&](std::string_view field) {
    if (field.size() > 1 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    return is_name_(field);
  };
  for (const char separator : {'\t', ';', ',', ' '}) {
    Fields fields;
    if (separator == ' ')
      cut_at_blanks(line, fields);
    else
      cut_at(separator, line, fields);
    const bool fits = fields.size() > 1 && (width_ == 0 || fields.size() == width_);
    if (fits && is_known(fields[0]) && std::any_of(fields.begin() + 1, fields.end(), is_known)) return true;
  }
  return false;
}

/// Is a line behind a sign a row: of known names, or below the first row of ids such as #tag?
bool TextTable::is_signed_row(std::string_view line) const {
  return (is_name_ && holds_names(line)) || (text_.line() > first_line_ && has_form_of_row(line));
}

bool TextTable::has_form_of_row(std::string_view line) const {
  if (width_ < 2 || has_numbers_first_) return false;
  const std::size_t sign = sign_of(line);
  const bool is_word = line.size() > sign && !is_blank(line[sign]) && sign_of(line.substr(sign)) == 0;
  return is_word && count_fields(line) == width_ && std::ranges::count(line, '"') % 2 == 0;
}

bool TextTable::is_comment(std::string_view line) const {
  if (cut_ == Cut::columns) return sign_of(line) > 0 && !is_signed_row(line);
  if (line.empty() || (line[0] != '#' && line[0] != '%')) return false;
  return at_top_ && line.size() > 1 && (line[1] == ' ' || task_in(line.substr(1)));
}

bool TextTable::next_line(std::string_view& line) {
  while (text_.next(line)) {
    if (text_.line() == 1 && names_separator(line)) continue;
    if (is_comment(line)) {
      comments_.push_back({line.substr(line[0] == '/' ? 2 : 1), text_.line()});
      if (cut_ == Cut::columns && !like_row_ && has_form_of_row(line)) like_row_ = {line, text_.line()};
    } else if (text_.line() > skipped_) {
      at_top_ = false;
      signed_rows_ += cut_ == Cut::columns && sign_of(line) > 0 && !(is_name_ && holds_names(line)) ? 1 : 0;
      return true;
    }
  }
  return false;
}

void TextTable::rewind() {
  text_.rewind();
  comments_.clear();
  signed_rows_ = 0;
  at_top_ = true;
}

/// Counts of tab, ; and , in every row; a separator occurs equally often in all.
void TextTable::find_separator() {
  static constexpr std::array<char, 3> known{'\t', ';', ','};
  std::array<std::size_t, 3> first{};
  std::array<bool, 3> equal{true, true, true};
  std::string_view line;
  Index rows = 0;
  while ((cut_ != Cut::columns || rows < rows_looked_at) && next_line(line)) {
    if (trimmed(line).empty()) continue;
    for (std::size_t s = 0; s < known.size(); ++s) {
      if (!equal[s]) continue;
      const std::size_t count = separators(line, known[s]);
      if (rows == 0) first[s] = count;
      equal[s] = count > 0 && count == first[s];
    }
    ++rows;
  }
  for (std::size_t s = known.size(); s-- > 0;)
    if (rows > 0 && equal[s]) separator_ = known[s];
  if (separator_ == 0 && cut_ == Cut::labels && all_numbers()) separator_ = ' ';
}

/// Are all rows equally many numbers or truth values, two or more, or words for missing ones? Names of classes may hold
/// blanks, too.
bool TextTable::all_numbers() {
  rewind();
  std::size_t width = 0;
  bool any = false;
  std::string_view line;
  while (next_line(line)) {
    cut_at_blanks(line, row_);
    if (row_.empty()) continue;
    if (width == 0) width = row_.size();
    const auto is_number = [](std::string_view field) { return real_number(field) || truth_value(field); };
    const bool numbers =
        std::ranges::all_of(row_, [&](std::string_view field) { return is_number(field) || is_missing(field); });
    if (width < 2 || row_.size() != width || !numbers) return false;
    any = any || std::ranges::any_of(row_, is_number);
  }
  return any;
}

/// The text of a quoted field; `rest` goes on behind it.
std::string_view TextTable::unquoted(std::string_view& rest) {
  std::size_t end = 1;
  bool escaped = false;
  for (;; end += 2) {
    end = rest.find('"', end);
    if (end == std::string_view::npos)
      refuse("the quote of " + in_quotes(rest) + " isn't closed on its line, want no line break within quotes");
    if (end + 1 == rest.size() || rest[end + 1] != '"') break;
    escaped = true;
  }
  std::string_view field = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  if (!escaped) return field;
  std::string& plain = unescaped_.emplace_back();
  for (std::size_t n = 0; n < field.size(); ++n) {
    plain += field[n];
    if (field[n] == '"') ++n;  // the second of two
  }
  return plain;
}

void TextTable::cut_quoted(std::string_view line, char separator, Fields& fields) {
  const std::string_view ends = separator == ' ' ? std::string_view(" \t") : std::string_view(&separator, 1);
  for (std::string_view rest = line;;) {
    while (!rest.empty() && is_blank(rest[0]) && rest[0] != separator)
      rest.remove_prefix(1);
    if (separator == ' ') rest = trimmed(rest);
    if (separator == ' ' && rest.empty()) return;
    const bool quoted = !rest.empty() && rest[0] == '"';
    if (quoted) fields.push_back(unquoted(rest));
    const std::size_t next = rest.find_first_of(ends);
    const std::string_view plain = trimmed(rest.substr(0, next));
    if (quoted && !plain.empty()) refuse("got " + in_quotes(plain) + " after a closing quote, want the next field");
    if (!quoted) fields.push_back(plain);
    if (next == std::string_view::npos) return;
    rest.remove_prefix(next + 1);
  }
}

void TextTable::cut(std::string_view line, Fields& fields) {
  if (separator_ == 0 && cut_ == Cut::columns && !text_.has_quotes() && !text_.has_commas())
    return cut_at_blanks(line, fields);
  fields.clear();
  if (trimmed(line).empty()) return;
  if (separator_ != '\t') line = trimmed(line);
  char separator = separator_;
  if (separator == 0 && cut_ != Cut::columns) {  // a whole line, in quotes or not
    std::string_view rest = line;
    const bool quoted =
        line.size() > 1 && line.front() == '"' && line.back() == '"' && std::ranges::count(line, '"') % 2 == 0;
    const std::string_view inside = quoted ? unquoted(rest) : line;
    return fields.push_back(rest.empty() ? inside : line);
  }
  if (separator == 0 || line.find(separator) == std::string_view::npos)
    separator = separators(line, ',') == 0 ? ' ' : ',';
  if (text_.has_quotes()) return cut_quoted(line, separator, fields);
  if (separator == ' ') return cut_at_blanks(line, fields);
  cut_at(separator, line, fields);
}

bool TextTable::next() {
  std::string_view line;
  if (!next_line(line)) {
    marks_.refuse_both(text_.path());
    return false;
  }
  cut(line, row_);
  return true;
}

std::vector<TextTable> TextTable::pieces() const {
  std::vector<TextTable> pieces;
  for (TextFile& text : text_.pieces())
    pieces.push_back(TextTable(std::move(text), *this));
  return pieces;
}

void TextTable::add_found(const TextTable& piece) {
  comments_.insert(comments_.end(), piece.comments_.begin(), piece.comments_.end());
  decimal_commas_ |= piece.decimal_commas_;
  marks_.add(piece.marks_);
  marks_.refuse_both(text_.path());
  signed_rows_ += piece.signed_rows_;
  if (!like_row_) like_row_ = piece.like_row_;
}

std::vector<std::string> TextTable::notes_of_signs() const {
  std::vector<std::string> notes;
  const auto below = std::ranges::count_if(comments_, [&](const Comment& own) { return own.line > first_line_; });
  const auto note = [&](Index lines, const char* what) {
    if (lines > 0)
      notes.push_back(text_.name() + ": below the first row " + counted(lines, "line") + " with #, % or // before" +
                      is_or_are(lines) + " taken for " + what);
  };
  note(first_line_ > 0 ? below : 0, "comments");
  note(signed_rows_, "rows");
  return notes;
}

void TextTable::separate_at(char separator) {
  separator_ = separator;
  rewind();
}

std::vector<Fields> TextTable::first_rows() {
  std::vector<Fields> rows;
  rewind();
  while (rows.size() < 2 && next())
    if (!row_.empty()) rows.push_back(row_);
  rewind();
  return rows;
}

void TextTable::skip_first_row() {
  while (next() && row_.empty()) {
  }
  skipped_ = text_.line();
  rewind();
}

std::vector<TextTable::Comment> TextTable::top_comments() {
  rewind();
  while (next() && row_.empty()) {
  }
  std::vector<Comment> top = comments_;
  rewind();
  return top;
}

Fields TextTable::commented_row() {
  const std::vector<Comment> top = top_comments();
  const std::vector<Fields> rows = first_rows();
  if (top.empty() || rows.empty() || rows[0].size() < 2) return {};
  const char separator = separator_ != 0 ? separator_ : ',';
  if (!has_blanks_between() && top.back().text.find(separator) == std::string_view::npos) return {};
  Fields names;
  cut(top.back().text, names);
  return names.size() == rows[0].size() ? names : Fields{};
}

void TextTable::refuse(std::size_t c, std::string_view name, const std::string& what) const {
  refuse("column " + std::to_string(c + 1) + (name.empty() ? "" : " (" + std::string(name) + ")") + ": " + what);
}

const char* TextTable::hint_of_row_names(std::size_t count) const {
  const bool first = skipped_ > 0 && line() == skipped_ + 1;
  return first && text_.has_quotes() && row_.size() == count + 1
             ? "; where R wrote it, row.names = FALSE leaves out the names of the rows"
             : "";
}

void TextTable::want_fields(std::size_t count, const char* what) const {
  if (row_.size() != count)
    refuse("got " + std::to_string(row_.size()) + " fields, want " + std::to_string(count) + what +
           hint_of_row_names(count));
}

std::optional<std::string> task_in(std::string_view comment) {
  std::string text = lower_case(trimmed(comment));
  if (!text.starts_with("task")) return std::nullopt;
  const std::string_view behind = trimmed(std::string_view(text).substr(4));
  if (!behind.starts_with(':')) return std::nullopt;
  std::string word(trimmed(behind.substr(1)));
  std::ranges::replace_if(
      word, [](char c) { return c == ' ' || c == '_'; }, '-');
  return word;
}

}  // namespace mercer
