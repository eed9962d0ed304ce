#include "simt/machine/symbol.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace simt {
namespace {

template <class T>
T read_at(const std::vector<char>& file, std::size_t offset) {
  T value{};
  if (offset + sizeof value <= file.size()) std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

// Mangled names of the functions of a file, by address relative to where it is loaded.
using Functions = std::unordered_map<std::uintptr_t, std::string>;

Functions functions_in_table(const std::vector<char>& file, const Elf64_Shdr& table, const Elf64_Shdr& names) {
  Functions functions;
  for (std::size_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
    const auto symbol = read_at<Elf64_Sym>(file, table.sh_offset + at);
    const std::size_t name = names.sh_offset + symbol.st_name;
    if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && name < file.size())
      functions.emplace(symbol.st_value, file.data() + name);
  }
  return functions;
}

std::vector<char> contents_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  std::vector<char> file(stream ? static_cast<std::size_t>(stream.tellg()) : 0);
  stream.seekg(0).read(file.data(), static_cast<std::streamsize>(file.size()));
  return file;
}

Functions functions_of(const std::string& path) {
  const std::vector<char> file = contents_of(path);
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  for (unsigned s = 0; s < header.e_shnum; ++s) {
    const auto table = read_at<Elf64_Shdr>(file, header.e_shoff + s * sizeof(Elf64_Shdr));
    if (table.sh_type != SHT_SYMTAB) continue;
    const auto names = read_at<Elf64_Shdr>(file, header.e_shoff + table.sh_link * sizeof(Elf64_Shdr));
    return functions_in_table(file, table, names);
  }
  return {};
}

// Programs are large: each file is read once.
std::string find_in_file(const std::string& path, std::uintptr_t address) {
  static std::map<std::string, Functions> known;
  auto at = known.find(path);
  if (at == known.end()) at = known.emplace(path, functions_of(path)).first;
  const auto found = at->second.find(address);
  return found == at->second.end() ? std::string() : found->second;
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
