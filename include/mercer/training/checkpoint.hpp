#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "mercer/autograd/variable.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

/// Saves the parameters by name, with `metadata`, as a safetensors file (tensor_file.hpp).
/// The file is written completely or not at all. Throws FileError, and ValueError when two parameters share a name.
void save_parameters(const std::filesystem::path& path, const Parameters& parameters,
                     const std::map<std::string, std::string>& metadata = {});

/// Sets the parameters from a file; returns its metadata. Throws FileError, and changes nothing, when the file
/// doesn't hold exactly these names and shapes: the message lists what is missing, not expected, or of another shape.
std::map<std::string, std::string> load_parameters(const std::filesystem::path& path, const Parameters& parameters);

/// The same from a file that is loaded already; `source` names it in messages. Throws FileError.
void set_parameters(const Parameters& parameters, const TensorFile& file, const std::string& source);

}  // namespace mercer
