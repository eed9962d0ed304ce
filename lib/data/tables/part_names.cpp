#include "data/tables/part_names.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "data/tables/table_names.hpp"

namespace mercer {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_part(std::string_view word) {
  const PartWord part = part_named(word);
  return !is_missing(word) && (part == PartWord::train || part == PartWord::validation || part == PartWord::test);
}

/// trainmask as train and mask; other words as they are.
void add_unglued(const std::string& word, std::vector<std::string>& words) {
  for (const std::string_view mark : {"mask", "masks", "idx", "index", "set", "split", "flag", "is"}) {
    if (word.size() <= mark.size() || is_part(word)) continue;
    const std::string before = word.substr(0, word.size() - mark.size()), behind = word.substr(mark.size());
    const bool ends = word.ends_with(mark) && is_part(before), begins = word.starts_with(mark) && is_part(behind);
    if (!ends && !begins) continue;
    words.emplace_back(mark);
    words.push_back(ends ? before : behind);
    return;
  }
  words.push_back(word);
}

/// The words of a name in lower case: "trainMask_0" as train, mask and 0.
std::vector<std::string> words_in_name(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) add_unglued(lower_case(word), words);
    word.clear();
  };
  for (const char c : name) {
    const bool letter = is_lower(c) || is_upper(c), digit = is_digit(c);
    const char last = word.empty() ? '_' : word.back();
    const bool new_word = (is_lower(last) && is_upper(c)) || is_digit(last) != digit;
    if (!word.empty() && (new_word || (!letter && !digit))) end_word();
    if (letter || digit)
      word += c;
    else if (static_cast<unsigned char>(c) >= 0x80)
      return {};  // of another language
  }
  end_word();
  for (std::size_t w = 1; w < words.size(); ++w)  // hold_out is one word
    if (is_among(words[w - 1], {"hold", "held", "early"}) && is_part(words[w - 1] + words[w])) {
      words[w - 1] += words[w];
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(w));
    }
  return words;
}

/// Is the word of a part, as eval or fit, that of other things, too?
bool may_mean_else(std::string_view word) {
  return std::ranges::any_of(
      std::initializer_list<table_names::Names>{part_words::perhaps_train, part_words::perhaps_validation,
                                                part_words::perhaps_test},
      [&](table_names::Names words) { return std::ranges::find(words, word) != words.end(); });
}

bool is_mask_of(const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [](const std::string& word) { return word == "mask" || word == "masks"; });
}

bool is_mark(std::string_view word) {
  return is_among(word, {"mask", "masks",  "is",    "in",   "idx",    "index",      "indices", "indicator", "split",
                         "set",  "flag",   "flags", "node", "nodes",  "subset",     "part",    "partition", "fold",
                         "use",  "member", "bool",  "data", "sample", "membership", "used",    "for"});
}

/// May the name be that of the numbers of folds or parts, as cv_fold and subset?
bool names_fold(std::string_view name) {
  bool fold = false;
  for (const std::string& word : words_in_name(name)) {
    const bool own = is_among(word, {"fold", "folds", "kfold", "set", "subset", "partition"});
    if (!own && !is_among(word, {"k", "cv", "data", "split", "id", "idx", "index", "number", "num", "no", "nr"}) &&
        !is_digit(word[0]))
      return false;
    fold = fold || own;
  }
  return fold;
}

bool is_mask_role(Role role) {
  return role == Role::train_mask || role == Role::validation_mask || role == Role::test_mask;
}

const char* name_of_mask(Role role) {
  return role == Role::train_mask ? "train_mask" : role == Role::test_mask ? "test_mask" : "val_mask";
}

/// Are all fields of these columns 0 or 1, of which one at least is 1, and where they exclude each other, one at most
/// in a row?
bool hold_bits(TextTable& table, const std::vector<std::size_t>& columns, bool exclude) {
  bool bits = true, any = false;
  for (table.rewind(); bits && table.next();) {
    int ones = 0;
    for (const std::size_t c : columns) {
      const std::string_view field = c < table.row().size() ? table.row()[c] : std::string_view{};
      const std::optional<bool> value = mask_value(field);
      bits = bits && (value || is_missing(field));
      ones += value.value_or(false) ? 1 : 0;
    }
    bits = bits && (!exclude || ones <= 1);
    any = any || ones > 0;
  }
  table.rewind();
  return bits && any;
}

