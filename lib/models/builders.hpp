#pragma once

#include <string>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/models/build.hpp"

namespace mercer {

/// One named model: what it is, which options it has, how it is made of them. `build` notes its defaults in the
/// options that were absent.
struct Builder {
  std::string name;
  std::string description;
  std::vector<std::string> options;
  Model (*build)(ModelOptions&, Index features, Index classes, Random&);
  Neighbourhood (*neighbourhood)(const ModelOptions&, const Csr&) = nullptr;  // absent: the graph itself
};

/// Attentions whose kernels learn something, or attend to more than the graph.
void append_kernel_builders(std::vector<Builder>& to);
/// Attentions whose kernel is an inner product of features.
void append_spectral_builders(std::vector<Builder>& to);

/// The one list of all named models.
const std::vector<Builder>& builders();

}  // namespace mercer
