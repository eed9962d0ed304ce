#pragma once
#include <string>

namespace simt {

/// The function's name without return type and parameters, template arguments kept; "?" when the binary has no symbols.
/// Looks into the ELF symbol table, for kernels in unnamed namespaces are not exported.
const std::string& symbol_name(const void* function);

/// The identifier alone: no namespaces, no template arguments.
std::string plain_name(const std::string& symbol);

}  // namespace simt
