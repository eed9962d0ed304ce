#pragma once

#include <vector>

#include "mercer/autograd/variable.hpp"

namespace mercer {

/// φ_ih = Σ_s [cos 2πu | sin 2πu], u = x_ih W_sh: for each head, the sum over sets of frequencies, [n, h*2M]. x [n,
/// h*d]; each W_s [h*d, M] holds the rows of the heads one below the other, in turns.
///
/// One set: ⟨φ(q), φ(k)⟩ / M = (1/M) Σ_m cos 2πw_m·(q − k), random Fourier features (Rahimi and Recht, Random Features
/// for Large-Scale Kernel Machines, NeurIPS 2007, section 3). Two sets: ⟨φ(q), φ(k)⟩ / 4M is the non-stationary kernel
/// of Yaglom's theorem. Throws ShapeError; ValueError without frequencies or heads.
Variable fourier_features(const Variable& x, const std::vector<Variable>& frequencies, Index heads);

/// The same of one set, from its turns u = x_ih W_h [n, h*M]: [cos 2πu | sin 2πu] for each head. On the CPU.
/// Throws ShapeError; ValueError without heads; DeviceError.
Variable features_of_turns(const Variable& u, Index heads);

}  // namespace mercer
