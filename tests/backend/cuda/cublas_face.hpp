#pragma once

/// Stands in the test program where cuBLAS would: found in the process before any library is opened.
namespace mercer::test {

/// While it is away, every product is "not supported". How often it multiplied is counted.
void cublas_goes_away(bool away);
int cublas_products();

}  // namespace mercer::test
