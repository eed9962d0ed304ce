#include "mercer/data/dataset.hpp"

namespace mercer {

Index Dataset::feature_count() const {
  return std::visit([](const auto& x) { return x.columns(); }, features);
}

}  // namespace mercer
