#pragma once

/// All public headers, grouped by room from the lowest floor up (CONTRIBUTING.md). Include this file or only what you
/// need.

// base: types, checks, buffers, random numbers by counter, parallel loops
#include "mercer/base/annotate.hpp"
#include "mercer/base/brain_float.hpp"
#include "mercer/base/buffer.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/folder_lock.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/option_list.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/precision.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/base/types.hpp"
#include "mercer/base/version.hpp"
#include "mercer/base/whole_file.hpp"

// graph: who attends to whom
#include "mercer/graph/block.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/csr.hpp"
#include "mercer/graph/edge_list.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/graph/hops.hpp"
#include "mercer/graph/inspect.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/graph/topology.hpp"
#include "mercer/graph/topology_view.hpp"
#include "mercer/graph/walk.hpp"

// tensor: dense and sparse matrices
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/tensor.hpp"
#include "mercer/tensor/view.hpp"

// kernel: κ(q, k), the similarity of two nodes
#include "mercer/kernel/any_kernel.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/kernel/pairing.hpp"
#include "mercer/kernel/traits.hpp"

// device: the CUDA devices of the machine
#include "mercer/device/device.hpp"

// partition: V = V_1 ∪ … ∪ V_p
#include "mercer/partition/halo.hpp"
#include "mercer/partition/measure.hpp"
#include "mercer/partition/part.hpp"
#include "mercer/partition/partition.hpp"

// autograd: values with gradients
#include "mercer/autograd/arithmetic.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/gradient_check.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/readout.hpp"
#include "mercer/autograd/variable.hpp"

// data: graphs from files, and synthetic ones
#include "mercer/data/dataset.hpp"
#include "mercer/data/describe.hpp"
#include "mercer/data/fingerprint.hpp"
#include "mercer/data/npz.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/split.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/data/write.hpp"
#include "mercer/data/write_npz.hpp"

// attention: y_i = Σ_j κ m v_j / Σ_j κ m, in one pass
#include "mercer/attention/attend.hpp"
#include "mercer/attention/edge_order.hpp"
#include "mercer/attention/execution.hpp"
#include "mercer/attention/factor_shares.hpp"
#include "mercer/attention/neighbourhood.hpp"
#include "mercer/attention/probe.hpp"
#include "mercer/attention/stream_use.hpp"

// exchange: one graph on several ranks
#include "mercer/exchange/communicator.hpp"
#include "mercer/exchange/loss.hpp"
#include "mercer/exchange/partitioned.hpp"
#include "mercer/exchange/ranks.hpp"

// features: φ with ⟨φ(q), φ(k)⟩ ≈ κ, and its frequencies
#include "mercer/features/fastfood.hpp"
#include "mercer/features/feature_map.hpp"
#include "mercer/features/fourier.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/frequencies.hpp"
#include "mercer/features/frequency_distribution.hpp"
#include "mercer/features/gaussian_frequencies.hpp"
#include "mercer/features/generator.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/learned.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/mixture.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/features/sampled_mixture.hpp"
#include "mercer/features/sampler.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/features/similarity.hpp"

// training: θ ← θ − η ∂L/∂θ
#include "mercer/training/batch.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/early_stopping.hpp"
#include "mercer/training/metric.hpp"
#include "mercer/training/multi_label.hpp"
#include "mercer/training/node_classification.hpp"
#include "mercer/training/optimizer.hpp"
#include "mercer/training/regression.hpp"
#include "mercer/training/schedule.hpp"
#include "mercer/training/tensor_file.hpp"
#include "mercer/training/train_state.hpp"
#include "mercer/training/trainer.hpp"

// layers: q = xW_q, k = xW_k, v = xW_v
#include "mercer/layers/attention_layer.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/graph_attention.hpp"
#include "mercer/layers/graph_attention_v2.hpp"
#include "mercer/layers/graph_convolution.hpp"
#include "mercer/layers/initialise.hpp"
#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/layer.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "mercer/layers/linear.hpp"
#include "mercer/layers/operands.hpp"
#include "mercer/layers/primal_attention.hpp"

// models: layers, one after another
#include "mercer/models/baselines.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/gat.hpp"
#include "mercer/models/gatv2.hpp"
#include "mercer/models/kernel_gnn.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/recipe.hpp"
#include "mercer/models/shape.hpp"
#include "mercer/models/stack.hpp"

// experiment: data, models and training together: prepare, train, save, load, compare
#include "mercer/experiment/calibration.hpp"
#include "mercer/experiment/class_weights.hpp"
#include "mercer/experiment/compare_job.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/comparison.hpp"
#include "mercer/experiment/kernel_picture.hpp"
#include "mercer/experiment/machine.hpp"
#include "mercer/experiment/match.hpp"
#include "mercer/experiment/node_features.hpp"
#include "mercer/experiment/option_text.hpp"
#include "mercer/experiment/peak_memory.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/experiment/split_plan.hpp"
#include "mercer/experiment/statistics.hpp"
#include "mercer/experiment/stream_estimate.hpp"
#include "mercer/experiment/train_seed.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/experiment/unfinished_run.hpp"
