#include "cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "cli/streams.hpp"
#include "mercer/base/printable.hpp"

namespace mercer::program {

namespace {

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string bar(double share) {
  constexpr int width = 16;
  const int full = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width));
  return "[" + std::string(static_cast<std::size_t>(full), '=') +
         std::string(static_cast<std::size_t>(width - full), ' ') + "]";
}

std::string in_words(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(seconds, 0.0)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string progress_text(const Standing& now, double seconds_left) {
  const double done = now.epochs_expected > 0 ? static_cast<double>(now.epoch) / now.epochs_expected : 0;
  std::string text = bar((now.seed + std::min(done, 1.0)) / std::max(now.seeds, 1));
  if (now.seeds > 1) text += fmt::format(" seed {}/{}", now.seed + 1, now.seeds);
  text += fmt::format(" epoch {}  loss {:.4f}", now.epoch, now.loss);
  if (!now.is_share)
    text += fmt::format("  validation {:.4f} (best {:.4f})", now.validation, now.best);
  else if (now.validation >= 0)
    text += fmt::format("  validation {:.1f} % (best {:.1f} %)", 100 * now.validation, 100 * now.best);
  return text + fmt::format("  about {} left", in_words(seconds_left));
}

StatusLine::StatusLine(bool wanted) : active_(wanted && ::isatty(STDERR_FILENO) == 1) {}

bool StatusLine::is_due() const {
  return active_ && !(shown_ && Clock::now() - last_ < std::chrono::milliseconds(100));
}

void StatusLine::show(std::string text) {
  if (!is_due()) return;
  text = printable(text);
  text.resize(std::min(text.size(), terminal_width() - 1));
  write_error("\r" + text + "\x1b[K");
  shown_ = true;
  last_ = Clock::now();
}

void StatusLine::clear() {
  if (!shown_) return;
  write_error("\r\x1b[K");
  shown_ = false;
}

double StatusLine::seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

void Progress::show(const Standing& now) {
  ++epochs_seen_;
  if (!line_.is_due()) return;
  const int left = std::max(now.epochs_expected - now.epoch, 0) + (now.seeds - now.seed - 1) * now.epochs_expected;
  line_.show(progress_text(now, line_.seconds() / static_cast<double>(epochs_seen_) * left));
}

}  // namespace mercer::program
