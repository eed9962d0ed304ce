#include "data/files/gunzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

constexpr std::size_t least_limit = std::size_t{1} << 20, most_growth = 256, piece = std::size_t{1} << 18;

/// Owns zlib's state and feeds it the bytes piece by piece.
class Inflater {
 public:
  explicit Inflater(std::string_view bytes) : left_(bytes), buffer_(piece, '\0') {
    if (inflateInit2(&state_, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: with gzip's header and checksum
  }
  ~Inflater() { inflateEnd(&state_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends the next piece of output; returns zlib's status.
  int inflate_onto(std::string& content) {
    if (state_.avail_in == 0) {
      const std::string_view next = left_.substr(0, piece);
      left_.remove_prefix(next.size());
      state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(next.data()));  // zlib only reads it
      state_.avail_in = static_cast<uInt>(next.size());
    }
    state_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    state_.avail_out = static_cast<uInt>(piece);
    const int status = inflate(&state_, Z_NO_FLUSH);
    content.append(buffer_, 0, piece - state_.avail_out);
    return status;
  }
  void begin_member() { inflateReset(&state_); }

  std::size_t left() const { return left_.size() + state_.avail_in; }
  const char* complaint() const { return state_.msg == nullptr ? "unknown cause" : state_.msg; }

 private:
  std::string_view left_;
  std::string buffer_;
  z_stream state_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string gunzip(const std::filesystem::path& file, std::string_view bytes) {
  const std::size_t limit = std::max(least_limit, most_growth * bytes.size());
  std::string content;
  Inflater inflater(bytes);
  for (;;) {
    const int status = inflater.inflate_onto(content);
    if (content.size() > limit)
      refuse_file(file, "",
                  "grows beyond " + std::to_string(limit) + " bytes when inflated, want at most " +
                      std::to_string(most_growth) + " times its size");
    const std::string place = "byte " + std::to_string(bytes.size() - inflater.left());
    if (status == Z_BUF_ERROR) refuse_file(file, place, "the gzip stream ends early");  // nothing in, nothing out
    if (status != Z_OK && status != Z_STREAM_END)
      refuse_file(file, place, std::string("damaged gzip stream: ") + inflater.complaint());
    if (status == Z_OK) continue;
    if (inflater.left() == 0) return content;
    inflater.begin_member();
  }
}

}  // namespace mercer
