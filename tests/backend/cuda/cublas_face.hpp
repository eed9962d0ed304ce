#pragma once

/// A fake cuBLAS in the test program, found in the process before any library is loaded.
namespace mercer::test {

/// While it is absent, every product is "not supported". Products are counted.
void cublas_goes_away(bool away);
int cublas_products();

}  // namespace mercer::test
