#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "data/files/text_table.hpp"

/// Which columns are the ends of an edge, by their names: the one place that decides it.
namespace mercer {

/// A known name of an end, as from_id or :END_ID.
struct EndName {
  std::string word;  // the part that says which end it is: from, dst, parent …; 1 or 2 behind the name of an id
  bool is_target = false;
  int form = 0;  // 1 for an id, 0 for the word alone, -1 for a name or an index
};
std::optional<EndName> end_named(std::string_view name);

struct EndColumns {
  std::size_t source = 0, target = 1;
  bool known = false;  // does a pair of known names say so?
};

/// The columns from `first` on that are the ends: the pair of known names that tells it best, as source,target before
/// from,to, and both names of one kind before from,dst. A known name stands for its own end beside one that isn't
/// known. Without known names, two numbered ones such as person1,person2 or the first two, where no id of the edge and
/// no count of the rows stands. Throws FileError at two pairs that are as good, and where a known name has no partner.
EndColumns end_columns(TextTable& table, const Fields& header, std::size_t first);

/// Do the names tell two kinds of things, as user_id,item_id, whose numbers count each kind for itself? Not so
/// user_id,friend_id or home_team_id,away_team_id.
bool name_two_kinds(std::string_view source, std::string_view target);

}  // namespace mercer
