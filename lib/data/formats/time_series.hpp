#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Multivariate time series of the UEA and UCR archives: NAME_TRAIN.ts and NAME_TEST.ts are one set with a split; any
/// other NAME.ts, also a NAME_TEST.ts by its own path, is a set without one. Lines that begin with # are comments.
///   @key value …                         the header; read are timeStamps, dimensions, equalLength, classLabel,
///                                        targetLabel
///   @data
///   1,2,3:4,5,6:LABEL                    a sequence: its dimensions, then its label where the header says so
/// Position t of a sequence is a row of features, one for each dimension. Lengths may differ between sequences, not
/// between the dimensions of one. A missing value (? or NaN) is the one before it in its dimension, else the next, else
/// 0; a note counts them. Classes have the order of the header. With targetLabel the label is a real number. The label
/// ? is none. Throws FileError.
Dataset read_time_series(const std::filesystem::path& path);

}  // namespace mercer
