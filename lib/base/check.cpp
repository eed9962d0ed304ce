#include "mercer/base/check.hpp"

#include <string_view>

namespace mercer {

void expect(const char* op, std::initializer_list<Extent> extents, const char* file, int line) {
  for (const auto& [name, got, want] : extents) {
    if (got == want) continue;
    const std::string_view path = file;
    const std::string_view base = path.substr(path.find_last_of('/') + 1);
    throw ShapeError("[" + std::string(op) + "] " + name + ": got " + std::to_string(got) + ", want " +
                     std::to_string(want) + " (" + std::string(base) + ":" + std::to_string(line) + ")");
  }
}

void require(bool holds, const char* op, const std::string& message) {
  if (!holds) throw ValueError("[" + std::string(op) + "] " + message);
}

void expect_at_least_one(const char* op, const char* name, std::int64_t got) {
  require(got >= 1, op, std::string(name) + ": got " + std::to_string(got) + ", want at least 1");
}

}  // namespace mercer
