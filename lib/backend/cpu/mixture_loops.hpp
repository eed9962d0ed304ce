#pragma once

#include "backend/cpu/kernel_loops.hpp"

namespace mercer::cpu {

/// The loops of the spectral mixture. A tile's t holds two planes of [edges, h, components]: exponents and phases on
/// the way to κ, then p_c cos δ_c and −p_c sin δ_c, which are ∂κ/∂exponent and ∂κ/∂phase. Swapping the ends of an
/// edge turns the sign of the second alone, and so does ∂phase/∂near: one slope serves both ends.
KernelLoops mixture_loops(const SpectralMixture& kernel);

}  // namespace mercer::cpu
