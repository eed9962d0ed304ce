#include "simt/machine/symbol.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <vector>

namespace simt {
namespace {

template <class T>
T read_at(const std::vector<char>& file, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= file.size()) std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

// Mangled name of the function at `address`, relative to where the file is loaded.
std::string find_in_table(const std::vector<char>& file, const Elf64_Shdr& table, const Elf64_Shdr& names,
                          std::uintptr_t address) {
  for (std::size_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
    const auto symbol = read_at<Elf64_Sym>(file, table.sh_offset + at);
    const std::size_t name = names.sh_offset + symbol.st_name;
    if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value == address && name < file.size()) {
      return file.data() + name;
    }
  }
  return {};
}

std::string find_in_file(const char* path, std::uintptr_t address) {
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> file(std::istreambuf_iterator<char>(stream), {});
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  for (unsigned s = 0; s < header.e_shnum; ++s) {
    const auto table = read_at<Elf64_Shdr>(file, header.e_shoff + s * sizeof(Elf64_Shdr));
    if (table.sh_type != SHT_SYMTAB) continue;
    const auto names = read_at<Elf64_Shdr>(file, header.e_shoff + table.sh_link * sizeof(Elf64_Shdr));
    return find_in_table(file, table, names, address);
  }
  return {};
}

std::string demangle(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? text.get() : mangled;
}

// "void space::kernel<4, Dot>(int, float*)" becomes "space::kernel<4, Dot>"
std::string strip_signature(std::string text) {
  int depth = 0;
  for (std::size_t n = text.size(); n-- > 0;) {  // the parameters are the last parentheses
    depth += text[n] == ')' ? 1 : text[n] == '(' ? -1 : 0;
    if (text[n] == '(' && depth == 0) {
      text.resize(n);
      break;
    }
  }
  return text.starts_with("void ") ? text.substr(5) : text;
}

}  // namespace

const std::string& symbol_name(const void* function) {
  static std::map<const void*, std::string> known;
  std::string& name = known[function];
  if (!name.empty()) return name;
  Dl_info info{};
  if (dladdr(function, &info) != 0) {
    const auto base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    const char* path = std::strchr(info.dli_fname, '/') != nullptr ? info.dli_fname : "/proc/self/exe";
    name = strip_signature(demangle(find_in_file(path, reinterpret_cast<std::uintptr_t>(function) - base)));
  }
  if (name.empty()) name = "?";
  return name;
}

std::string plain_name(const std::string& symbol) {
  std::string name;
  int depth = 0;
  for (const char c : symbol) {
    depth += c == '<' || c == '(' ? 1 : c == '>' || c == ')' ? -1 : 0;
    if (depth == 0 && c == ':') {
      name.clear();
    } else if (depth == 0 && c != '>' && c != ')') {
      name += c;
    }
  }
  return name;
}

}  // namespace simt
