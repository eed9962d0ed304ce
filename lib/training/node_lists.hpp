#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/training/node_classification.hpp"

namespace mercer {

struct NodeList {
  const char* name;
  Rows nodes;
};

/// Throws ValueError, with the list's name, for a node that is none of 0 … count − 1.
inline void expect_nodes(const char* op, Index count, std::initializer_list<NodeList> lists) {
  for (const auto& [name, nodes] : lists)
    for (const Node i : nodes)
      if (i < 0 || i >= count)
        throw ValueError("[" + std::string(op) + "] " + name + ": got node " + std::to_string(i) +
                         ", want nodes below " + std::to_string(count) + ", the number of nodes");
}

/// The function `predict`, which throws ShapeError unless it gives a row for each node.
inline std::function<Prediction(Pass&)> with_rows_checked(const char* op, Index count,
                                                          std::function<Prediction(Pass&)> predict) {
  return [op, count, predict = std::move(predict)](Pass& pass) {
    Prediction made = predict(pass);
    expect(op, {{"rows of the prediction (one a node)", made.logits.rows(), count}});
    return made;
  };
}

}  // namespace mercer
