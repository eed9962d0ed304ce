#include "mercer/data/dataset.hpp"

#include "mercer/base/check.hpp"

namespace mercer {

Index Dataset::feature_count() const {
  return std::visit([](const auto& x) { return x.columns(); }, features);
}

void require_graph(const char* op, const Dataset& data) {
  require(!data.has_items(), op, data.name + ": got a set of sequences, want a graph");
}

}  // namespace mercer
