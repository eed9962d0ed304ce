#pragma once

/// Marks what runs on the host and inside a CUDA kernel alike.
#if defined(__CUDACC__)
#define MERCER_HD __host__ __device__
#else
#define MERCER_HD
#endif
