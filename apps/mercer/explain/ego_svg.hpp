#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mercer::program {

/// A drawn node.
struct EgoNode {
  std::string label{};
  int kind = -1;              // its class; −1: unknown
  double alpha = 0;           // attention weight of the centre to it
  std::string says{};         // a second line, smaller: its factors
  std::string title{};        // on hover
  bool itself = false;        // the centre's loop
  std::vector<int> beyond{};  // classes of its neighbours, drawn faint behind it
};

/// A node and its neighbours.
struct EgoGraph {
  std::string title{}, subtitle{};
  EgoNode centre{};
  std::vector<EgoNode> neighbours{};
  int others = 0;           // neighbours not drawn,
  double others_alpha = 0;  // with this sum of α
  std::vector<std::string> class_names{};
  std::vector<std::string> notes{};  // below the picture
};

/// The drawing as an SVG file: the node in the centre, edges as wide as α, colours by class with a legend.
std::string ego_svg(const EgoGraph& graph);

}  // namespace mercer::program
