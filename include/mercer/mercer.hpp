#pragma once

/// The whole house, floor by floor. Include this, or only the rooms that you enter.

#include "mercer/base/buffer.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/base/types.hpp"

#include "mercer/graph/build.hpp"
#include "mercer/graph/csr.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/inspect.hpp"

#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/tensor.hpp"
#include "mercer/tensor/view.hpp"

#include "mercer/kernel/catalogue.hpp"

#include "mercer/device/device.hpp"

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"

#include "mercer/data/dataset.hpp"
#include "mercer/data/read.hpp"

#include "mercer/attention/attend.hpp"
#include "mercer/attention/neighbourhood.hpp"

#include "mercer/layers/layer.hpp"

#include "mercer/models/model.hpp"