/// May the name be that of a mask of some part, as stop_mask or is_other, and of none that says it is no part?
bool may_be_mask_of_part(std::string_view name) {
  const std::vector<std::string> words = words_in_name(name);
  if (words.size() < 2 || (!is_mask_of(words) && words[0] != "is")) return false;
  return std::ranges::none_of(words, [](const std::string& word) {
    return is_digit(word[0]) || part_named(word) == PartWord::none ||
           is_among(word, {"unknown", "ignore", "ignored", "excluded", "missing"});
  });
}

/// Keeps of the columns `rest` those that are 1 in the labelled rows where no mask is, and 0 in the others.
void keep_rest_of(TextTable& table, const std::vector<std::size_t>& masks, std::optional<std::size_t> label,
                  std::vector<std::size_t>& rest) {
  bool any = false;
  const auto field = [&](std::size_t c) { return c < table.row().size() ? table.row()[c] : std::string_view{}; };
  for (table.rewind(); !rest.empty() && table.next();) {
    if (table.row().empty()) continue;
    const auto is_one = [&](std::size_t c) { return mask_value(field(c)) == true; };
    if (label && is_missing(field(*label))) continue;
    const bool left = std::ranges::none_of(masks, is_one);
    any = any || left;
    std::erase_if(rest, [&](std::size_t c) { return mask_value(field(c)) != left; });
  }
  table.rewind();
  if (!any) rest.clear();
}

/// Are all fields of a column words for parts, or missing, and train and another part among them?
bool holds_parts(TextTable& table, const std::vector<Fields>& first_rows, std::size_t c) {
  const auto can_be = [&](std::string_view field) { return part_in(field) != PartWord::unknown; };
  for (const Fields& row : first_rows)
    if (c >= row.size() || !can_be(row[c])) return false;
  bool parts = true, train = false, others = false;
  for (table.rewind(); parts && table.next();) {
    if (table.row().empty()) continue;
    parts = c < table.row().size() && can_be(table.row()[c]);
    if (!parts) break;
    const PartWord part = part_in(table.row()[c]);
    train = train || part == PartWord::train;
    others = others || part == PartWord::validation || part == PartWord::test;
  }
  table.rewind();
  return parts && train && others;
}

/// Lone names, as train, val and test, are masks of a split where they stand side by side, once each.
bool are_lone_masks(TextTable& table, const std::vector<std::size_t>& columns, const Fields& header) {
  if (columns.empty()) return false;
  std::vector<PartWord> parts;
  for (const std::size_t c : columns)
    parts.push_back(part_of_name(header[c])->part);
  const bool train = std::ranges::find(parts, PartWord::train) != parts.end();
  std::ranges::sort(parts);
  const bool once = std::ranges::adjacent_find(parts) == parts.end();
  const bool adjacent = columns.back() - columns.front() + 1 == columns.size();  // of a vocabulary, they are words
  return columns.size() > 1 && train && once && adjacent && hold_bits(table, columns, true);
}

/// A column that completes the masks is that of the part without one where its name says that it is a mask.
void find_rest_of_masks(TextTable& table, const Fields& header, std::vector<Role>& roles,
                        std::vector<std::string>& notes) {
  std::vector<std::size_t> known, rest;
  std::optional<std::size_t> label;
  for (std::size_t c = 0; c < header.size(); ++c) {
    const std::optional<NamedPart> named = part_of_name(header[c]);
    if (is_mask_role(roles[c]) && (!named || named->split < 0)) known.push_back(c);
    if (roles[c] == Role::label) label = c;
    if (roles[c] == Role::other) rest.push_back(c);
  }
  if (known.empty()) return;
  keep_rest_of(table, known, label, rest);
  std::vector<std::size_t> masks = rest;
  std::erase_if(masks, [&](std::size_t c) { return !may_be_mask_of_part(header[c]); });
  std::vector<Role> lacking{Role::train_mask, Role::validation_mask, Role::test_mask};
  std::erase_if(lacking,
                [&](Role role) { return std::ranges::any_of(known, [&](std::size_t c) { return roles[c] == role; }); });
  const bool one = masks.size() == 1 && lacking.size() == 1;
  for (const std::size_t c : rest) {
    const std::string alike = "column " + joined({std::string(header[c])}) +
                              " is 1 at all labelled nodes that the masks leave, and nowhere else: ";
    if (one && c == masks[0]) {
      roles[c] = lacking[0];
      notes.push_back(alike + "it is read as the " + name_of_mask(lacking[0]));
      continue;
    }
    std::string names;
    for (const Role role : lacking)
      names += (names.empty() ? "" : " or ") + std::string(name_of_mask(role));
    notes.push_back(alike + (lacking.empty() ? "where it is no feature, remove it"
                                             : "where it is a part of the split, name it " + names));
  }
}

