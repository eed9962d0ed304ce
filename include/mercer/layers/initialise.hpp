#pragma once

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"

/// First values of parameters: variables that want a gradient.
namespace mercer {

/// The numbers of inputs and outputs of a weight.
struct Fans {
  Index in = 0;
  Index out = 0;
};

/// U(−b, b), b = √(6 / (fans.in + fans.out))
/// (Glorot and Bengio, Understanding the difficulty of training deep feedforward networks, AISTATS 2010, equation 16).
Variable glorot_uniform(Index rows, Index columns, Fans fans, Random& random);
Variable glorot_uniform(Index rows, Index columns, Random& random);  // fans of x W: rows in, columns out

/// U(−b, b), b = √(6 / ((1 + slope²) fan_in)), which keeps the variance through a leaky ReLU of that slope (He, Zhang,
/// Ren, Sun, Delving Deep into Rectifiers, ICCV 2015, equation 15). Slope √5 gives b = 1/√fan_in.
Variable kaiming_uniform(Index rows, Index columns, Index fan_in, Real slope, Random& random);

/// A matrix [rows, h*d] of which each of the h heads has orthonormal columns, or orthonormal rows where it is wider
/// than long: of a random Gaussian matrix, by Gram-Schmidt.
Variable orthogonal_heads(Index rows, Index heads, Index width, Random& random);

Variable zeros(Index rows, Index columns);

}  // namespace mercer
