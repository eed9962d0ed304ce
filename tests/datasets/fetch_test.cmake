# cmake -DFETCH=datasets/fetch.cmake -DWORK=FOLDER [-DREAL=FOLDER] -P fetch_test.cmake
#
# fetch.cmake with mirrors at file://. Without REAL: missing and wrong files; with it: the real ones.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

# expect(SUCCESS|FAILURE text option…): runs the script and looks for the text in what it says
function(expect outcome text)
  execute_process(COMMAND ${CMAKE_COMMAND} ${ARGN} -DDESTINATION=${WORK}/fetched -P ${FETCH}
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  set(got SUCCESS)
  if(NOT code EQUAL 0)
    set(got FAILURE)
  endif()
  string(FIND "${said}" "${text}" at)
  if(NOT got STREQUAL outcome OR at EQUAL -1)
    message(FATAL_ERROR "want ${outcome} and '${text}', got ${got}:\n${said}")
  endif()
endfunction()

# nothing may stay behind but what was asked for
function(expect_files)
  file(GLOB_RECURSE there RELATIVE ${WORK}/fetched ${WORK}/fetched/*)
  list(SORT there)
  if(NOT there STREQUAL "${ARGN}")
    message(FATAL_ERROR "want the files '${ARGN}', got '${there}'")
  endif()
endfunction()

set(mirror file://${WORK}/mirror)
file(WRITE ${WORK}/mirror/heterophilous/texas.npz "not what the authors published")
if(NOT DEFINED REAL)
  expect(FAILURE "no data set is called 'crora'; there are planetoid/cora, planetoid/citeseer" -DNAME=crora)
  expect(FAILURE "gnn-benchmark/citeseer.npz: could not be fetched" -DNAME=gnn-benchmark/citeseer -DBASE_URL=${mirror})
  expect(FAILURE "want b164b99e6c3d43e4ab07488ec59bd8c815f90cbc1bd4cf425ce587d2b534d844; nothing was kept"
         -DNAME=heterophilous/texas -DBASE_URL=${mirror})
  expect_files()
  return()
endif()

if(NOT EXISTS ${REAL}/SHA256SUMS)
  message(STATUS "skipped: the real files are not at ${REAL}")
  return()
endif()
expect(SUCCESS "heterophilous/texas.npz: from file://" -DNAME=texas -DBASE_URL=file://${REAL})
expect_files(heterophilous/texas.npz)
expect(SUCCESS "heterophilous/texas.npz: there already" -DNAME=texas -DBASE_URL=file:///nowhere)

# a damaged file is replaced when the mirror is right, and left alone when it is not
file(WRITE ${WORK}/fetched/heterophilous/texas.npz "damaged")
expect(FAILURE "nothing was kept" -DNAME=texas -DBASE_URL=${mirror})
file(READ ${WORK}/fetched/heterophilous/texas.npz left)
if(NOT left STREQUAL "damaged")
  message(FATAL_ERROR "a failed fetch touched the file that was there")
endif()
expect(SUCCESS "heterophilous/texas.npz: from file://" -DNAME=texas -DBASE_URL=file://${REAL})

expect(SUCCESS "planetoid/ind.pubmed.test.index: from file://" -DBASE_URL=file://${REAL})
file(GLOB_RECURSE there ${WORK}/fetched/*)
list(LENGTH there count)
if(NOT count EQUAL 30)
  message(FATAL_ERROR "want 30 files, got ${count}")
endif()
file(REMOVE_RECURSE ${WORK})
