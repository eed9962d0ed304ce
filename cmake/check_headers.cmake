# cmake -DCOMPILER=g++ -DWORK=folder -P cmake/check_headers.cmake
# Every public header compiles alone, with no include folder but ours and no flag but the standard.
cmake_minimum_required(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
find_program(compiler ${COMPILER})
if(NOT compiler)
  message("skipped: no ${COMPILER} here")
  return()
endif()

file(GLOB_RECURSE headers RELATIVE "${root}/include" "${root}/include/*.hpp")
set(units "")
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  # the second include shows that the header may be named twice
  file(CONFIGURE OUTPUT "${WORK}/${name}.cpp" CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND units "${WORK}/${name}.cpp")
endforeach()
execute_process(
  COMMAND "${compiler}" -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Werror "-I${root}/include" ${units}
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${COMPILER}: a public header does not compile alone")
endif()
list(LENGTH headers count)
message(STATUS "${COMPILER}: ${count} public headers compile alone")
