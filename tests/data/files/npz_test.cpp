#include "mercer/data/npz.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "support/files.hpp"
#include "support/npz_writer.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const std::string items = raw<std::int32_t>({1, 2, 3, 4, 5, 6});

Npz archive_of(const TempFolder& folder, const Members& members, bool deflate = false) {
  write_zip(folder.path() / "some.npz", members, deflate);
  return Npz(folder.path() / "some.npz");
}

/// Expects an error with this text when member x is read.
void check_bad(const std::string& member, const std::string& piece) {
  const TempFolder folder;
  check_refused([&] { archive_of(folder, {{"x.npy", member}}).at("x"); }, {"some.npz: member 'x'", piece});
}

void check_bad_header(const std::string& header, const std::string& piece) {
  check_bad(npy_with_header(header, items), piece);
}

}  // namespace

TEST_CASE("big-endian numbers and texts are read") {
  const TempFolder folder;
  const Npz npz = archive_of(folder, {{"i.npy", npy(">i4", "(2,)", std::string("\0\0\1\2\xFF\xFF\xFF\xFE", 8))},
                                      {"f.npy", npy(">f8", "(1,)", std::string("\xC0\x04\0\0\0\0\0\0", 8))},
                                      {"u.npy", npy(">U2", "(1,)", std::string("\0\0\0A\0\0\0\xE9", 8))}});
  CHECK(npz.at("i").as<std::int64_t>() == std::vector<std::int64_t>{258, -2});
  CHECK(npz.at("f").as<double>() == std::vector<double>{-2.5});
  CHECK(npz.at("u").strings() == std::vector<std::string>{"A\xC3\xA9"});
}

TEST_CASE("members keep their names, order, shapes and numbers, stored or deflated") {
  const TempFolder folder;
  for (const bool deflate : {false, true}) {
    const Npz npz = archive_of(folder,
                               {{"b.npy", npy("<i4", "(2, 3)", items)},
                                {"a.npy", npy("<f8", "()", raw<double>({2.5}))},
                                {"readme.txt", "not an array"}},
                               deflate);
    CHECK(npz.names() == std::vector<std::string>{"b", "a"});
    CHECK(npz.contains("a"));
    CHECK_FALSE(npz.contains("readme.txt"));
    const NpyArray b = npz.at("b");
    CHECK(b.shape == std::vector<Index>{2, 3});
    CHECK(b.as<double>() == std::vector<double>{1, 2, 3, 4, 5, 6});
    CHECK(npz.at("a").as<float>() == std::vector<float>{2.5f});
    CHECK(npz.header("b").dtype == "<i4");
    CHECK(npz.header("b").bytes.empty());
    CHECK_THROWS_WITH_AS(npz.at("c"), doctest::Contains("some.npz: has no member 'c'"), FileError);
  }
}

TEST_CASE("Fortran order is turned into C order") {
  const TempFolder folder;
  const Npz npz =
      archive_of(folder, {{"two.npy", npy("<i4", "(2, 3)", items, true)},
                          {"three.npy", npy("|u1", "(2, 1, 3)", raw<std::uint8_t>({1, 2, 3, 4, 5, 6}), true)},
                          {"none.npy", npy("<i4", "(0, 4)", "", true)}});
  CHECK(npz.at("two").as<std::int32_t>() == std::vector<std::int32_t>{1, 3, 5, 2, 4, 6});
  CHECK(npz.at("three").as<std::int64_t>() == std::vector<std::int64_t>{1, 3, 5, 2, 4, 6});
  CHECK(npz.at("none").as<double>().empty());
}

