"""One epoch (forward, backward, Adam) of the stack of tuned-gat-minesweeper in PyTorch Geometric: median milliseconds.

    python3 stacks_peer.py minesweeper.npz THREADS EPOCHS
"""
import sys
import time

import numpy as np
import torch
from torch_geometric.nn import GATConv
from torch_geometric.utils import add_self_loops, to_undirected

LAYERS, WIDTH, DROPOUT = 15, 64, 0.2


class Stack(torch.nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        widths = [features] + [WIDTH] * (LAYERS - 1)
        self.convolutions = torch.nn.ModuleList(
            GATConv(width, WIDTH, add_self_loops=False, bias=False) for width in widths)
        self.residuals = torch.nn.ModuleList(torch.nn.Linear(width, WIDTH) for width in widths)
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm1d(WIDTH) for _ in widths)
        self.classifier = torch.nn.Linear(WIDTH, classes)

    def forward(self, x, edges):
        for convolution, residual, norm in zip(self.convolutions, self.residuals, self.norms):
            x = torch.relu(norm(convolution(x, edges) + residual(x)))
            x = torch.nn.functional.dropout(x, DROPOUT, self.training)
        return self.classifier(x)


def main(file, threads, epochs):
    torch.set_num_threads(threads)
    data = np.load(file)
    x = torch.tensor(data["node_features"])
    labels = torch.tensor(data["node_labels"])
    train = torch.tensor(data["train_masks"][0])
    edges, _ = add_self_loops(to_undirected(torch.tensor(data["edges"].T)), num_nodes=len(x))
    model = Stack(x.shape[1], int(labels.max()) + 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    spent = []
    for _ in range(epochs):
        begin = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x, edges)[train], labels[train]).backward()
        optimizer.step()
        spent.append(1000 * (time.perf_counter() - begin))
    print(np.median(spent))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
