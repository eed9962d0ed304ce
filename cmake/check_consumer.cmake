# cmake -DBUILD=folder -DWORK=folder -P cmake/check_consumer.cmake
# Installs mercer to an empty prefix, then builds and runs apps/examples against it as a stranger would.
cmake_minimum_required(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(prefix "${WORK}/prefix")
set(examples boost_paths gat_by_hand gaussian_attention karate link_prediction mini_batches own_kernel sequence_parts
  small_graphs
  weighted_edges)
# by hand: node 0 stands 1 from node 1 and 2 from node 2, so α_01 / α_02 = exp((4 − 1) / 2σ²) = exp(2/3)
set(gaussian_attention_says "0 attends to 1: 0\\.661\n0 attends to 2: 0\\.339\n")
set(boost_paths_says "components 1, member 16 is 2 steps away\nedges 10, y of node 0: 1\n")
set(own_kernel_says "bandwidth 1\\.00 at first\nbandwidth 2\\.0")
set(karate_says "test accuracy (0\\.9|1)")
set(gat_by_hand_says "test accuracy (0\\.[89]|1)")
set(mini_batches_says "largest difference 0\ntest accuracy (0\\.[89]|1)")
set(sequence_parts_says
  "attends to 0: 0\\.731\nlinear: largest difference 0\\.000\nblock: 5 rows of 4 columns\n")
set(small_graphs_says "${karate_says}")
set(link_prediction_says "area under the ROC curve 0\\.[5-9]")
set(weighted_edges_says "0 -> 1: 0\\.[0-9]+\n2 -> 1: 0\\.[0-9]+\n1 -> 0: ")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${status}\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}")

# nothing of this machine's folders may have come along
file(GLOB_RECURSE package "${prefix}/*.cmake")
foreach(file IN LISTS package)
  file(STRINGS "${file}" leaked REGEX "${root}/|${BUILD}/")
  if(leaked)
    message(FATAL_ERROR "${file} names a folder of the build: ${leaked}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S "${root}/apps/examples" -B "${WORK}/build" "-DCMAKE_PREFIX_PATH=${prefix}"
  "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror" -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build "${WORK}/build" --parallel 2)
# checks that a compiler's words hold no notes about how vectors are passed, which no -Werror catches
function(check_no_notes words)
  if(words MATCHES "ABI")
    message(FATAL_ERROR "a program with a kernel of its own should compile without notes, but:\n${words}")
  endif()
endfunction()
check_no_notes("${said}")
foreach(example IN LISTS examples)
  run("${WORK}/build/${example}")
  if(NOT said MATCHES "${${example}_says}")
    message(FATAL_ERROR "${example} should say ${${example}_says}, but says:\n${said}")
  endif()
endforeach()

# the flags of pkg-config build a program and a library of one's own, which exports none of mercer's names; a program for
# double does not link to the library of float
file(GLOB_RECURSE pc "${prefix}/mercer.pc")
get_filename_component(pc_folder "${pc}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${pc_folder}")
set(ENV{LD_LIBRARY_PATH} "${pc_folder}/..")  # of a shared mercer
file(WRITE "${WORK}/sum.cpp" [[
#include <mercer/mercer.hpp>
struct Own {  // its loops are compiled here, without flags of the processor
  static constexpr std::string_view name = "own";
  static constexpr bool smooth_at_zero = true;
  mercer::SquaredDistance pairing() const { return {}; }
  mercer::Real log_value(mercer::Real t) const { return -t; }
  mercer::Real log_slope(mercer::Real) const { return -1; }
};
mercer::Variable attended(const mercer::Graph& g, const mercer::Variable& x) { return attend(g, Own{}, x, x, x); }
static_assert(MERCER_VERSION == MERCER_VERSION_MAJOR * 10000 + MERCER_VERSION_MINOR * 100 + MERCER_VERSION_PATCH);
extern "C" __attribute__((visibility("default"))) double sum_of_ones(int n) {
  return sum(mercer::Variable(mercer::Tensor::filled(n, 1, 1))).value()(0, 0);
}
int main() { return sum_of_ones(3) == 3 ? 0 : 1; }
]])
# compile(NAME LIBRARY flag…): to ${status} and ${said}
function(compile name library)
  list(JOIN ARGN " " flags)
  execute_process(COMMAND sh -c "c++ -std=c++20 ${flags} sum.cpp -o ${name} $(pkg-config --cflags --libs ${library})"
    WORKING_DIRECTORY "${WORK}" RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(status "${status}" PARENT_SCOPE)
  set(said "${said}" PARENT_SCOPE)
endfunction()
compile(sum mercer -Wall -Wextra -Werror)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "pkg-config's flags do not build a program:\n${said}")
endif()
check_no_notes("${said}")
run("${WORK}/sum")
compile(libsum.so mercer -fPIC -shared -fvisibility=hidden)
run(nm --dynamic --defined-only --demangle "${WORK}/libsum.so")
if(NOT said MATCHES "sum_of_ones" OR said MATCHES " [A-Za-z] mercer::")  # std::vector<mercer::…> is std's
  message(FATAL_ERROR "libsum.so should export sum_of_ones and nothing of mercer, but:\n${said}")
endif()
compile(mixed mercer -DMERCER_REAL_DOUBLE)
if(status EQUAL 0 OR NOT said MATCHES "undefined reference to .mercer::f64::")
  message(FATAL_ERROR "a program for double should not link to the library of float, but: ${status}\n${said}")
endif()
file(WRITE "${WORK}/sum.cpp" [[
#include <mercer/mercer.hpp>
int main() { return mercer::karate().nodes() == 34 ? 0 : 1; }
]])
compile(mixed mercer -DMERCER_REAL_DOUBLE)  # no name in it says Real
if(status EQUAL 0 OR NOT said MATCHES "undefined reference to .mercer::f64::library_precision")
  message(FATAL_ERROR "a program for double should not link to the library of float, but: ${status}\n${said}")
endif()
if(EXISTS "${pc_folder}/mercer_double.pc")
  compile(sum_of_doubles mercer_double)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "pkg-config's flags do not build a program for double:\n${said}")
  endif()
  run("${WORK}/sum_of_doubles")
endif()

# another minor version is another interface
file(WRITE "${WORK}/later/CMakeLists.txt"
  "cmake_minimum_required(VERSION 3.25)\nproject(later LANGUAGES CXX)\nfind_package(mercer 0.3 REQUIRED)\n")
execute_process(COMMAND ${CMAKE_COMMAND} -S "${WORK}/later" -B "${WORK}/later/build" "-DCMAKE_PREFIX_PATH=${prefix}"
  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
if(status EQUAL 0 OR NOT said MATCHES "version: 0\\.2\\.")
  message(FATAL_ERROR "find_package(mercer 0.3) should name the version that it found, but: ${status}\n${said}")
endif()