TEST_CASE("numbers are converted when they fit, and refused when they don't") {
  const TempFolder folder;
  const double huge = std::numeric_limits<double>::max(), nan = std::numeric_limits<double>::quiet_NaN();
  const Npz npz = archive_of(folder, {{"wide.npy", npy("<i8", "(2,)", raw<std::int64_t>({-1, std::int64_t{1} << 40}))},
                                      {"half.npy", npy("<f8", "(2,)", raw<double>({1, 0.5}))},
                                      {"huge.npy", npy("<f8", "(1,)", raw<double>({huge}))},
                                      {"nan.npy", npy("<f8", "(1,)", raw<double>({nan}))},
                                      {"bool.npy", npy("|b1", "(3,)", std::string("\0\1\2", 3))},
                                      {"big.npy", npy("<u8", "(1,)", raw<std::uint64_t>({~std::uint64_t{0}}))}});
  CHECK(npz.at("wide").as<std::int64_t>()[1] == std::int64_t{1} << 40);
  CHECK_THROWS_WITH_AS(npz.at("wide").as<std::int32_t>(), doctest::Contains("item 1: the value 1099511627776"),
                       FileError);
  CHECK_THROWS_AS(npz.at("half").as<std::int32_t>(), FileError);
  CHECK_THROWS_AS(npz.at("huge").as<float>(), FileError);
  CHECK_THROWS_AS(npz.at("huge").as<std::int64_t>(), FileError);
  CHECK_THROWS_AS(npz.at("nan").as<std::int64_t>(), FileError);
  CHECK_THROWS_AS(npz.at("big").as<std::int64_t>(), FileError);
  CHECK(npz.at("nan").as<float>()[0] != npz.at("nan").as<float>()[0]);
  CHECK(npz.at("bool").as<bool>() == std::vector<bool>{false, true, true});
  CHECK(npz.at("bool").as<double>() == std::vector<double>{0, 1, 1});
  CHECK_THROWS_WITH_AS(npz.header("wide").as<double>(), doctest::Contains("has 0 bytes, its shape wants 16"),
                       FileError);
}

TEST_CASE("texts lose their padding and become UTF-8") {
  const TempFolder folder;
  const std::u32string wide{U'a', 0, 0, U'é', U'€', U'😀'};
  const std::string bytes(reinterpret_cast<const char*>(wide.data()), wide.size() * 4);
  const Npz npz = archive_of(folder, {{"u.npy", npy("<U3", "(2,)", bytes)},
                                      {"s.npy", npy("|S2", "(3,)",
                                                    std::string("ab"
                                                                "c\0"
                                                                "\0\0",
                                                                6))},
                                      {"bad.npy", npy("<U1", "(1,)", raw<std::uint32_t>({0xD800}))},
                                      {"n.npy", npy("<i4", "(6,)", items)}});
  CHECK(npz.at("u").strings() == std::vector<std::string>{"a", "é€😀"});
  CHECK(npz.at("s").strings() == std::vector<std::string>{"ab", "c", ""});
  CHECK_THROWS_WITH_AS(npz.at("bad").strings(), doctest::Contains("no valid Unicode"), FileError);
  CHECK_THROWS_WITH_AS(npz.at("n").strings(), doctest::Contains("want texts"), FileError);
  CHECK_THROWS_WITH_AS(npz.at("u").as<double>(), doctest::Contains("want numbers"), FileError);
}

TEST_CASE("headers of all versions are read, with keys in any order") {
  const std::string dictionary = "{\"shape\": (6L,), 'fortran_order': False, 'descr': '<i4'}\n";
  const TempFolder folder;
  for (const char version : {'\1', '\2', '\3'}) {
    std::string member("\x93NUMPY", 6);
    member += {version, 0, static_cast<char>(dictionary.size()), 0};
    if (version > 1) member += std::string(2, '\0');
    const Npz npz = archive_of(folder, {{"x.npy", member + dictionary + items}});
    CHECK(npz.at("x").as<std::int32_t>().back() == 6);
  }
}

