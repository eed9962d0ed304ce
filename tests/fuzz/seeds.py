"""Writes a sound input of every format for tests/fuzz/readers.cpp: seeds.py FOLDER [PROGRAM]. With the program, its own
outputs (models, interrupted runs, archives) are seeds, too. Needs nothing but Python."""
import argparse, gzip, json, os, random, struct, subprocess, sys, tempfile, zipfile, io

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", help="where the seeds go")
parser.add_argument("program", nargs="?", help="mercer")
arguments = parser.parse_args()
out, program = arguments.folder, arguments.program
os.makedirs(out, exist_ok=True)


def seed(name, path, files):
    """An input that reads `path` in a folder of these files."""
    with open(os.path.join(out, name), "wb") as file:
        file.write(path.encode() + b"\n")
        for key, value in files.items():
            value = value.encode() if isinstance(value, str) else value
            file.write(b"%%%% %s %d\n" % (key.encode(), len(value)) + value + b"\n")


def npy(descr, shape, values, code):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, tuple(shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<%d%s" % (len(values), code), *values)


def npz(members, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for key, value in members.items():
            archive.writestr(zipfile.ZipInfo(key + ".npy"), value, method)
    return packed.getvalue()


ring = [(i, (i + 1) % 12) for i in range(12)]
edges = "".join("%d %d\n" % e for e in ring)
labels = "".join("c%d\n" % (i % 3) for i in range(12))
table = "a,b,c\n" + "".join("%g,%g,%g\n" % (i, i / 2, -i) for i in range(12))
svm = "".join("1:%d %d:1.5\n" % (i + 1, i % 5 + 2) for i in range(12))
split = "".join("%s %s\n" % (("train", "val", "test")[i % 3], ("val", "test", "none")[i % 3]) for i in range(12))

seed("text", ".", {"edges.txt": "# directed\n" + edges, "features.svmlight": svm, "labels.txt": labels, "split.txt": split})
seed("tables", ".", {"edges.csv": "source,target,weight\n" + "".join("n%d,n%d,%g\n" % (a, b, a / 4) for a, b in ring),
                     "features.csv": table, "nodes.txt": "".join("n%d\n" % i for i in range(12)),
                     "labels.csv": "id,label\n" + "".join("n%d,%d\n" % (i, i % 3) for i in range(12)),
                     "train_mask.txt": "1\n" * 4 + "0\n" * 8, "val_mask.txt": "0\n" * 4 + "1\n" * 4 + "0\n" * 4})
seed("semicolons", ".", {"edges.tsv": "0\t1\n1\t2\n", "features.csv": "id;x\n0;0,5\n1;1,5\n2;2\n", "feature_names.txt": "x\n"})
seed("long", ".", {"edges.txt": edges, "features.csv": "node_id,feature_id,value\n" + "".join("%d,%d,%g\n" % (i, i % 4, i) for i in range(12))})
seed("several", ".", {"edges.txt": edges, "features.csv": table, "labels.csv": "a,b\n" + "1,1\n0,1\n" * 6})
seed("hot", ".", {"edges.txt": edges, "features.csv": table, "labels.csv": "1,0\n0,1\n" * 6})
seed("real", ".", {"edges.txt": edges, "features.csv": table, "targets.csv": "value\n" + "".join("%g\n" % (i / 7) for i in range(12))})
seed("packed", ".", {"edges.txt.gz": gzip.compress(edges.encode()), "features.svmlight.gz": gzip.compress(svm.encode())})
seed("graphland", ".", {"edgelist.csv": edges.replace(" ", ","), "features.csv": table, "targets.csv": "id,target\n" + "".join("%d,%d\n" % (i, i % 2) for i in range(12)),
                        "split_masks_RL.csv": "id,train,val,test\n" + "".join("%d,%s\n" % (i, ("True,False,False", "False,True,False", "False,False,True")[i % 3]) for i in range(12))})
seed("geom", ".", {"out1_graph_edges.txt": "node_id\tnode_id\n" + edges.replace(" ", "\t"),
                   "out1_node_feature_label.txt": "node_id\tfeature\tlabel\n" + "".join("%d\t0,1,%d\t%d\n" % (i, i % 2, i % 3) for i in range(12))})
seed("ogb", ".", {"raw/edge.csv": edges.replace(" ", ","), "raw/num-node-list.csv": "12\n", "raw/node-label.csv": "".join("%d\n" % (i % 3) for i in range(12)),
                  "raw/node-feat.csv": table.split("\n", 1)[1], "split/time/train.csv": "0\n1\n", "split/time/valid.csv": "2\n", "split/time/test.csv": "3\n"})
seed("ogb_arrays", ".", {"raw/data.npz": npz({"edge_index": npy("<i8", (2, 12), [a for a, _ in ring] + [b for _, b in ring], "q"), "num_nodes_list": npy("<i8", (1,), [12], "q"),
                                              "node_feat": npy("<f2", (12, 2), [i / 4 for i in range(24)], "e")}),
                         "raw/node-label.npz": npz({"node_label": npy("<f4", (12, 1), [i % 3 for i in range(12)], "f")})})
seed("ogb_edges", ".", {"raw/edge.csv": edges.replace(" ", ","), "raw/num-node-list.csv": "12\n", "raw/node-label.csv": "".join("%d,%g\n" % (i % 3, i / 7) for i in range(12)),
                        "raw/edge-feat.csv": "".join("%g,%d\n" % (i / 3, i) for i in range(12))})
seed("ogb_edge_arrays", ".", {"raw/data.npz": npz({"edge_index": npy("<i8", (2, 12), [a for a, _ in ring] + [b for _, b in ring], "q"), "num_nodes_list": npy("<i8", (1,), [12], "q"),
                                                   "node_feat": npy("|b1", (12, 2), [i % 3 == 0 for i in range(24)], "?"), "edge_feat": npy("<f4", (12, 2), [i / 3 for i in range(24)], "f"),
                                                   "edge_weight": npy("<f8", (12,), range(12), "d")}),
                              "raw/node-label.npz": npz({"node_label": npy("<i8", (12, 2), [i % 2 for i in range(24)], "q")})})
seed("edge_columns", ".", {"edges.csv": "source,target,weight,type,len,seen\n" + "".join("%d,%d,%g,%s,%g,%s\n" % (a, b, a / 4, "xyz"[a % 3], b / 3, a % 2 == 0) for a, b in ring + ring[:3]),
                           "features.csv": "# id,a,b\n" + "".join("%d,%g,%d\n" % (11 - i, i / 2, i) for i in range(12)), "labels.csv": "# task: multi-label\nid,z\n" + "".join("%d,%d\n" % (i, i % 2) for i in range(12))})
seed("nodes", ".", {"edges.txt": "# target source time\n" + "".join("0%d %d %g\n" % (a + 1, b + 1, a / 5) for a, b in ring), "nodes.csv": "id,x,y\n" + "".join("%d,%g,%d\n" % (12 - i, i / 3, i % 3) for i in range(12))})
seed("linqs", "s", {"s.content": "".join("p%d\t%d\t%d\tk%d\n" % (i, i % 2, i % 3 == 0, i % 3) for i in range(12)), "s.cites": "".join("p%d\tp%d\n" % e for e in ring)})
seed("metis", "a.graph", {"a.graph": "% a comment\n4 4 1\n2 1 4 3\n1 1 3 2\n2 2 4 1\n1 3 3 1\n"})
seed("market", "a.mtx", {"a.mtx": "%%MatrixMarket matrix coordinate real symmetric\n4 4 3\n2 1 0.5\n3 2 1\n4 4 2\n"})
seed("snap", "a.txt", {"a.txt": "# Directed graph\n# FromNodeId\tToNodeId\n10\t20\n20\t35\n"})

adjacency = {"adj_data": npy("<f4", (12,), [1] * 12, "f"), "adj_indices": npy("<i4", (12,), [b for _, b in ring], "i"),
             "adj_indptr": npy("<i4", (13,), range(13), "i"), "adj_shape": npy("<i8", (2,), [12, 12], "q")}
attributes = {k.replace("adj", "attr"): v for k, v in adjacency.items()}
named = {"labels": npy("<i8", (12,), [i % 3 for i in range(12)], "q"),
         "class_names": npy("<U2", (3,), [ord(c) for c in "a\0b\0c\0"], "I")}
seed("benchmark", "a.npz", {"a.npz": npz({**adjacency, **attributes, **named})})
seed("benchmark_stored", "a.npz", {"a.npz": npz({**adjacency, **attributes, **named}, zipfile.ZIP_STORED)})
masks = {name: npy("|b1", (2, 12), [(i + s) % 3 == k for s in range(2) for i in range(12)], "?") for k, name in enumerate(("train_masks", "val_masks", "test_masks"))}
seed("heterophilous", "a_directed.npz", {"a_directed.npz": npz({"node_features": npy("<f8", (12, 3), [i % 4 for i in range(36)], "d"), "node_labels": npy("<i8", (12,), [i % 3 for i in range(12)], "q"),
                                                                 "edges": npy("<i8", (12, 2), [x for e in ring for x in e], "q"), **masks})})

dense = {"attr_matrix": npy("<f2", (12, 3), [i / 4 for i in range(36)], "e"), "labels": npy("<U2", (12,), [x for i in range(12) for x in (97 + i % 3, 0)], "I"),
         "edge_attr": npy("<i4", (12, 2), range(24), "i"), "edge_feature_names": npy("<U1", (2,), [97, 98], "I"), "edge_weight": npy("<f8", (12,), range(12), "d"), "more": npy("|u1", (3,), [1, 2, 3], "B")}
seed("benchmark_dense", "a.npz", {"a.npz": npz({**adjacency, **dense})})
seed("benchmark_task", "a.npz", {"a.npz": npz({**adjacency, **attributes, "labels": npy("<f4", (12, 1), [i % 2 for i in range(12)], "f"), "adj_counts": npy("<i4", (12,), [1 + i % 2 for i in range(12)], "i"),
                                               "task": npy("<U11", (1,), [ord(c) for c in "multi-label"], "I"), "edge_weight": npy("<f4", (12,), [1] * 12, "f")})})
seed("heterophilous_edges", "a.npz", {"a.npz": npz({"node_features": npy("|u1", (12, 3), [i % 4 for i in range(36)], "B"), "node_labels": npy("<i8", (12,), [i % 3 for i in range(12)], "q"),
                                                    "edges": npy("<i8", (12, 2), [x for e in ring for x in e], "q"), "edge_features": npy("<f4", (12,), range(12), "f"), "weights": npy("<f4", (12,), range(12), "f"), **masks})})

U = lambda b: (b"U" + bytes([len(b)]) if len(b) < 256 else b"T" + struct.pack("<i", len(b))) + b
I = lambda n: b"K" + bytes([n])
G = lambda m, n: b"c" + m + b"\n" + n + b"\n"
dtype = lambda t: G(b"numpy", b"dtype") + U(t) + b"K\x00K\x01\x87R(K\x03" + U(b"<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
array = lambda shape, t, d: G(b"numpy.core.multiarray", b"_reconstruct") + G(b"numpy", b"ndarray") + b"K\x00\x85" + U(b"b") + b"\x87R(K\x01(" + b"".join(map(I, shape)) + b"t" + dtype(t) + b"\x89" + U(d) + b"tb"
words = lambda fmt, xs: struct.pack("<%d%s" % (len(xs), fmt), *xs)


def csr(rows):
    return (b"\x80\x02" + G(b"scipy.sparse.csr", b"csr_matrix") + b")\x81q\x01}(" + U(b"_shape") + b"(" + I(rows) + I(5) + b"t" + U(b"indptr") + array((rows + 1,), b"i4", words("i", range(rows + 1)))
            + U(b"indices") + array((rows,), b"i4", words("i", [i % 5 for i in range(rows)])) + U(b"data") + array((rows,), b"f4", words("f", [1] * rows)) + U(b"format") + U(b"csr") + b"ub.")


def hot(rows):
    return b"\x80\x02" + array((rows, 3), b"i4", words("i", [int(c == i % 3) for i in range(rows) for c in range(3)])) + b"."


graph = b"\x80\x02" + G(b"collections", b"defaultdict") + G(b"__builtin__", b"list") + b"\x85Rq\x01("
graph += b"".join(I(a) + b"](" + I(b) + I((a + 5) % 12) + b"e" for a, b in ring) + b"u."
seed("planetoid", "ind.a", {"ind.a.x": csr(4), "ind.a.y": hot(4), "ind.a.allx": csr(9), "ind.a.ally": hot(9), "ind.a.tx": csr(3), "ind.a.ty": hot(3),
                            "ind.a.graph": graph, "ind.a.test.index": "9\n11\n10\n"})


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def undigested(*path):
    """A file of tensors without its digest, so that what is changed goes beyond it."""
    file = read(*path)
    (length,) = struct.unpack("<Q", file[:8])
    header = json.loads(file[8:8 + length])
    del header["__metadata__"]["mercer.digest"]
    packed = json.dumps(header).encode()
    packed += b" " * (-len(packed) % 8)
    return struct.pack("<Q", len(packed)) + packed + file[8 + length:]


if program:
    with tempfile.TemporaryDirectory() as work:
        run = lambda *words: subprocess.run([program, *words], cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("train", "--data", "karate", "--hidden", "2", "--heads", "2", "--epochs", "3", "--quiet", "--out", "m")
        seed("model", "model.safetensors", {"model.safetensors": undigested(work, "m", "model.safetensors")})
        seed("resume", "resume.json", {"resume.json": read(work, "m", "finished.json"), "resume.safetensors": undigested(work, "m", "finished.safetensors")})
        run("data", "convert", "karate", "--out", "k.npz")
        seed("archive", "k.npz", {"k.npz": read(work, "k.npz")})
try:
    import torch
except ImportError:
    print("torch is not installed: no seeds of its files", file=sys.stderr)
else:
    packed = io.BytesIO()
    torch.save({"x": torch.rand(4, 2), "edge_index": torch.tensor([[0, 1], [1, 2]]), "y": torch.tensor([0, 1, 0, 1])}, packed)
    seed("torch", "a.pt", {"a.pt": packed.getvalue()})
    packed = io.BytesIO()
    torch.save({"x": torch.rand(4, 2).half(), "edge_index": torch.tensor([[0, 1, 1], [1, 2, 2]]), "edge_attr": torch.rand(3, 2), "edge_weight": torch.rand(3).double(),
                "y": torch.rand(4, 2), "train_mask": torch.tensor([True, False, True, False])}, packed)
    seed("torch_edges", "a.pt", {"a.pt": packed.getvalue()})
    packed = io.BytesIO()
    torch.save({"conv.att_src": torch.rand(1, 2, 3), "conv.att_dst": torch.rand(1, 2, 3), "conv.bias": torch.rand(6), "conv.lin.weight": torch.rand(6, 4)}, packed)
    seed("torch_state", "state.pt", {"state.pt": packed.getvalue()})
