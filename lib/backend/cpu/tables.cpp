#include "backend/operators.hpp"

namespace mercer::cpu {
#include "backend/tables.inc"
}  // namespace mercer::cpu
