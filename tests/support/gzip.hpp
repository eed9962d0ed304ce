#pragma once

#include <string>

namespace mercer::test {

/// The bytes as one gzip member.
std::string gzipped(const std::string& bytes);

}  // namespace mercer::test
