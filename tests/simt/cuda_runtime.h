#pragma once
// Stands where CUDA's own header of this name would: kernel text that includes <cuda_runtime.h> is then plain C++ that
// runs on the SIMT machine, one fiber per CUDA thread. One OS thread at a time may use it.

#define MERCER_SIMT 1

#include "simt/device/arithmetic.hpp"
#include "simt/device/atomics.hpp"
#include "simt/device/cached_access.hpp"
#include "simt/device/keywords.hpp"
#include "simt/device/vector_types.hpp"
#include "simt/device/warp.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/driver_types.hpp"
#include "simt/runtime/launch.hpp"
