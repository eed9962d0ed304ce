#pragma once

#include <string>
#include <vector>

namespace mercer::program {

/// The shares of one head's attention. NaN: unknown.
struct ShareBar {
  std::string label{};
  double similarity = 0, magnitude = 0, near_uniform = 0;
};

/// For each head two bars, the shares of similarity and magnitude, and the share of nearly uniform rows.
std::string share_svg(const std::string& title, const std::vector<ShareBar>& bars,
                      const std::vector<std::string>& notes);

}  // namespace mercer::program