TEST_CASE("a bad header is named") {
  check_bad("\x93NUMPX" + std::string(200, ' '), "want '\\x93NUMPY'");
  check_bad("\x93NUM", "ends too early");
  check_bad(std::string("\x93NUMPY\x09\0\x10\0", 10) + std::string(99, ' '), "version 9.0");
  check_bad(std::string("\x93NUMPY\x02\0\xff\xff\xff\x7f", 12), "bytes long, want at most");
  check_bad_header("[1, 2]", "npy header: character 0: got '[1, 2]");
  check_bad_header("{'descr': '<i4', 'fortran_order': False, 'shape': (6,)", "want '}'");
  check_bad_header("{'descr': '<i4, ", "a closing quote");
  check_bad_header("{'descr': '<i4', 'shape': (6,)}", "lacks one of");
  check_bad_header("{'descr': '<i4', 'descr': '<i4'}", "twice");
  check_bad_header("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (6,)}", "want a text");
  check_bad_header("{'descr': '<i4', 'fortran_order': 0, 'shape': (6,)}", "want True or False");
  check_bad_header("{'descr': '<i4', 'fortran_order': False, 'shape': (-6,)}", "want a length");
  check_bad_header("{'descr': '<i4', 'fortran_order': False, 'shape': (6,)} x", "nothing more");
  for (const char* dtype : {">c8", "<c8", "<U0", "<U99999999", "<i3", ""})
    check_bad(npy(dtype, "(6,)", items), "some.npz");
  check_bad(npy(">c8", "(6,)", items), "'descr' is '>c8', want");
  check_bad(npy("|O", "(6,)", "\x80\x02."), "pickled Python objects");
}

TEST_CASE("a header that claims more than the archive holds allocates no memory") {
  const std::string large = std::to_string(std::int64_t{1} << 62);
  check_bad(npy("<i4", "(" + large + ",)", items), "claims more than 2^63 bytes");
  check_bad(npy("|i1", "(" + large + ",)", items), "the archive holds");
  check_bad(npy("|i1", "(0, " + large + ", " + large + ")", items), "claims more than 2^63 bytes");
  check_bad(npy("<i4", "(7,)", items), "<i4 (7) needs 156 bytes, the archive holds 152");
  check_bad(npy("<i4", "(5,)", items), "needs 148 bytes");
  check_bad(npy("<i4", "(9" + std::string(60, '9') + ",)", items), "want a length");
  const TempFolder folder;  // the highest compression of deflate is accepted
  const Npz npz = archive_of(folder, {{"x.npy", npy("|u1", "(1000000,)", std::string(1000000, '\0'))}}, true);
  CHECK(npz.at("x").bytes.size() == 1000000);
}

TEST_CASE("a member that grows far beyond its archive is refused before it is read") {
  const TempFolder folder;
  const std::size_t bytes = std::size_t{20} << 20;
  const Npz npz =
      archive_of(folder, {{"x.npy", npy("|i1", "(" + std::to_string(bytes) + ",)", std::string(bytes, '\0'))}}, true);
  CHECK(npz.header("x").shape[0] == static_cast<Index>(bytes));
  check_refused([&] { npz.at("x"); }, {"some.npz: member 'x'", "want at most 256 times the size of the archive"});
}

TEST_CASE("an archive of very many members opens in time") {
  const TempFolder folder;
  Members members;
  for (int n = 0; n < 20'000; ++n)
    members.push_back({"m" + std::to_string(n) + ".npy", "x"});
  const Npz npz = archive_of(folder, members);
  Index found = 0;
  for (const std::string& name : npz.names())
    found += npz.contains(name) ? 1 : 0;
  CHECK(found == 20'000);
  check_refused([&] { npz.at("\x1b"); }, {"some.npz: has no member '\\x1b'"});
}

TEST_CASE("files that are no archives are refused by name") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(Npz(folder.path() / "none.npz"), doctest::Contains("none.npz: there is no such file"),
                       FileError);
  CHECK_THROWS_WITH_AS(Npz(folder.write("text.npz", "hello")), doctest::Contains("text.npz: is no zip archive"),
                       FileError);
  CHECK_THROWS_WITH_AS(Npz(folder.write("void.npz", "")), doctest::Contains("void.npz: is empty"), FileError);
}

TEST_CASE("the golden arrays open" * doctest::skip(!std::filesystem::exists(MERCER_SHARED_DIR "/golden"))) {
  const Npz npz(MERCER_SHARED_DIR "/golden/gat_mean.npz");
  const NpyArray weight = npz.at("p_lin.weight");
  CHECK(weight.shape.size() == 2);
  CHECK(weight.as<double>().size() == static_cast<std::size_t>(weight.size()));
}
