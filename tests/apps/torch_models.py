#!/usr/bin/env python3
"""Saves graphs, state_dicts of PyTorch Geometric's layers and their logits: usage: torch_models.py FOLDER; exit 77
without the libraries. FOLDER gets data.pt and other graphs, MODEL.pt, and of a model on a graph MODEL-GRAPH.txt (logits,
a line a node) and MODEL-GRAPH.args (of mercer import)."""
import sys, warnings

warnings.filterwarnings("ignore")
try:
    import torch
    from torch_geometric.data import Data
    from torch_geometric.nn import GATConv, GATv2Conv, GCNConv, TransformerConv
except ImportError as missing:
    sys.exit(print(f"SKIPPED: {missing}") or 77)

torch.manual_seed(1)
nodes, features, classes = 40, 12, 3
edges = torch.unique(torch.randint(0, nodes, (2, 150)), dim=1)
edges = edges[:, edges[0] != edges[1]]  # directed, without loops
data = Data(x=torch.randn(nodes, features), edge_index=edges, y=torch.arange(nodes) % classes)
data.edge_attr = torch.randn(edges.shape[1], 3)  # read where layers have an edge_dim


def graph_with(extra, both_ways):
    """The edges and `extra`, with features of their own, also backwards; in an order that is not that of the nodes."""
    more = torch.cat((edges, extra, extra.flip(0), edges.flip(0)) if both_ways else (edges, extra), dim=1)
    more = more[:, torch.randperm(more.shape[1])]
    return Data(x=data.x, y=data.y, edge_index=more, edge_attr=torch.randn(more.shape[1], 3))


loops = torch.arange(0, nodes, 7).repeat(2, 1)
extra = torch.cat((edges[:, :20], edges[:, :5], loops, loops[:, :2]), dim=1)  # repeated edges, loops and repeated loops
graphs = {"data": data, "directed": graph_with(extra, False), "undirected": graph_with(extra, True)}
for name, graph in graphs.items():
    torch.save(graph, f"{sys.argv[1]}/{name}.pt")


class Stack(torch.nn.Module):
    def __init__(self, activation, *layers):
        super().__init__()
        self.convs, self.activation = torch.nn.ModuleList(layers), activation

    def forward(self, data):
        x, of_edges = data.x, (data.edge_index, data.edge_attr)[:2 if hasattr(self.convs[0], "lin_edge") and
                                                                self.convs[0].lin_edge is not None else 1]
        for layer in self.convs[:-1]:
            x = self.activation(layer(x, *of_edges))
        return self.convs[-1](x, *of_edges)


elu, relu = torch.nn.functional.elu, torch.relu
models = {
    "gat": (Stack(elu, GATConv(features, 5, heads=4), GATConv(20, classes, heads=2, concat=False)), ""),
    "gat3": (Stack(relu, GATConv(features, 4, heads=2, negative_slope=0.1), GATConv(8, 4, heads=2, negative_slope=0.1),
                   GATConv(8, classes, negative_slope=0.1)), "--activation relu --negative-slope 0.1"),
    "gat_no_bias": (Stack(elu, GATConv(features, 5, heads=4, bias=False), GATConv(20, classes, bias=False)), ""),
    "gatv2": (Stack(elu, GATv2Conv(features, 5, heads=4), GATv2Conv(20, classes, heads=2, concat=False)), ""),
    "gatv2_shared": (Stack(elu, GATv2Conv(features, 6, heads=2, share_weights=True),
                           GATv2Conv(12, classes, share_weights=True)), ""),
    "gat_edges": (Stack(elu, GATConv(features, 5, heads=4, edge_dim=3),
                        GATConv(20, classes, heads=2, concat=False, edge_dim=3)), ""),
    "gatv2_edges": (Stack(elu, GATv2Conv(features, 5, heads=4, edge_dim=3),
                          GATv2Conv(20, classes, heads=2, concat=False, edge_dim=3)), ""),
    "gatv2_edges_shared": (Stack(relu, GATv2Conv(features, 8, heads=2, share_weights=True, bias=False, edge_dim=3),
                                 GATv2Conv(16, classes, share_weights=True, bias=False, edge_dim=3)),
                           "--activation relu"),
    "gat_edges_no_bias": (Stack(elu, GATConv(features, 4, heads=3, bias=False, edge_dim=3),
                                GATConv(12, 4, heads=3, bias=False, edge_dim=3),
                                GATConv(12, classes, bias=False, edge_dim=3)), ""),
    "transformer": (Stack(relu, TransformerConv(features, 5, heads=3),
                          TransformerConv(15, classes, heads=2, concat=False)),
                    "--activation relu --heads 3 --output-heads 2"),
    "transformer_no_root": (Stack(elu, TransformerConv(features, 5, root_weight=False),
                                  TransformerConv(5, classes, root_weight=False)), "--no-root-weight"),
    "transformer_root": (Stack(elu, TransformerConv(features, 5, heads=2), TransformerConv(10, classes)), "--heads 2"),
    "gcn": (Stack(relu, GCNConv(features, 7), GCNConv(7, classes)), ""),
}
for name, (model, words) in models.items():
    for parameter in model.parameters():  # biases start at 0
        torch.nn.init.normal_(parameter, std=0.4)
    model.eval()
    torch.save(model.state_dict(), f"{sys.argv[1]}/{name}.pt")
    for of_graph, graph in graphs.items():
        with torch.no_grad():
            logits = model(graph)
        with open(f"{sys.argv[1]}/{name}-{of_graph}.txt", "w") as file:
            file.writelines(" ".join(f"{v:.9g}" for v in row) + "\n" for row in logits.tolist())
        with open(f"{sys.argv[1]}/{name}-{of_graph}.args", "w") as file:
            file.write(f"'{sys.argv[1]}/{name}.pt' --data '{sys.argv[1]}/{of_graph}.pt' {words}\n")
torch.save({"epoch": 3, "model": models["gat"][0].state_dict(),
            "optimizer": torch.optim.Adam(models["gat"][0].parameters()).state_dict()}, f"{sys.argv[1]}/checkpoint.pt")
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 2)).state_dict(), f"{sys.argv[1]}/linear.pt")
torch.save(Stack(elu, GATConv(features, 3, heads=2)).state_dict(), f"{sys.argv[1]}/side_by_side.pt")
