#pragma once

/// The version of these headers. Before 1.0 a new minor version may change the interface.
#define MERCER_VERSION_MAJOR 0
#define MERCER_VERSION_MINOR 2
#define MERCER_VERSION_PATCH 0

/// The version as a number, 200 for 0.2.0: `#if MERCER_VERSION >= 200`
#define MERCER_VERSION (MERCER_VERSION_MAJOR * 10000 + MERCER_VERSION_MINOR * 100 + MERCER_VERSION_PATCH)

#define MERCER_VERSION_TEXT_OF(major, minor, patch) #major "." #minor "." #patch
#define MERCER_VERSION_TEXT(major, minor, patch) MERCER_VERSION_TEXT_OF(major, minor, patch)
/// "0.2.0"
#define MERCER_VERSION_STRING MERCER_VERSION_TEXT(MERCER_VERSION_MAJOR, MERCER_VERSION_MINOR, MERCER_VERSION_PATCH)
