#include "backend/cuda/attend/attend_look.cuh"

namespace mercer::cuda {

void attend_weights(const EdgeTerms& terms, const EdgeList& adjacency, ConstView state, View alpha) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->attend_weights(terms, adjacency, state, alpha);
  else
    attend_weights_of<Catalogue>(terms, adjacency, state, alpha);
}

void edge_factors(const EdgeTerms& terms, const EdgeList& adjacency, ConstView target, ConstView source,
                  View similarity, View log_magnitude) {
  if (const KernelPasses* own = own_passes(terms.kernel))
    own->edge_factors(terms, adjacency, {target, source}, similarity, log_magnitude);
  else
    edge_factors_of<Catalogue>(terms, adjacency, {target, source}, similarity, log_magnitude);
}

}  // namespace mercer::cuda
