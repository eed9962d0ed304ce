#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

Input::Input(std::shared_ptr<const SparseMatrix> sparse) : held_(std::move(sparse)) {
  require(std::get<1>(held_) != nullptr, "Input", "got a null pointer, want features");
}

}  // namespace mercer
