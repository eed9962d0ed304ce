#pragma once

#include <string_view>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// The columns that "random-walk:K" or "laplacian:K" adds, K. Throws ValueError for another text.
Index encoding_columns(std::string_view encoding);

/// The data with the encoding of each node beside its features: the probabilities that a random walk from it is back
/// after 1 … K steps (return_probabilities), or its entries in the K first nontrivial eigenvectors of the Laplacian
/// (laplacian_eigenvectors), on the symmetrised graph without loops. Sparse features stay sparse.
Dataset with_encoding(Dataset data, std::string_view encoding);

}  // namespace mercer
