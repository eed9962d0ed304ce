#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "data/files/pickle.hpp"

namespace mercer {

/// The opcodes that such a pickle needs, with their names in Python's pickletools.
enum Opcode : unsigned char {
  MARK = '(',
  STOP = '.',
  BINBYTES = 'B',
  SHORT_BINBYTES = 'C',
  BINFLOAT = 'G',
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  NONE = 'N',
  BINPERSID = 'Q',
  REDUCE = 'R',
  BINSTRING = 'T',
  SHORT_BINSTRING = 'U',
  BINUNICODE = 'X',
  EMPTY_LIST = ']',
  APPEND = 'a',
  BUILD = 'b',
  GLOBAL = 'c',
  APPENDS = 'e',
  BINGET = 'h',
  LONG_BINGET = 'j',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  SETITEM = 's',
  TUPLE = 't',
  EMPTY_TUPLE = ')',
  SETITEMS = 'u',
  EMPTY_DICT = '}',
  PROTO = 0x80,
  NEWOBJ = 0x81,
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  LONG1 = 0x8A,
  SHORT_BINUNICODE = 0x8C,
  BINUNICODE8 = 0x8D,
  BINBYTES8 = 0x8E,
  EMPTY_SET = 0x8F,
  ADDITEMS = 0x90,
  FROZENSET = 0x91,
  STACK_GLOBAL = 0x93,
  MEMOIZE = 0x94,
  FRAME = 0x95,
  BYTEARRAY8 = 0x96
};

/// Reads the bytes of a pickle from begin to end. Throws FileError "FILE: byte N: …", N: where the opcode stands.
class PickleBytes {
 public:
  PickleBytes(const std::filesystem::path& file, std::string_view bytes) : file_(file), bytes_(bytes) {}

  [[noreturn]] void fail(const std::string& what) const;
  void check_protocol();  // 2 to 5
  unsigned char next_opcode();
  std::string opcode_text() const;  // in quotes
  bool at_end() const { return at_ == bytes_.size(); }

  std::uint64_t integer(std::size_t bytes);  // little-endian, unsigned
  std::string_view line();                   // without its end

  /// The value of an opcode for None, a boolean, a number, text or bytes; nothing for all others.
  std::optional<PickleValue> literal(unsigned char opcode);

 private:
  std::string_view take(std::size_t count);
  std::int64_t long_integer();
  double big_endian_float();

  const std::filesystem::path& file_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
};

}  // namespace mercer
