#pragma once

/// Marks a function that runs on the host and inside CUDA kernels.
#if defined(__CUDACC__)
#define MERCER_HD __host__ __device__
#else
#define MERCER_HD
#endif
