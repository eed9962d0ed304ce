#pragma once

#include <cstdint>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Defaults as Long Range Arena publishes them (Tay et al., ICLR 2021), but for the number of expressions: 96,000,
/// 2,000 and 2,000 there.
struct ListOpsOptions {
  Index train = 2000;      // expressions
  Index validation = 500;  // expressions
  Index test = 500;        // expressions
  Index shortest = 500;    // tokens; published expressions have more than 500
  Index longest = 2000;    // tokens; published expressions have less than 2000
  Index depth = 10;        // a value at this depth is a digit; the whole expression has depth 1
  Index arguments = 10;    // of an operation, at most; at least 2
  std::uint64_t seed = 0;
};

/// ListOps (Nangia and Bowman, ListOps: A Diagnostic Dataset for Latent Tree Learning, NAACL 2018 student workshop):
///   [MAX 4 [SM 2 7 ] 3 ]      value 9: the class of the sequence
/// A value is an operation with probability 1/4, above the largest depth, else a digit. Operations: MIN, MAX, MED (the
/// median, of an even number the mean of the middle two, rounded down), SM (the sum modulo 10), each equally likely, of
/// 2 to `arguments` values. A token is an operation with its bracket, a digit or ]. All expressions differ; their order
/// is drawn. The same bits on every machine. Throws ValueError for options out of range, and where too few expressions
/// have such lengths.
Dataset list_operations(const ListOpsOptions& options = {});

struct BagOptions {
  Index train = 1000;      // bags
  Index validation = 200;  // bags
  Index test = 500;        // bags
  Index size = 10;         // pictures of a bag in the mean; a bag has size / 2 to size + size / 2
  double noise = 0.1;      // the largest change of a pixel, in brightness
  std::uint64_t seed = 0;
};

/// Bags of pictures with a label each, as in multiple-instance learning on MNIST-bags (Ilse, Tomczak and Welling,
/// Attention-based Deep Multiple Instance Learning, ICML 2018): a bag of the class "with" holds at least one 9, one of
/// "without" none; both are equally likely, and the other digits, too. The digits have seven strokes whose ends and
/// width are drawn, 12 × 12 pixels of brightness 0 … 1 (± noise): a row of 144 features each. No file of MNIST is
/// needed. The same seed gives the same digits and labels on every machine, and the same pixels to rounding. Throws
/// ValueError for options out of range.
Dataset planted_bags(const BagOptions& options = {});

}  // namespace mercer
