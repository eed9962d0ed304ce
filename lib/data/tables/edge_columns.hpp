#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/rounding.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Where the columns of a table of edges are.
struct EdgeColumns {
  std::size_t count = 0, source = 0, target = 1;
  std::optional<std::size_t> weight, direction;
  std::vector<std::pair<std::size_t, std::string>> others;  // with their names
  bool has_sure_ends = false;                               // by their names
};

bool is_direction(std::string_view field);

/// The columns by a header of the table. Throws FileError where its names leave open which the ends are.
EdgeColumns named_columns(TextTable& table, const Fields& header);

/// A third and last column of numbers without a name is the weight.
void guess_weight(TextTable& table, EdgeColumns& columns);

/// Can the name head a column of numbers that is a feature, and be read as it is?
bool can_be_edge_feature(std::string_view name);

/// Further columns as features of edges: numbers as they are; of words, and of whole numbers under a name such as type
/// or relation, a column of 0 and 1 for each that occurs, named COLUMN=WORD. Ids, and columns that are neither, are
/// left out; the notes say why. A column may lack words, but no numbers.
class EdgeFeatureColumns {
 public:
  EdgeFeatureColumns() = default;
  explicit EdgeFeatureColumns(const std::vector<std::pair<std::size_t, std::string>>& columns);

  void read_row(TextTable& table);
  /// Sets edge_features, a row for each row read, and their names.
  void finish(Index rows, Dataset& data);
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  static constexpr std::size_t most_words = 32;
  static constexpr std::uint8_t no_word = 255;
  struct Column {
    std::size_t at;
    std::string name;
    std::vector<Real> number{};        // 0 where it is none
    std::vector<std::uint8_t> code{};  // of each row's word; no_word where it is missing
    std::map<std::string, std::uint8_t, std::less<>> words{};
    bool has_many_words = false, has_word = false, has_number = false;
    Rounding rounding{};
    Index missing = 0;          // rows without a word or a number
    std::string got{};          // at no_number
    Index no_number = 0;        // the first line without a finite number
    Index marked = 0;           // the first line of a number with a mark, or of several
    std::string marked_text{};  // at marked
  };

  void read(TextTable& table, Column& column);
  void refuse_marked(const Column& column) const;
  static void settle_dashes(Column& column);
  static void add_word(Column& column, std::string_view field);
  /// Empty when the column can be used.
  static std::string why_not(const Column& column);
  static bool is_words(const Column& column);

  std::filesystem::path file_;  // of marked numbers
  std::vector<Column> columns_;
  std::vector<std::string> ids_, notes_;
};

}  // namespace mercer
