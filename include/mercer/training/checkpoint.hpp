#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "mercer/autograd/variable.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

/// Saves the parameters and buffers of a model by name, with `metadata`, as a safetensors file (tensor_file.hpp).
/// Buffers are what a model has besides its parameters: the running statistics of norms, kept noise. They are an
/// argument of their own so that they can't be forgotten; {} where there are none.
/// The file is written completely or not at all. Throws FileError, and ValueError when two share a name.
void save_parameters(const std::filesystem::path& path, const Parameters& parameters, const Parameters& buffers,
                     const std::map<std::string, std::string>& metadata = {});

/// Sets parameters and buffers from a file; returns its metadata. Throws FileError, and changes nothing, when the file
/// doesn't hold exactly these names and shapes: the message lists what is missing, not expected, or of another shape.
std::map<std::string, std::string> load_parameters(const std::filesystem::path& path, const Parameters& parameters,
                                                   const Parameters& buffers);

/// The same from a file that is loaded already; `source` names it in messages. Throws FileError.
void set_parameters(const Parameters& parameters, const TensorFile& file, const std::string& source);

}  // namespace mercer
