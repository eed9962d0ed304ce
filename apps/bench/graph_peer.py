# The steps of mercer_graph_bench with numpy and scipy: seconds from the archive to both directions and features.
import sys, time
import numpy, scipy.sparse as sparse
from scipy.sparse.csgraph import connected_components
begun = time.perf_counter()
with numpy.load(sys.argv[1]) as file:
    def matrix(name):
        return sparse.csr_matrix((file[name + "_data"], file[name + "_indices"], file[name + "_indptr"]),
                                 shape=file[name + "_shape"])
    graph, features, labels = matrix("adj"), matrix("attr"), file["labels"]
graph = graph.maximum(graph.T.tocsr())
_, part = connected_components(graph, directed=False)
kept = numpy.flatnonzero(part == numpy.bincount(part).argmax())
graph, features, labels = graph[kept][:, kept], features[kept], labels[kept]
features = sparse.diags(1 / numpy.maximum(abs(features).sum(1).A1, 1e-12)) @ features
graph = graph.maximum(sparse.identity(len(kept), format="csr", dtype=graph.dtype))
graph.sort_indices()
slots = graph.copy()
slots.data = numpy.arange(graph.nnz)
transpose = slots.tocsc()
print("ready %.3f" % (time.perf_counter() - begun))
