"""One training epoch (forward, backward, Adam) of PyTorch Geometric's GAT on the CPU: a line of JSON with its median.

    python3 epoch_pyg.py ARCHIVE THREADS [OUTPUT_HEADS]

ARCHIVE is what `mercer data convert NAME --out ARCHIVE.npz` writes. Two layers, 8 heads of width 8, dropout 0.6 on features and
attention, as in PyTorch Geometric's own example; features are dense there, too, and each node's are divided by their sum.
"""
import json
import resource
import sys
import time

import numpy
import scipy.sparse
import torch
from torch.nn.functional import dropout, elu, nll_loss
from torch_geometric.nn import GATConv

epochs, unmeasured = 30, 5
archive = numpy.load(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
torch.manual_seed(0)


def matrix(name):
    parts = tuple(archive[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
    return scipy.sparse.csr_matrix(parts, shape=archive[f"{name}_shape"])


features = numpy.asarray(matrix("attr").todense(), dtype=numpy.float32)
features /= numpy.maximum(features.sum(1, keepdims=True), 1e-12)
graph = matrix("adj").tocoo()
x, y = torch.from_numpy(features), torch.from_numpy(archive["labels"].astype(numpy.int64))
edges = torch.from_numpy(numpy.stack([graph.row, graph.col]).astype(numpy.int64))
train = torch.from_numpy(archive["train_masks"][0].astype(bool))


class Net(torch.nn.Module):
    def __init__(self, classes, output_heads):
        super().__init__()
        self.first = GATConv(x.shape[1], 8, heads=8, dropout=0.6)
        self.second = GATConv(64, classes, heads=output_heads, concat=False, dropout=0.6)

    def forward(self):
        hidden = elu(self.first(dropout(x, 0.6, self.training), edges))
        return self.second(dropout(hidden, 0.6, self.training), edges).log_softmax(-1)


net = Net(int(y.max()) + 1, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
adam = torch.optim.Adam(net.parameters(), lr=0.005, weight_decay=5e-4)
times = []
for _ in range(unmeasured + epochs):
    start = time.perf_counter()
    adam.zero_grad()
    nll_loss(net()[train], y[train]).backward()
    adam.step()
    times.append(1000 * (time.perf_counter() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"median_ms": float(numpy.median(times[unmeasured:])), "peak_rss_mb": peak}))
