#pragma once

#include <string>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::program {

/// α of one head among the positions of a sequence, or among runs of them: alpha[target * cells + source] is what the
/// positions of the run `target` give to those of the run `source` in the mean; a row sums to 1 where α does.
struct AttentionMap {
  std::string label{};
  std::vector<double> alpha{};
  std::size_t cells = 0;
};

/// The map of a head of alpha [pairs, h], in runs of equal length where the rows are more than the most cells that are
/// drawn. Positions that a row doesn't attend to have 0.
AttentionMap attention_map(std::string label, const EdgeRows& pairs, const Tensor& alpha, Index head);

/// The maps as an SVG file, four a line. Each goes from white, 0, to blue, its largest value; below 0 to orange. Rows
/// attend to columns; names of the positions stand beside the rows where there is room.
std::string map_svg(const std::string& title, const std::vector<AttentionMap>& maps,
                    const std::vector<std::string>& names, const std::vector<std::string>& notes);

}  // namespace mercer::program
