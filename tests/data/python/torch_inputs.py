#!/usr/bin/env python3
"""Saves graphs of PyTorch Geometric by torch.save: usage: torch_inputs.py FOLDER; exit 77 without the libraries."""
import sys, warnings

warnings.filterwarnings("ignore")
try:
    import torch
    from torch_geometric.data import Data
except ImportError as missing:
    sys.exit(print(f"SKIPPED: {missing}") or 77)

mask = lambda *nodes: torch.tensor([i in nodes for i in range(5)])
edges = torch.tensor([[0, 1, 1, 2, 3, 3], [1, 0, 2, 1, 3, 1]])
data = Data(x=torch.arange(20.0).reshape(4, 5).t(), edge_index=edges.to(torch.int64), y=torch.tensor([0, 2, 1, -1, 0]),
            train_mask=mask(0, 1), val_mask=mask(2), test_mask=mask(4), edge_weight=torch.tensor([1.0, 1, 2, 2, 0.5, 3]),
            pos=torch.zeros(5, 3), title="five nodes")
save = lambda value, name: torch.save(value, f"{sys.argv[1]}/{name}.pt")
save(data, "data")
save(data.to_dict(), "dictionary")
save((data.to_dict(), None, Data), "processed")
save((data, {"x": torch.tensor([0, 5]), "y": torch.tensor([0, 5])}), "slices")
save((data, {"x": torch.tensor([0, 2, 5])}), "two_graphs")
save(Data(edge_index=edges, num_nodes=5, y=data.y.float(), train_mask=torch.stack([mask(0), mask(1)], 1),
          val_mask=torch.stack([mask(1), mask(2)], 1), test_mask=torch.stack([mask(2), mask(0)], 1)), "no_features")
save(torch.nn.Linear(2, 2), "module")
save(Data(x=data.x.half(), edge_index=edges), "half")
save(torch.nn.Linear(2, 2).state_dict(), "state")
