#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// What a label of −1 means.
enum class MinusOne { no_label, a_class };

/// Sets labels and class_names: the one check of labels of text. Classes are numbered in ascending order: integers by
/// value, then other names; 1.0 is the class 1. A missing value (is_missing) is no label; spellings other than an empty
/// text and - are counted in a note. Throws FileError, with the way out, when labels are real numbers or lists of
/// several, or when nearly every node has a class of its own.
void set_labels(const std::filesystem::path& file, std::span<const std::string_view> texts, Dataset& data,
                MinusOne minus_one = MinusOne::no_label);

/// The same of an array of numbers, [nodes] or [nodes, 1]: classes 0, 1, …; a number below 0 or NaN is no label. Throws
/// FileError on real numbers and on another shape.
void set_labels(const NpyArray& array, Index nodes, Dataset& data);

}  // namespace mercer
