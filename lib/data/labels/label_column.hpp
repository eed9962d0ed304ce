#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/decimal_marks.hpp"
#include "data/rounding.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// What a label of −1 means.
enum class MinusOne { no_label, a_class };

/// The integer of "1.0" or "-1.000e+00", which other programs write for 1 and −1.
std::optional<std::int64_t> as_integer(std::string_view text);

/// Is the text digits alone, more than a whole number of the machine has? It is an id, and no quantity.
bool is_long_id(std::string_view text);

/// Throws FileError at a name that is no printable UTF-8.
[[noreturn]] void refuse_unprintable_label(const std::filesystem::path& source, std::string_view name);

/// The labels of nodes or sequences as a column of text.
struct LabelColumn {
  std::filesystem::path file{};
  std::span<const std::string_view> texts{};  // [n]
  std::vector<Index> lines{};                 // [n] of the file, 0 for a node without a line; or empty
  MinusOne minus_one = MinusOne::no_label;
  bool dash_is_class = false;
  const char* example = "node";         // what has a label, in words
  bool decimal_commas = false;          // do numbers of the same table have them?
  bool commas_may_part = false;         // may a comma part thousands, as in a table that commas separate?
  const DecimalMarks* marks = nullptr;  // of its values
  std::filesystem::path second{};       // of the texts from second_begins on, where they are those of two files
  std::size_t second_begins = std::numeric_limits<std::size_t>::max();

  /// Is the text missing, or a word for no label of a node, as unknown?
  bool is_none(std::string_view text) const;
  /// Notes "FILE: 'NA' is taken as no label (5 nodes)", of a text that is none.
  void note_none(std::string_view text, Index count, LabelReading& read) const;

  /// The name of the file that holds the text, of both where both do.
  std::string files_with(std::string_view text) const;

  /// Throws FileError "FILE: line N: what"; "FILE: node I: what" (or sequence) where the line is not known.
  [[noreturn]] void refuse(std::size_t i, const std::string& what) const;
  /// The place of a text: "line N" or "node I".
  std::string place(std::size_t i) const;
  /// " nodes", with the blank before.
  std::string examples() const { return std::string(" ") + example + "s"; }
};

/// The texts without the marks of Python's bytes, b'cat' as cat, where all labels have them; else nothing.
std::optional<std::vector<std::string_view>> texts_of_bytes(const LabelColumn& column);

/// Throws FileError at a list of Python's, [0, 2] or ['cat'], where all labels are such.
void refuse_python_lists(const LabelColumn& column);

/// What a column's commas are: none, marks between labels, decimal marks, or either.
enum class Commas { none, lists, decimal, either };

/// Labels such as 3,7,12 or 3;7 are lists, numbers such as 0,5e3 or -1,5 have decimal commas; 1,5 alone is either, as
/// long as nothing else in the column or its table decides. Throws FileError on marks between thousands and on both
/// forms in one column.
Commas commas_in(const LabelColumn& column);

/// Is the text a number, in range or not? With commas, 0,5 is one.
bool is_a_number(std::string_view text, Commas commas);

/// The column as real numbers, −1 among them; what is missing is NaN. Throws FileError on what is no finite number.
LabelReading numbers_in(const LabelColumn& column, Commas commas);

/// Lists such as 3;5 as a column of 0 and 1 for each label; −1 alone is no label. Throws FileError.
LabelReading lists_in(const LabelColumn& column);

/// Lists of names, as cat;dog or cat|dog, as a column of 0 and 1 for each name; nothing where no text is one.
std::optional<LabelReading> name_lists_in(const LabelColumn& column);

}  // namespace mercer
