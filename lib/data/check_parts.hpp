#pragma once

#include <filesystem>
#include <string>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Throws FileError "FILE: PLACE: node I stands in more than one of train, validation and test" where one does.
void check_parts(const Split& split, Index nodes, const std::filesystem::path& file, const std::string& place);

/// Throws FileError: the training nodes lack beside those of another part, which a drawn split would train on.
[[noreturn]] void refuse_no_train(const std::filesystem::path& file, const std::string& kind, const std::string& train,
                                  const std::string& part);

}  // namespace mercer
