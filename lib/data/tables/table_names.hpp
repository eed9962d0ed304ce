#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

/// The words for the parts of a split, in names of files and columns and in fields, in lower case. Those of perhaps_…
/// mean other things as well, or another part, so that what stands beside them decides.
namespace mercer::part_words {

inline constexpr std::array<std::string_view, 4> train{"train", "training", "trn", "tr"};
inline constexpr std::array<std::string_view, 5> validation{"val", "valid", "validation", "dev", "vld"};
inline constexpr std::array<std::string_view, 4> test{"test", "testing", "tst", "te"};
inline constexpr std::array<std::string_view, 1> perhaps_train{"fit"};
inline constexpr std::array<std::string_view, 5> perhaps_validation{"eval", "evaluation", "va", "stopping",
                                                                    "earlystopping"};
inline constexpr std::array<std::string_view, 2> perhaps_test{"holdout", "heldout"};

}  // namespace mercer::part_words

/// The names, without ending, of the tables that a folder of text may hold, in lower case.
namespace mercer::table_names {

using Names = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, 2> mask_forms{"*_mask", "mask_*"};
inline constexpr std::array<std::string_view, 5> list_forms{"*", "*_idx", "*_index", "*_nodes", "idx_*"};

/// The forms with each word in the place of their *.
template <const auto& forms, const auto& words>
struct Stems {
  static constexpr std::size_t longest = 24, count = forms.size() * words.size();
  static constexpr auto letters = [] {
    std::array<std::array<char, longest>, count> stems{};
    for (std::size_t n = 0; n < count; ++n) {
      const std::string_view form = forms[n / words.size()];
      char* end = stems[n].data();
      for (const std::string_view piece :
           {form.substr(0, form.find('*')), words[n % words.size()], form.substr(form.find('*') + 1)})
        end = std::ranges::copy(piece, end).out;
    }
    return stems;
  }();
  static constexpr auto names = [] {
    std::array<std::string_view, count> stems{};
    for (std::size_t n = 0; n < count; ++n)
      stems[n] = letters[n].data();
    return stems;
  }();
};

inline constexpr std::string_view edges[]{"edges", "edge", "edgelist", "edge_list"};
inline constexpr std::string_view svmlight[]{"features"};
inline constexpr std::string_view features[]{"features", "feature", "node_features", "node_feat"};
inline constexpr std::string_view feature_names[]{"feature_names"};
inline constexpr std::string_view nodes[]{"nodes", "node", "node_names"};
inline constexpr std::string_view labels[]{"labels", "label", "classes", "node_labels", "targets", "target"};
inline constexpr std::string_view split[]{"split", "splits", "split_masks"};
inline constexpr std::string_view graphland_splits[]{"split_masks_rl", "split_masks_rh", "split_masks_th"};
inline constexpr Names train_mask = Stems<mask_forms, part_words::train>::names;
inline constexpr Names validation_mask = Stems<mask_forms, part_words::validation>::names;
inline constexpr Names test_mask = Stems<mask_forms, part_words::test>::names;
inline constexpr Names train = Stems<list_forms, part_words::train>::names;
inline constexpr Names validation = Stems<list_forms, part_words::validation>::names;
inline constexpr Names test = Stems<list_forms, part_words::test>::names;

/// They count where the training nodes have a file of their form, and the part has none of a surer name.
inline constexpr Names perhaps_validation_mask = Stems<mask_forms, part_words::perhaps_validation>::names;
inline constexpr Names perhaps_test_mask = Stems<mask_forms, part_words::perhaps_test>::names;
inline constexpr Names perhaps_validation = Stems<list_forms, part_words::perhaps_validation>::names;
inline constexpr Names perhaps_test = Stems<list_forms, part_words::perhaps_test>::names;

inline constexpr Names all[]{edges,     svmlight, features,         feature_names, nodes,
                             labels,    split,    graphland_splits, train_mask,    validation_mask,
                             test_mask, train,    validation,       test};

}  // namespace mercer::table_names
