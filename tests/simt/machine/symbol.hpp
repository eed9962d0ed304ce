#pragma once
#include <string>

namespace simt {

/// The function's name without return type and parameters, template arguments kept; "?" when the binary has no symbols.
/// Reads the ELF symbol table, since kernels in unnamed namespaces are not exported.
const std::string& symbol_name(const void* function);

/// The identifier without namespaces and template arguments.
std::string plain_name(const std::string& symbol);

}  // namespace simt
