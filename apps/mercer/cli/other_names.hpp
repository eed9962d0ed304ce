#pragma once

#include <string>
#include <vector>

namespace mercer::program {

/// What an option of another tool is called here, `--lr` → `--learning-rate`, `--gpu` → `--device cuda`; empty when the
/// word is not known, or `options` lack the answer.
std::string option_for(const std::string& word, const std::vector<std::string>& options);

/// The same of a command: `test` → `mercer evaluate`; empty when the word is not known.
std::string command_for(const std::string& word);

}  // namespace mercer::program
