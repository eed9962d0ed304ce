# cmake -P datasets/fetch.cmake
# cmake -DNAME=cora -DDESTINATION=FOLDER -DBASE_URL=file:///FOLDER -P datasets/fetch.cmake
#
# Fetches public data sets from where their authors keep them, next to this script or into DESTINATION, and checks
# each file's SHA-256. NAME takes a set (cora), a collection (planetoid) or one of the two together (planetoid/cora);
# without it all come. BASE_URL stands for a mirror that holds the same folders. What is there and right is not
# fetched again; a file comes whole and checked, or not at all.
cmake_minimum_required(VERSION 3.25)

set(planetoid_url https://raw.githubusercontent.com/kimiyoung/planetoid/master/data)
set(gnn-benchmark_url https://raw.githubusercontent.com/shchur/gnn-benchmark/master/data/npz)
set(heterophilous_url https://raw.githubusercontent.com/yandex-research/heterophilous-graphs/main/data)

# COLLECTION SET FILE SHA-256
set(files
  "planetoid cora ind.cora.x 23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab"
  "planetoid cora ind.cora.y 94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1"
  "planetoid cora ind.cora.tx b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a"
  "planetoid cora ind.cora.ty 41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad"
  "planetoid cora ind.cora.allx 9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543"
  "planetoid cora ind.cora.ally 2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71"
  "planetoid cora ind.cora.graph 58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d"
  "planetoid cora ind.cora.test.index 297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875"
  "planetoid citeseer ind.citeseer.x d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6"
  "planetoid citeseer ind.citeseer.y 8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924"
  "planetoid citeseer ind.citeseer.tx 539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21"
  "planetoid citeseer ind.citeseer.ty 55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce"
  "planetoid citeseer ind.citeseer.allx 2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668"
  "planetoid citeseer ind.citeseer.ally f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95"
  "planetoid citeseer ind.citeseer.graph d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7"
  "planetoid citeseer ind.citeseer.test.index 2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4"
  "planetoid pubmed ind.pubmed.x fbe9cb5c47200d1b7769a26e579be3b7130b556831f9d850e77c4c74f2599b33"
  "planetoid pubmed ind.pubmed.y e6c807633307a07ed659249006536a147c7999c797f11a2560752990181b41b3"
  "planetoid pubmed ind.pubmed.tx 4eb5f5d0f30f26497eb0ac6ac9719d09c67e284f1ed0385c93f3ef27a671da3d"
  "planetoid pubmed ind.pubmed.ty ee2e0d4819d9fbcc403689c3bf2e49face401b605932f093bc58ab6461130fdd"
  "planetoid pubmed ind.pubmed.allx 508e538e2abdccdd54c4d3e9f49d638b4af7107d85845f66ddea5a5152658b7e"
  "planetoid pubmed ind.pubmed.ally 0c37bbe3b5014ec365e9d393cf4791925e5ed94fb194305d74f064a8d7b50f0e"
  "planetoid pubmed ind.pubmed.graph 5b89f0036ca22909471f1e6558eb42fa06e0c730a577bde5b058b40638f81dc9"
  "planetoid pubmed ind.pubmed.test.index b101d421688bbaecbd82e8a18f1e282378d6830f3a37666f28ebc47f844341b5"
  "gnn-benchmark cora cora.npz 068e22d90c3849b4057dfb05851741428992af058efcd4e7ebb4186f3d581de2"
  "gnn-benchmark citeseer citeseer.npz 280278b21b434c047922e8389518861416fb3ad39389c27865ff0e6bbb0aaab7"
  "gnn-benchmark amazon_electronics_photo amazon_electronics_photo.npz e31a7b21173284597e09a5f6ad7c0af5498d6660af5bbe89648988cc987c8745"
  "heterophilous chameleon_filtered chameleon_filtered.npz bf46f07e1fb5249280447e5fe3100f3e82fc4b93ad1e13ffcfdec924b6ac0bb5"
  "heterophilous minesweeper minesweeper.npz e664c8dacf1e8ac466c2c09ed4b237bd2c5541f47a6eae9c6092cb87f16412b3"
  "heterophilous texas texas.npz b164b99e6c3d43e4ab07488ec59bd8c815f90cbc1bd4cf425ce587d2b534d844")

if(NOT DESTINATION)
  set(DESTINATION ${CMAKE_CURRENT_LIST_DIR})
endif()
get_filename_component(DESTINATION "${DESTINATION}" ABSOLUTE)

# fetch(collection file sha256): leaves the file in DESTINATION/collection, or stops
function(fetch collection file sha256)
  set(target ${DESTINATION}/${collection}/${file})
  if(EXISTS ${target})
    file(SHA256 ${target} there)
    if(there STREQUAL sha256)
      message(STATUS "${collection}/${file}: there already")
      return()
    endif()
  endif()

  set(url ${${collection}_url}/${file})
  if(BASE_URL)
    set(url ${BASE_URL}/${collection}/${file})
  endif()
  string(RANDOM LENGTH 12 unique)
  set(partial ${target}.${unique}.partial)
  message(STATUS "${collection}/${file}: from ${url}")
  file(DOWNLOAD ${url} ${partial} STATUS status INACTIVITY_TIMEOUT 30 TLS_VERIFY ON)
  list(POP_FRONT status code)
  if(NOT code EQUAL 0)
    file(REMOVE ${partial})
    message(FATAL_ERROR "${url}: could not be fetched: ${status}")
  endif()
  file(SHA256 ${partial} got)
  if(NOT got STREQUAL sha256)
    file(REMOVE ${partial})
    message(FATAL_ERROR "${url}: SHA-256 is ${got}, want ${sha256}; nothing was kept")
  endif()
  file(RENAME ${partial} ${target})
endfunction()

set(known "")
set(found FALSE)
foreach(line IN LISTS files)
  separate_arguments(line)
  list(GET line 0 collection)
  list(GET line 1 name)
  list(APPEND known ${collection}/${name})
  if(NOT NAME OR NAME STREQUAL name OR NAME STREQUAL collection OR NAME STREQUAL "${collection}/${name}")
    list(GET line 2 file)
    list(GET line 3 sha256)
    fetch(${collection} ${file} ${sha256})
    set(found TRUE)
  endif()
endforeach()
if(NOT found)
  list(REMOVE_DUPLICATES known)
  list(JOIN known ", " known)
  message(FATAL_ERROR "no data set is called '${NAME}'; there are ${known}")
endif()
