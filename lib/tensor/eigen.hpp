#pragma once

// the library splits the work among threads itself; threads inside Eigen would change the order of sums
#ifndef EIGEN_DONT_PARALLELIZE
#define EIGEN_DONT_PARALLELIZE
#endif
#include <Eigen/Core>

#include "mercer/tensor/view.hpp"

namespace mercer {

using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<Matrix> as_eigen(View x) { return {x.data, x.rows, x.columns}; }
inline Eigen::Map<const Matrix> as_eigen(ConstView x) { return {x.data, x.rows, x.columns}; }

}  // namespace mercer
