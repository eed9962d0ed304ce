#include "backend/operators.hpp"

namespace mercer::cuda {
#include "backend/tables.inc"
}  // namespace mercer::cuda
