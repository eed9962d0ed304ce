#pragma once

/// Marks a function that runs on the host and inside CUDA kernels.
#if defined(__CUDACC__)
#define MERCER_HD __host__ __device__
#else
#define MERCER_HD
#endif

// Loops take vectors of eight numbers, which never leave the file that is compiled: how a processor without such
// vectors would pass them does not matter. GCC warns at the end of that file, so the pragma holds until there.
#if defined(__GNUC__) && !defined(__CUDACC__)
#pragma GCC diagnostic ignored "-Wpsabi"
#endif
