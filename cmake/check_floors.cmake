# cmake [-DROOT=folder] -P cmake/check_floors.cmake
# What a file may include: its own room and the rooms on lower floors, minus what `shuns_ROOM` lists;
# a third-party header only in its room; a public header nothing but mercer's and the standard library's.
cmake_minimum_required(VERSION 3.25)
if(NOT DEFINED ROOT)
  get_filename_component(ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
endif()

set(floors "base" "graph tensor kernel device" "backend partition" "autograd data"
  "attention features exchange training" "layers" "models" "apps")
set(height 0)
foreach(rooms IN LISTS floors)
  math(EXPR height "${height} + 1")
  separate_arguments(rooms)
  foreach(room IN LISTS rooms)
    set(floor_${room} ${height})
  endforeach()
endforeach()

# the wings meet only in apps, though one stands higher than the other
set(shuns_autograd graph kernel)
set(shuns_models data training)
set(shuns_layers data training)

# header (a regular expression) and the rooms that may include it
set(third_party
  "Eigen/=tensor backend" "boost/=graph" "metis\\.h=partition" "zip\\.h=data" "zlib\\.h=data" "omp\\.h=base"
  "nlohmann/=training apps" "fmt/=apps" "CLI/=apps" "benchmark/=apps" "mpi\\.h=exchange" "cu[a-z_]*\\.h=backend")
set(longest 400)  # lines

set_property(GLOBAL PROPERTY faults "")
function(fault file text)
  set_property(GLOBAL APPEND_STRING PROPERTY faults "\n  ${file}: ${text}")
endfunction()

# an include of mercer's own: may `room` look into `below`?
function(check_own file room below)
  if(NOT DEFINED floor_${below})
    fault(${file} "includes the unknown room ${below}")
  elseif(below STREQUAL room)
    return()
  elseif(NOT floor_${below} LESS floor_${room})
    fault(${file} "climbs to ${below}")
  elseif(below IN_LIST shuns_${room})
    fault(${file} "${room} must not know ${below}")
  endif()
endfunction()

function(check_foreign file room header)
  if(file MATCHES "^include/" AND NOT header MATCHES "^[a-z0-9_]+$")
    fault(${file} "a public header includes ${header}")
  endif()
  foreach(entry IN LISTS third_party)
    string(REGEX MATCH "^(.*)=(.*)$" _ "${entry}")
    separate_arguments(rooms UNIX_COMMAND "${CMAKE_MATCH_2}")
    if(header MATCHES "^${CMAKE_MATCH_1}" AND NOT room IN_LIST rooms)
      fault(${file} "<${header}> belongs to ${rooms}")
    endif()
  endforeach()
endfunction()

function(check_text file)
  file(READ "${ROOT}/${file}" text)
  string(REGEX MATCHALL "\n" ends "${text}")
  list(LENGTH ends lines)
  if(lines GREATER longest)
    fault(${file} "${lines} lines, want ${longest} at most")
  endif()
  if(file MATCHES "^include/" AND text MATCHES "__AVX|__SSE|__FMA__|_OPENMP|NDEBUG")
    fault(${file} "asks for ${CMAKE_MATCH_0}: what it declares would depend on the user's flags")
  endif()
endfunction()

function(check_file file)
  string(REGEX REPLACE "^(include/mercer/|lib/)?([a-z]+)/.*" "\\2" room "${file}")
  file(STRINGS "${ROOT}/${file}" lines REGEX "^ *# *include")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[^<\"]*[<\"]([^>\"]+).*" "\\1" header "${line}")
    if(header MATCHES "^mercer/([a-z]+)/")
      check_own(${file} ${room} ${CMAKE_MATCH_1})
    elseif(EXISTS "${ROOT}/lib/${header}")
      string(REGEX REPLACE "/.*" "" below "${header}")
      check_own(${file} ${room} ${below})
    else()
      check_foreign(${file} ${room} ${header})
    endif()
  endforeach()
  check_text(${file})
endfunction()

file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/include/*.hpp" "${ROOT}/lib/*.hpp" "${ROOT}/lib/*.cpp"
  "${ROOT}/lib/*.inc" "${ROOT}/lib/*.cu" "${ROOT}/lib/*.cuh" "${ROOT}/apps/*.hpp" "${ROOT}/apps/*.cpp")
list(REMOVE_ITEM files include/mercer/mercer.hpp)  # the table of contents names every room
list(LENGTH files total)
if(total EQUAL 0)
  message(FATAL_ERROR "no sources under ${ROOT}")
endif()
foreach(file IN LISTS files)
  check_file(${file})
endforeach()
get_property(faults GLOBAL PROPERTY faults)
if(faults)
  message(FATAL_ERROR "the floor plan is broken:${faults}")
endif()
message(STATUS "${total} files keep to the floor plan")