/// The columns that are masks by their names and fields, as they are found.
class MaskColumns {
 public:
  MaskColumns(TextTable& table, const Fields& header, std::vector<Role>& roles)
      : table_(table), header_(header), roles_(roles) {}

  /// Those whose names say so, with a mark or as masks; names of a word alone are left for take_lone.
  void take_marked() {
    for (std::size_t c = 0; c < header_.size(); ++c) {
      const bool is_free = roles_[c] == Role::other;
      const std::optional<NamedPart> named = part_of_name(header_[c]);
      if (!named || (!is_free && !is_mask_role(roles_[c]))) continue;
      const bool is_lone = named->surely == NamedPart::Surely::lone;
      if (is_lone && is_free) lone_[named->split].push_back(c);
      if (!is_lone && is_free && hold_bits(table_, {c}, false)) take(c);
      if (is_mask_role(roles_[c])) marked_[named->split].push_back(c);
    }
  }

  /// Those of a word alone: beside marked ones of their split, or where they are one together.
  void take_lone() {
    for (auto& [split, columns] : lone_) {
      std::vector<std::size_t>& known = marked_[split];
      if (!known.empty())
        take_completing(known, columns);
      else if (are_one_split(columns))
        std::ranges::for_each(columns, [&](std::size_t c) { take(c); });
    }
  }

  void note(std::vector<std::string>& notes) const {
    if (!names_.empty())
      notes.push_back((names_.size() == 1 ? "column " : "columns ") + joined(names_) +
                      (names_.size() == 1 ? " is" : " are") + " read as the split" + doubtful_);
  }

 private:
  bool is_perhaps(std::size_t c) const { return part_of_name(header_[c])->perhaps; }

  void take(std::size_t c) {
    roles_[c] = part_of_name(header_[c])->role();
    names_.emplace_back(header_[c]);
    if (is_perhaps(c)) doubtful_ += ", " + joined({std::string(header_[c])}) + " as " + name_of_mask(roles_[c]);
  }

  /// Are they, or those of sure words among them, which then stay alone?
  bool are_one_split(std::vector<std::size_t>& columns) {
    if (are_lone_masks(table_, columns, header_)) return true;
    std::erase_if(columns, [&](std::size_t c) { return is_perhaps(c); });
    return are_lone_masks(table_, columns, header_);
  }

  /// Sure words first; a doubtful one only for a part without a mask, and where it shares no node with those known.
  void take_completing(std::vector<std::size_t>& known, std::vector<std::size_t>& columns) {
    std::stable_partition(columns.begin(), columns.end(), [&](std::size_t c) { return !is_perhaps(c); });
    for (const std::size_t c : columns) {
      const Role role = part_of_name(header_[c])->role();
      std::vector<std::size_t> apart{c};
      if (is_perhaps(c)) {
        if (std::ranges::any_of(known, [&](std::size_t k) { return roles_[k] == role; })) continue;
        apart.insert(apart.end(), known.begin(), known.end());
      }
      if (!hold_bits(table_, apart, true)) continue;
      take(c);
      known.push_back(c);
    }
  }

  TextTable& table_;
  const Fields& header_;
  std::vector<Role>& roles_;
  std::map<Index, std::vector<std::size_t>> lone_, marked_;  // by the number of the split
  std::vector<std::string> names_;
  std::string doubtful_;  // what doubtful words are read as
};

/// Without another split, columns of words for parts alone; their names.
std::vector<std::string> take_words(TextTable& table, const Fields& header, std::vector<Role>& roles,
                                    std::vector<std::string>& notes) {
  std::vector<std::string> names;
  const bool has_split =
      std::ranges::any_of(roles, [](Role role) { return role == Role::split || is_mask_role(role); });
  const std::vector<Fields> first_rows = table.first_rows();
  for (std::size_t c = 0; c < header.size() && !has_split; ++c) {
    const bool is_label = roles[c] == Role::label;
    if ((!is_label && roles[c] != Role::other) || !holds_parts(table, first_rows, c)) continue;
    if (is_label) {
      notes.push_back("column " + joined({std::string(header[c])}) +
                      ", the label, holds train, val and test alone: where it is the split, name it split");
      continue;
    }
    roles[c] = Role::split;
    names.emplace_back(header[c]);
  }
  return names;
}

}  // namespace

