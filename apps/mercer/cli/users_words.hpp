#pragma once

#include <string>

namespace mercer::program {

/// A message of the library in the program's words: "[build_model] gcn has …", which names a function, is
/// "gcn has …", and "[loops] karate …", which names an option, is "--loops: karate …"; also behind a colon.
std::string in_users_words(const std::string& message);

}  // namespace mercer::program
