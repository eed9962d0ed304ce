"""Writes graphs as networkx, scipy, numpy and OGB's package write them: library_files.py FOLDER. Beside each set NAME
stands NAME.facts: its path, nodes, edges after symmetrising, without loops, columns of features, classes, sum of the
labels, sum of the features. OGB's files are written as its package stores them, whether or not it is installed."""
import csv, gzip, os, random, sys

import networkx as nx
import numpy as np
import scipy.io
import scipy.sparse as sp

out = sys.argv[1]
draw = np.random.default_rng(3)
graph = nx.gnm_random_graph(30, 70, seed=3)
graph.add_edge(29, 0)
labels = draw.integers(0, 3, 30)
dense = draw.integers(1, 9, (30, 5)) / 4
sparse = sp.random(30, 40, 0.1, "csr", np.float32, draw)
edges = np.array(graph.edges())


def facts(name, path, features, classes):
    width, total = (features.shape[1], features.sum()) if features is not None else (0, 0)
    with open(os.path.join(out, name + ".facts"), "w") as file:
        known = labels if classes else labels * 0
        print(path, 30, 2 * graph.number_of_edges(), width, 3 if classes else 0, known.sum(), total, file=file)


def at(*parts):
    path = os.path.join(out, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


nx.write_edgelist(graph, at("edgelist.txt"), data=False)
facts("edgelist", "edgelist.txt", None, False)
nx.write_edgelist(graph, at("commas.csv"), data=False, delimiter=",")
facts("commas", "commas.csv", None, False)
weighted = graph.copy()
for n, (a, b) in enumerate(weighted.edges()):
    weighted[a][b]["weight"] = 0.5 + n
nx.write_weighted_edgelist(weighted, at("weighted.edges"))
facts("weighted", "weighted.edges", None, False)
for name, matrix in (("pattern", nx.to_scipy_sparse_array(graph, dtype=bool)), ("real", nx.to_scipy_sparse_array(weighted))):
    scipy.io.mmwrite(at(name + ".mtx"), sp.coo_matrix(matrix), symmetry="general")
    facts(name, name + ".mtx", None, False)
scipy.io.mmwrite(at("symmetric.mtx"), sp.coo_matrix(nx.to_scipy_sparse_array(weighted)))
facts("symmetric", "symmetric.mtx", None, False)

nx.write_edgelist(graph, at("numpy", "edges.txt"), data=False)
np.savetxt(at("numpy", "features.csv"), dense, delimiter=",")
np.savetxt(at("numpy", "labels.txt"), labels)
facts("numpy", "numpy", dense, True)

adjacency = nx.to_scipy_sparse_array(graph, format="csr")
parts = lambda prefix, m: {prefix + "_data": m.data, prefix + "_indices": m.indices, prefix + "_indptr": m.indptr, prefix + "_shape": m.shape}
np.savez(at("benchmark.npz"), **parts("adj", adjacency), **parts("attr", sparse), labels=labels, largest_component=False)
facts("benchmark", "benchmark.npz", sparse, True)
np.savez_compressed(at("dense.npz"), **parts("adj", adjacency), **parts("attr", sp.csr_array(dense)), labels=labels.astype(np.int32), largest_component=False)
facts("dense", "dense.npz", dense, True)
masks = {name + "_masks": np.array([np.arange(30) % 3 == k]) for k, name in enumerate(("train", "val", "test"))}
np.savez(at("heterophilous.npz"), node_features=dense, node_labels=labels, edges=edges, **masks)
facts("heterophilous", "heterophilous.npz", dense, True)


def ogb(name):
    for part, rows in (("train", range(10)), ("valid", range(10, 20)), ("test", range(20, 30))):
        with gzip.open(at(name, "split", "random", part + ".csv.gz"), "wt") as file:
            csv.writer(file).writerows([i] for i in rows)


ogb("ogb_text")
for table, rows in (("edge", edges), ("node-feat", dense), ("node-label", labels[:, None]), ("num-node-list", [[30]]), ("num-edge-list", [[len(edges)]])):
    with gzip.open(at("ogb_text", "raw", table + ".csv.gz"), "wt") as file:
        csv.writer(file, lineterminator="\n").writerows(rows.tolist() if hasattr(rows, "tolist") else rows)
facts("ogb_text", "ogb_text", dense, True)
ogb("ogb_arrays")
os.makedirs(os.path.join(out, "ogb_arrays", "raw"))
np.savez_compressed(at("ogb_arrays", "raw", "data.npz"), edge_index=edges.T, node_feat=dense.astype(np.float16), num_nodes_list=np.array([30]), num_edges_list=np.array([len(edges)]))
np.savez_compressed(at("ogb_arrays", "raw", "node-label.npz"), node_label=labels[:, None].astype(np.float32))
facts("ogb_arrays", "ogb_arrays", dense, True)
