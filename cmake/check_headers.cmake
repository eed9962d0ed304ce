# cmake -DCOMPILER=g++ -DWORK=folder [-DROOT=folder] [-DBATCHES=ON] -P cmake/check_headers.cmake
# Every public header compiles alone, with no include folder but ours and no flag but the standard. Unless the library is
# compiled in batches, a header that its own source includes before all else was compiled alone with it: such a one is
# only read here together with the rest.
cmake_minimum_required(VERSION 3.25)
if(NOT DEFINED ROOT)
  get_filename_component(ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
endif()
find_program(compiler ${COMPILER})
if(NOT compiler)
  message("skipped: no ${COMPILER} here")
  return()
endif()

file(GLOB_RECURSE headers RELATIVE "${ROOT}/include" "${ROOT}/include/*.hpp")
list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no headers under ${ROOT}/include")
endif()
set(together "")
set(units "${WORK}/together.cpp")
foreach(header IN LISTS headers)
  string(APPEND together "#include \"${header}\"\n")
  string(REGEX REPLACE "^mercer/(.*)\\.hpp$" "${ROOT}/lib/\\1.cpp" source "${header}")
  set(first "")
  if(EXISTS "${source}")
    file(STRINGS "${source}" first REGEX "^ *# *include" LIMIT_COUNT 1)
  endif()
  if(BATCHES OR NOT first STREQUAL "#include \"${header}\"")
    string(MAKE_C_IDENTIFIER "${header}" name)
    file(CONFIGURE OUTPUT "${WORK}/${name}.cpp" CONTENT "#include \"${header}\"\n")
    list(APPEND units "${WORK}/${name}.cpp")
  endif()
endforeach()
# the second time shows that each may be named twice
file(WRITE "${WORK}/together.cpp" "${together}${together}")
execute_process(
  COMMAND "${compiler}" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Werror "-I${ROOT}/include" ${units}
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${COMPILER}: a public header does not compile alone")
endif()
list(LENGTH units alone)
message(STATUS "${COMPILER}: ${count} public headers together, ${alone} units")
