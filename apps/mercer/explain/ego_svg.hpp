#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mercer::program {

/// A node as it is drawn.
struct EgoNode {
  std::string label{};
  int kind = -1;              // its class; −1: none known
  double alpha = 0;           // how much the centre attends to it
  std::string says{};         // a second line, smaller
  std::string title{};        // on hover
  bool itself = false;        // the centre, listening to itself
  std::vector<int> beyond{};  // classes of the nodes it attends to, drawn faint behind it
};

/// A node and whom it attends to.
struct EgoGraph {
  std::string title{}, subtitle{};
  EgoNode centre{};
  std::vector<EgoNode> neighbours{};
  int others = 0;           // not drawn one by one,
  double others_alpha = 0;  // with this α in all
  std::vector<std::string> class_names{};
  std::vector<std::string> notes{};  // beneath
};

/// The drawing as a file of its own: the centre in the middle, edges as wide as α, colours by class with a legend.
std::string ego_svg(const EgoGraph& graph);

}  // namespace mercer::program
