#include "mercer/base/whole_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/folder_lock.hpp"
#include "mercer/base/read_whole.hpp"
#include "support/files.hpp"

using namespace mercer;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a file is written whole, and replaces the one before") {
  const test::TempFolder folder;
  write_whole(folder / "a.txt", "one");
  CHECK(test::bytes_of(folder / "a.txt") == "one");
  write_whole(folder / "a.txt", std::string("t\0wo", 4));
  CHECK(test::bytes_of(folder / "a.txt") == std::string("t\0wo", 4));
  write_whole(folder / "a.txt", "");
  CHECK(test::bytes_of(folder / "a.txt").empty());
  CHECK(files_in(folder.path()) == 1);
  fs::permissions(folder / "a.txt", fs::perms::owner_read | fs::perms::owner_write);
  write_whole(folder / "a.txt", "private");
  CHECK((fs::status(folder / "a.txt").permissions() & fs::perms::others_read) == fs::perms::none);
}

TEST_CASE("a file that can't be finished is left as it was") {
  const test::TempFolder folder;
  write_whole(folder / "a.txt", "before");
  CHECK_THROWS_AS(write_whole(folder / "a.txt",
                              [](const Write& write) {
                                write(std::as_bytes(std::span("half")));
                                throw std::runtime_error("no more");
                              }),
                  std::runtime_error);
  CHECK(test::bytes_of(folder / "a.txt") == "before");
  CHECK(files_in(folder.path()) == 1);
  CHECK_THROWS_AS(write_whole(folder / "no-folder/a.txt", "x"), FileError);
  CHECK_THROWS_WITH_AS(write_whole(folder.path(), "x"), doctest::Contains("is a folder, want a file"), FileError);
}

TEST_CASE("links are followed, what is no file is written to as it is") {
  const test::TempFolder folder;
  fs::create_directory(folder / "elsewhere");
  fs::create_symlink("elsewhere/a.txt", folder / "link");
  fs::create_symlink("link", folder / "second");
  for (const char* text : {"new", "replaced"}) {
    write_whole(folder / "second", text);
    CHECK(test::bytes_of(folder / "elsewhere/a.txt") == text);
  }
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(fs::is_symlink(folder / "second"));
  CHECK(files_in(folder / "elsewhere") == 1);

  fs::create_symlink("/dev/null", folder / "nothing");
  write_whole(folder / "nothing", "lost");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(fs::is_symlink(folder / "nothing"));
  CHECK_THROWS_WITH_AS(write_whole("/dev/full", "x"), doctest::Contains("/dev/full: can't be written: No space left"),
                       FileError);

  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  std::string read;
  std::thread reader([&] { read = test::bytes_of(folder / "pipe"); });
  write_whole(folder / "pipe", "through a pipe");
  reader.join();
  CHECK(read == "through a pipe");
  CHECK(fs::is_fifo(folder / "pipe"));

  const int open_file = ::open((folder / "open").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  REQUIRE(::write(open_file, "one ", 4) == 4);
  write_whole("/proc/self/fd/" + std::to_string(open_file), "two");
  REQUIRE(::write(open_file, " three", 6) == 6);
  ::close(open_file);
  CHECK(test::bytes_of(folder / "open") == "one two three");
}

TEST_CASE("names that the system refuses are errors with the name") {
  const test::TempFolder folder;
  fs::create_symlink("loop", folder / "loop");
  const std::string long_name(300, 'n');
  for (const auto& write :
       {+[](const fs::path& path) { write_whole(path, "x"); }, +[](const fs::path& path) { check_writable(path); },
        +[](const fs::path& path) { static_cast<void>(file_exists(path)); },
        +[](const fs::path& path) { write_whole_folder(path / "new", [](const fs::path&) {}); }}) {
    CHECK_THROWS_WITH_AS(write(folder / "loop"), doctest::Contains("loop"), FileError);
    CHECK_THROWS_WITH_AS(write(folder / long_name), doctest::Contains("File name too long"), FileError);
  }
  const std::string longest(255, 'n');  // has no room for .part
  write_whole(folder / longest, "x");
  CHECK(test::bytes_of(folder / longest) == "x");
  CHECK_FALSE(file_exists(folder / "none"));
  CHECK_FALSE(file_exists(folder / longest / "below"));
}

TEST_CASE("what a dead process left is written over or cleared, what a living one writes is not") {
  const test::TempFolder folder;
  folder.write("a.txt.part", "a long piece of a run that was killed");
  write_whole(folder / "a.txt", "new");
  CHECK(test::bytes_of(folder / "a.txt") == "new");
  CHECK(files_in(folder.path()) == 1);
  folder.write("a.txt.part", "killed");
  clear_part(folder / "a.txt");
  CHECK(files_in(folder.path()) == 1);
  write_whole(folder / "a.txt", [&](const Write& write) {
    write(std::as_bytes(std::span("x", 1)));
    clear_part(folder / "a.txt");
    CHECK(fs::exists(folder / "a.txt.part"));
  });
  CHECK(test::bytes_of(folder / "a.txt") == "x");
}

TEST_CASE("writers of one file take turns") {
  const test::TempFolder folder;
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c', 'd'})
    writers.emplace_back([&folder, letter] {
      for (int n = 0; n < 20; ++n)
        write_whole(folder / "shared", std::string(5000, letter));
    });
  for (std::thread& writer : writers)
    writer.join();
  const std::string text = test::bytes_of(folder / "shared");
  CHECK(text.size() == 5000);
  CHECK(text.find_first_not_of(text[0]) == std::string::npos);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a folder appears whole or not at all") {
  const test::TempFolder folder;
  fs::create_directory(folder / "new.part");
  folder.write("new.part/old", "of a run that was killed");
  write_whole_folder(folder / "new/", [](const fs::path& part) { write_whole(part / "a", "1"); });
  CHECK(test::bytes_of(folder / "new/a") == "1");
  CHECK(files_in(folder / "new") == 1);
  CHECK_THROWS_WITH_AS(write_whole_folder(folder / "new", [](const fs::path&) {}), doctest::Contains("there already"),
                       FileError);
  CHECK_THROWS_AS(write_whole_folder(folder / "other", [](const fs::path&) { throw std::runtime_error("no more"); }),
                  std::runtime_error);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a folder is locked once, and free again afterwards") {
  const test::TempFolder folder;
  {
    const FolderLock lock = locked_folder(folder / "run");
    CHECK(lock.is_held());
    CHECK_THROWS_WITH_AS(locked_folder(folder / "run"), doctest::Contains("another run writes there"), FileError);
    CHECK(FolderLock(folder / "run").is_refused());
    CHECK(locked_folder(folder / "other").is_held());
  }
  FolderLock first = locked_folder(folder / "run");
  const FolderLock moved = std::move(first);
  CHECK(moved.is_held());
  CHECK(files_in(folder / "run") == 0);
  CHECK_FALSE(FolderLock(folder / "none").is_held());
  CHECK_FALSE(FolderLock(folder / "none").is_refused());
}

TEST_CASE("a pipe is read to its end; one that nothing writes to is refused instead of waited for") {
  const test::TempFolder folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS(read_whole(pipe, 100), doctest::Contains("is a pipe that nothing is written to"), FileError);
  const int writer = ::open(pipe.c_str(), O_RDWR);
  REQUIRE(::write(writer, "some text", 9) == 9);
  std::thread closes([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::close(writer);
  });
  CHECK(read_whole(pipe, 100) == "some text");
  closes.join();
}
