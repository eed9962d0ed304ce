#!/usr/bin/env python3
"""Writes Planetoid files as numpy and scipy pickle them today: usage: pickled_inputs.py FOLDER; exit 77 without them."""
import pickle, sys
from collections import defaultdict

try:
    import numpy as np
    import scipy.sparse as sp
except ImportError as missing:
    sys.exit(print(f"SKIPPED: {missing}") or 77)

allx = np.array([[1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0.5, 0, 2], [1, 0, 0, 0, 0]], dtype="f4")
tx = np.array([[0, 0, 0, 0, 3], [0, 1, 1, 0, 0]], dtype="f4")
ally = np.array([[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]])
ty = np.array([[0, 1], [1, 0]])
graph = {0: [1, 1], 1: [0, 0, 2], 2: [1, 2], 3: [4], 4: [3], 5: [7], 6: [], 7: [5]}


def write(name, protocol, features, labels=np.asarray, neighbours=list, number=int, index="%d"):
    parts = {"x": features(allx[:2]), "allx": features(allx), "tx": features(tx), "y": labels(ally[:2]),
             "ally": labels(ally), "ty": labels(ty),
             "graph": defaultdict(list, {number(i): neighbours([number(j) for j in js]) for i, js in graph.items()})}
    for member, value in parts.items():
        with open(f"{sys.argv[1]}/ind.{name}.{member}", "wb") as file:
            pickle.dump(value, file, protocol)
    np.savetxt(f"{sys.argv[1]}/ind.{name}.test.index", [7, 5], fmt=index)


forms = {"csr": sp.csr_matrix, "csc": sp.csc_matrix, "coo": sp.coo_matrix, "lil": sp.lil_matrix,
         "csr_array": sp.csr_array, "csc_array": sp.csc_array, "coo_array": sp.coo_array, "lil_array": sp.lil_array,
         "dense": np.asarray, "fortran": np.asfortranarray, "matrix": np.asmatrix}
for protocol in range(2, 6):
    for form, make in forms.items():
        write(f"{form}_{protocol}", protocol, make)
    write(f"double_{protocol}", protocol, lambda x: sp.csr_matrix(x, dtype="f8"), lambda y: y.astype("f8"), set)
    write(f"whole_{protocol}", protocol, lambda x: sp.lil_matrix(x * 2, dtype="i8"), lambda y: y.astype("i1"), tuple)
    write(f"bool_{protocol}", protocol, sp.csr_matrix, lambda y: y.astype(bool), frozenset, np.int64, "%.18e")
    write(f"arrays_{protocol}", protocol, sp.csr_matrix, lambda y: np.asfortranarray(y), np.array, np.int32)
