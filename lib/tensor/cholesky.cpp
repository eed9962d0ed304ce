#include "tensor/cholesky.hpp"

#include "tensor/eigen.hpp"

#include <Eigen/Cholesky>

namespace mercer {

bool invert_positive_definite(ConstView a, double shift, View inverse) {
  Eigen::MatrixXd shifted = as_eigen(a).cast<double>();
  shifted.diagonal().array() += shift;
  const Eigen::LLT<Eigen::MatrixXd> factors(shifted);
  if (factors.info() != Eigen::Success) return false;
  const Eigen::MatrixXd inverted = factors.solve(Eigen::MatrixXd::Identity(a.rows, a.rows));
  if (!inverted.allFinite()) return false;  // NaN passes the test of the pivots
  as_eigen(inverse) = inverted.cast<Real>();
  return true;
}

}  // namespace mercer
