#include "mercer/models/neighbourhoods.hpp"

#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

Neighbourhoods::Neighbourhoods(std::vector<Neighbourhood> layers) : each_(std::move(layers)), is_list_(true) {
  require(!each_.empty(), "Neighbourhoods", "layers: got none, want one for each layer of the model");
  for (std::size_t l = 1; l < each_.size(); ++l)
    if (each_[l].columns() != each_[l - 1].rows())
      throw ShapeError("[Neighbourhoods] sources of layer " + std::to_string(l + 1) + ": got " +
                       std::to_string(each_[l].columns()) + ", want the " + std::to_string(each_[l - 1].rows()) +
                       " targets of the layer before: the list begins with the outermost");
}

void Neighbourhoods::expect_layers(const char* op, Index layers) const {
  require(!is_list_ || std::ssize(each_) == layers, op,
          "neighbourhoods: got a list of " + std::to_string(each_.size()) + ", want " + std::to_string(layers) +
              ", one for each layer");
}

Neighbourhoods::operator const Neighbourhood&() const {
  require(
      !is_list_, "Neighbourhoods",
      "got a list of " + std::to_string(each_.size()) + ", one for each layer; this model takes one for all of them");
  return each_.front();
}

}  // namespace mercer
