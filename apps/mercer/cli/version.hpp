#pragma once

namespace mercer::program {

/// The version of the project, "0.2.0".
inline constexpr const char* version() { return MERCER_PROGRAM_VERSION; }

/// The compiler that built the program.
inline constexpr const char* compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace mercer::program
