#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/tables/column_names.hpp"

/// Which part of a split a word or the name of a column means.
namespace mercer {

/// The part of a split that a word names.
enum class PartWord { train, validation, test, none, unknown };
PartWord part_named(std::string_view word);  // "train", "VALID", "hold-out" …; none where it is missing

PartWord part_in(std::string_view field);  // the same of "train_set", "Test data" … too

/// What the name of a column says of a split: train_mask_0 is surely the mask of the training nodes of split 0,
/// test_idx is one by its fields, and of a lone train its neighbours decide.
struct NamedPart {
  enum class Surely { lone, marked, mask };
  PartWord part;
  Surely surely;
  Index split = -1;      // its number; −1 without one
  bool perhaps = false;  // the word, as eval or fit, may mean something else
  Role role() const;
  bool is_doubtful() const { return perhaps && surely == Surely::lone; }  // by its name alone
};
/// The words mask, is, in, idx, split, set … may stand about the part, in any order and spelling, and one number.
std::optional<NamedPart> part_of_name(std::string_view name);
/// May a column of features tell the split by its name: train, test_idx, cv_fold, other_mask …? Beside masks, eval and
/// its like may, too.
bool may_be_split(std::string_view name, bool among_masks);

/// The value of a field in a mask: of 0, 1, true, no …; nothing for other words.
std::optional<bool> mask_value(std::string_view text);

/// Gives columns whose role is other that of a mask or of a split, by their names and fields, with a note: 0 and 1
/// under a name such as train_idx; under train and test where they stand side by side, and of a row one at most is 1;
/// and words for parts alone, of which one is train, under any name.
void find_split_columns(TextTable& table, const Fields& header, std::vector<Role>& roles,
                        std::vector<std::string>& notes);
/// The same in a table of splits alone, where a name is enough. In both, beside masks of the other parts, a column such
/// as other_mask or is_other that is 1 at all labelled nodes that they leave, and nowhere else, is that of the part
/// without one; of another name, it is noted.
void find_masks_of_splits(TextTable& table, const Fields& header, std::vector<Role>& roles,
                          std::vector<std::string>& notes);

}  // namespace mercer