PartWord part_named(std::string_view text) {
  std::string word = lower_case(text);
  std::erase_if(word, [](char c) { return c == '-' || c == '_' || c == ' '; });  // hold-out
  const auto is_of = [&](table_names::Names words) { return std::ranges::find(words, word) != words.end(); };
  if (is_of(part_words::train) || is_of(part_words::perhaps_train)) return PartWord::train;
  if (is_of(part_words::validation) || is_of(part_words::perhaps_validation)) return PartWord::validation;
  if (is_of(part_words::test) || is_of(part_words::perhaps_test)) return PartWord::test;
  return is_missing(text) || is_among(word, {"unused", "unlabeled", "unlabelled"}) ? PartWord::none : PartWord::unknown;
}

PartWord part_in(std::string_view field) {
  const PartWord part = part_named(field);
  if (part != PartWord::unknown) return part;
  const std::optional<NamedPart> named = part_of_name(field);
  return named && named->split < 0 ? named->part : PartWord::unknown;
}

Role NamedPart::role() const {
  return part == PartWord::train ? Role::train_mask : part == PartWord::test ? Role::test_mask : Role::validation_mask;
}

std::optional<NamedPart> part_of_name(std::string_view name) {
  constexpr std::size_t longest = 40;  // of names that are no sentences
  if (name.size() > longest) return std::nullopt;
  const std::vector<std::string> words = words_in_name(name);
  NamedPart named{PartWord::unknown, NamedPart::Surely::lone};
  bool is = false, mask = false;
  std::string_view part;
  for (const std::string& word : words) {
    if (is_part(word) && part.empty()) {
      part = word;
    } else if (is_digit(word[0]) && named.split < 0 && word.size() < 6) {
      named.split = *whole_number(word);
    } else if (is_mark(word)) {
      named.surely = NamedPart::Surely::marked;
      is = is || word == "is";
      mask = mask || word.starts_with("mask");
    } else {
      return std::nullopt;
    }
  }
  if (part.empty()) return std::nullopt;
  named.part = part_named(part);
  named.perhaps = may_mean_else(part);
  if (mask || (is && words.size() == 2 && part != "valid")) named.surely = NamedPart::Surely::mask;  // valid e-mail
  if (named.perhaps) named.surely = mask ? NamedPart::Surely::marked : NamedPart::Surely::lone;
  return named;
}

bool may_be_split(std::string_view name, bool among_masks) {
  const std::optional<NamedPart> named = part_of_name(name);
  if (named && named->is_doubtful()) return among_masks;
  const std::vector<std::string> words = words_in_name(name);
  return named || names_fold(name) || (words.size() > 1 && is_mask_of(words));
}

std::optional<bool> mask_value(std::string_view text) {
  if (const auto number = whole_with_exponent(text); number == 0 || number == 1) return number == 1;
  const std::string word = lower_case(text);
  if (is_among(word, {"1", "1.0", "true", "yes", "t", "y"})) return true;
  if (is_among(word, {"0", "0.0", "false", "no", "f", "n"})) return false;
  return std::nullopt;
}

void find_split_columns(TextTable& table, const Fields& header, std::vector<Role>& roles,
                        std::vector<std::string>& notes) {
  MaskColumns masks(table, header, roles);
  masks.take_marked();
  masks.take_lone();
  const std::vector<std::string> words = take_words(table, header, roles, notes);
  masks.note(notes);
  if (!words.empty()) notes.push_back("columns of train, val and test alone are read as the split: " + joined(words));
  find_rest_of_masks(table, header, roles, notes);
}

void find_masks_of_splits(TextTable& table, const Fields& header, std::vector<Role>& roles,
                          std::vector<std::string>& notes) {
  for (std::size_t c = 0; c < header.size(); ++c) {
    const std::optional<NamedPart> named = part_of_name(header[c]);
    if (named && roles[c] != Role::id && roles[c] != Role::label) roles[c] = named->role();
  }
  find_rest_of_masks(table, header, roles, notes);
}

}  // namespace mercer
