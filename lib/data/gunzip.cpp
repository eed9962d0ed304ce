#include "data/gunzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "data/read_file.hpp"

namespace mercer {
namespace {

constexpr std::size_t least_limit = std::size_t{1} << 20, most_growth = 256, piece = std::size_t{1} << 18;

/// zlib's state, for as long as it is needed.
class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&state_, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: with gzip's header and checksum
  }
  ~Inflater() { inflateEnd(&state_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream* operator->() { return &state_; }
  int inflate_more() { return inflate(&state_, Z_NO_FLUSH); }
  void begin_member() { inflateReset(&state_); }

 private:
  z_stream state_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string gunzip(const std::filesystem::path& file, std::string_view bytes) {
  const std::size_t limit = std::max(least_limit, most_growth * bytes.size());
  std::string content;
  std::string buffer(piece, '\0');
  Inflater inflater;
  std::size_t taken = 0;
  const auto place = [&] { return "byte " + std::to_string(taken - inflater->avail_in); };
  for (;;) {
    if (inflater->avail_in == 0) {
      const std::size_t more = std::min(bytes.size() - taken, piece);
      // zlib reads only, but its field is not const
      inflater->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
      inflater->avail_in = static_cast<uInt>(more);
      taken += more;
    }
    inflater->next_out = reinterpret_cast<Bytef*>(buffer.data());
    inflater->avail_out = static_cast<uInt>(piece);
    const int status = inflater.inflate_more();
    content.append(buffer, 0, piece - inflater->avail_out);
    if (content.size() > limit)
      refuse_file(file, "",
                  "grows beyond " + std::to_string(limit) + " bytes when inflated, want at most " +
                      std::to_string(most_growth) + " times its size");
    const bool at_end = taken == bytes.size() && inflater->avail_in == 0;
    if (status == Z_STREAM_END) {
      if (at_end) return content;
      inflater.begin_member();
    } else if (status == Z_BUF_ERROR || (status == Z_OK && at_end && inflater->avail_out > 0)) {
      refuse_file(file, place(), "the gzip stream ends early");
    } else if (status != Z_OK) {
      refuse_file(file, place(),
                  std::string("damaged gzip stream: ") + (inflater->msg ? inflater->msg : "unknown cause"));
    }
  }
}

}  // namespace mercer
