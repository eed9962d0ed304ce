#pragma once

namespace mercer::program {

/// What `--peers PYTHON` runs: it says what it has, then times one epoch for each line "LIBRARY MODEL" that it reads.
/// Arguments: file of edges (int64 sources, then targets), nodes, edges, features, classes, heads, width, threads,
/// device.
inline constexpr const char* peers_script = R"py(
import sys, json, time
try:
    import torch
except Exception as error:
    print(json.dumps({"error": "torch: %s" % error}), flush=True)
    sys.exit(0)
file, (n, m, f, c, h, w, threads), device = sys.argv[1], map(int, sys.argv[2:9]), sys.argv[9]
torch.set_num_threads(threads)
torch.manual_seed(0)
have = {}
try:
    import torch_geometric
    from torch_geometric.nn import GATConv, GATv2Conv, GCNConv
    have["PyG"] = torch_geometric.__version__
except Exception as error:
    have["PyG"] = None
try:
    import dgl
    from dgl.nn import GATConv as DglGat, GATv2Conv as DglGatv2, GraphConv
    have["DGL"] = dgl.__version__
except Exception as error:
    have["DGL"] = None
edges = torch.from_file(file, size=2 * m, dtype=torch.int64).clone().view(2, m).to(device)
x, y = torch.rand(n, f).to(device), (torch.arange(n) % c).to(device)

class Net(torch.nn.Module):
    def __init__(self, library, model):
        super().__init__()
        self.dgl, self.flat = library == "DGL", model == "gcn"
        if self.dgl:
            self.graph = dgl.graph((edges[0], edges[1]), num_nodes=n)
            make = {"gat-pyg": DglGat, "gatv2": DglGatv2, "gcn": GraphConv}[model]
            self.one = make(f, h * w) if self.flat else make(f, w, h)
            self.two = make(h * w, c) if self.flat else make(h * w, c, 1)
        else:
            loops = {"add_self_loops": False}
            make = {"gat-pyg": GATConv, "gatv2": GATv2Conv, "gcn": GCNConv}[model]
            self.one = make(f, h * w, cached=True, **loops) if self.flat else make(f, w, heads=h, **loops)
            self.two = (make(h * w, c, cached=True, **loops) if self.flat
                        else make(h * w, c, heads=1, concat=False, **loops))

    def forward(self):
        if self.dgl:
            z = torch.nn.functional.elu(self.one(self.graph, x).flatten(1))
            return self.two(self.graph, z).flatten(1)
        return self.two(torch.nn.functional.elu(self.one(x, edges)), edges)

nets = {}
def epoch(library, model):
    if (library, model) not in nets:
        net = Net(library, model).to(device)
        nets[library, model] = net, torch.optim.Adam(net.parameters(), lr=0.005)
    net, adam = nets[library, model]
    start = time.perf_counter()
    adam.zero_grad()
    torch.nn.functional.cross_entropy(net(), y).backward()
    adam.step()
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - start

print(json.dumps({"torch": torch.__version__, "libraries": have}), flush=True)
for line in sys.stdin:
    try:
        print(json.dumps({"seconds": epoch(*line.split())}), flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error).splitlines()[0] if str(error) else type(error).__name__}), flush=True)
)py";

}  // namespace mercer::program
