#pragma once

#include <cstddef>

namespace mercer {

/// Takes bytes from the thread's MemoryLimit, if there is one. Throws std::bad_alloc.
void take_from_limit(std::size_t bytes);

}  // namespace mercer
