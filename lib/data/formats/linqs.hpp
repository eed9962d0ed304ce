#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// True when NAME.content or NAME.content.gz exists; the path is that file, NAME.cites or NAME.
bool is_linqs(const std::filesystem::path& path);

/// LINQS text, plain or gzip (Sen et al., Collective Classification in Network Data, AI Magazine 29, 2008):
///   NAME.content   `ID WORD … WORD CLASS`, a line for each paper; words are numbers; blanks, tabs or commas between
///   NAME.cites     `CITED CITING`, a line for each citation
/// An edge goes from the citing paper to the cited one: the graph is directed, as stored. Classes are numbered in the
/// order of their names. Citations of papers without content are left out, with a note. Throws FileError.
Dataset read_linqs(const std::filesystem::path& path);

}  // namespace mercer
