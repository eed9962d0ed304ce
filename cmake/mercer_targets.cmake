# How every target of the project is compiled, and how a room adds its sources.

find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Spectra 1.0 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(METIS 5.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)

# For what leaves its loops to others: it compiles faster and runs no slower. At -O1 g++ copies structs through 256-bit
# registers and doesn't clear them, after which a call of libm takes many times longer: 128 bits are enough.
set(mercer_less_optimised -O1)
include(CheckCXXCompilerFlag)
check_cxx_compiler_flag("-mmove-max=128 -mstore-max=128" MERCER_NARROW_MOVES)
if(MERCER_NARROW_MOVES)
  list(APPEND mercer_less_optimised -mmove-max=128 -mstore-max=128)
endif()

include(mercer_kernel)

add_library(mercer_flags INTERFACE)
target_compile_features(mercer_flags INTERFACE cxx_std_20)
target_compile_options(mercer_flags INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wconversion;-fopenmp-simd>"
  "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-pass-failed>"  # `omp simd` asks, it doesn't demand: a sanitizer's checks keep loops scalar
  "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>"  # g++ 12 sees overlaps in std::string's operator+ that aren't there
  "$<$<COMPILE_LANGUAGE:CXX>:$<$<BOOL:${MERCER_WERROR}>:-Werror>;${MERCER_NATIVE_FLAGS}>"
  # a conversion of MatrixView that its constraint rules out for what is constant already
  "$<$<COMPILE_LANGUAGE:CUDA>:--extended-lambda;--expt-relaxed-constexpr;-diag-suppress=554;-lineinfo>"
  "$<$<COMPILE_LANGUAGE:CUDA>:$<$<BOOL:${MERCER_WERROR}>:-Werror=all-warnings>>")
if(MERCER_SANITIZE)
  target_compile_options(mercer_flags INTERFACE
    -fsanitize=${MERCER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mercer_flags INTERFACE -fsanitize=${MERCER_SANITIZE})
endif()

if(MERCER_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "MERCER_FUZZ: got ${CMAKE_CXX_COMPILER_ID}, want clang, which has libFuzzer")
  endif()
  target_compile_options(mercer_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

set(MERCER_DEVICE_HEADERS ${PROJECT_SOURCE_DIR}/lib)

# mercer_in_batches(target): of files that are compiled alone elsewhere, or that take less time than what they include.
function(mercer_in_batches target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  # what a batch includes is no header
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# mercer_sources(file…): sources of the library in the calling room, in batches of the room's own. No file named: every
# *.cpp of the folder and its subfolders, so that a new one needs no line.
function(mercer_sources)
  if(NOT ARGN)
    file(GLOB_RECURSE ARGN RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS *.cpp)
  endif()
  mercer_float_sources(${ARGN})
  if(TARGET mercer_double AND NOT MERCER_INSTALL_DOUBLE)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    target_sources(mercer_double PRIVATE ${ARGN})
  endif()
endfunction()

# mercer_float_sources(file…): where nothing has a gradient, the tests' double-precision library goes without.
function(mercer_float_sources)
  if(NOT ARGN)
    file(GLOB_RECURSE ARGN RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS *.cpp)
  endif()
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  if(MERCER_INSTALL_DOUBLE)
    target_sources(mercer_double PRIVATE ${ARGN})
  endif()
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME room)
  set(library mercer)
  if(room IN_LIST mercer_glue_rooms)
    set(library mercer_glue)
  endif()
  target_sources(${library} PRIVATE ${ARGN})
  set(count 0)
  foreach(file IN LISTS ARGN)
    math(EXPR batch "${count} / 16")
    math(EXPR count "${count} + 1")
    set_property(SOURCE ${file} TARGET_DIRECTORY ${library} PROPERTY UNITY_GROUP ${room}_${batch})
  endforeach()
endfunction()

# mercer_cuda_sources(ABSENT file…): the CUDA backend, or the file that stands for its absence. In double precision,
# where gradients are checked, there is none. The tests compile the same files for the SIMT machine.
function(mercer_cuda_sources absent)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  set_property(GLOBAL PROPERTY mercer_cuda_sources ${files})
  if(TARGET mercer_double)
    target_sources(mercer_double PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${absent})
  endif()
  if(NOT MERCER_HAS_CUDA)
    target_sources(mercer PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${absent})
    # in no batch with other files: for the SIMT machine these are linked without it
    set_property(SOURCE ${absent} TARGET_DIRECTORY mercer PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
    return()
  endif()
  target_sources(mercer PRIVATE ${files})
  set_target_properties(mercer PROPERTIES CUDA_STANDARD 20 CUDA_STANDARD_REQUIRED ON CUDA_RUNTIME_LIBRARY Static)
  target_link_libraries(mercer PRIVATE CUDA::cudart_static)
endfunction()

# mercer_link(library…): third-party libraries that the calling room alone uses. Those of headers only leave
# nothing in the built library, so the installed package does not ask for them.
function(mercer_link)
  set(linked ${ARGN})
  list(TRANSFORM linked REPLACE "^(Eigen3::Eigen|Spectra::Spectra|Boost::headers|nlohmann_json::nlohmann_json)$"
    "$<BUILD_INTERFACE:\\1>")
  foreach(library IN ITEMS mercer mercer_glue mercer_double)
    if(TARGET ${library})
      target_link_libraries(${library} PRIVATE ${linked})
    endif()
  endforeach()
endfunction()
