#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mercer/experiment/prepare.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

/// What an example was in a training: in one of the split's parts or in none of them, or it had no label.
enum class SplitPart : std::uint8_t { none, train, validation, test, unlabelled };

/// Of each example, by its number in the source; those beyond the end are in no part.
using SplitParts = std::vector<SplitPart>;

SplitParts parts_of(const Prepared& prepared, const Split& split);

/// How many of these examples of the prepared data were in that part.
Index count_in(const SplitParts& parts, SplitPart part, const Prepared& prepared, const std::vector<Node>& examples);

/// Is every example in the same part?
bool same_parts(const SplitParts& a, const SplitParts& b);

/// The split of these examples, as far as they have a label now; those that had none then are test examples.
Split split_of(const SplitParts& parts, const std::vector<std::int32_t>& labels);

/// Says that the split is that of these parts, and which examples it has none for; `moved`: they are in another order.
std::string note_of_parts(const SplitParts& parts, const Prepared& prepared, bool moved);

/// Ten parts in each number, [1, ⌈n / 10⌉].
Tensor packed(const SplitParts& parts);
/// The inverse, but for examples of no part at the end. Throws ValueError.
SplitParts unpacked(const StoredTensor& numbers);

}  // namespace mercer
