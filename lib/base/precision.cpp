#include "mercer/base/types.hpp"

extern "C" const int mercer_is_linked_in_one_precision;  // twice: the libraries of float and of double in one program
const int mercer_is_linked_in_one_precision = 1;

namespace mercer {
inline namespace MERCER_PRECISION {
const int library_precision = sizeof(Real);
}
}  // namespace mercer
