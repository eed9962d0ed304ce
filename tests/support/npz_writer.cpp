#include "support/npz_writer.hpp"

#include <zip.h>

#include <stdexcept>

namespace mercer::test {

std::string npy_with_header(const std::string& header, const std::string& items) {
  std::string text = header;
  while ((10 + text.size() + 1) % 64 != 0)
    text += ' ';
  text += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(text.size() & 0xFF);
  bytes += static_cast<char>(text.size() >> 8);
  return bytes + text + items;
}

std::string npy(const std::string& dtype, const std::string& shape, const std::string& items, bool fortran) {
  return npy_with_header(
      "{'descr': '" + dtype + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }",
      items);
}

void write_zip(const std::filesystem::path& file, const Members& members, bool deflate) {
  int code = 0;
  zip_t* zip = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (zip == nullptr) throw std::runtime_error("can't make " + file.string());
  for (const auto& [name, bytes] : members) {
    zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    const zip_int64_t entry = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (entry < 0) throw std::runtime_error("can't add " + name);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(entry), deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  if (zip_close(zip) != 0) throw std::runtime_error("can't write " + file.string());
}

}  // namespace mercer::test
