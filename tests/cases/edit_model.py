"""Replaces the description in the metadata of a model: edit_model.py FOLDER EXPRESSION, in which t is its text and
j its value; the result is a text or a value."""
import json, struct, sys

path = sys.argv[1] + "/model.safetensors"
with open(path, "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header, tensors = json.loads(file.read(length)), file.read()
text = header["__metadata__"]["model"]
edited = eval(sys.argv[2], {"t": text, "j": json.loads(text), "json": json})
header["__metadata__"]["model"] = edited if isinstance(edited, str) else json.dumps(edited)
del header["__metadata__"]["mercer.digest"]
packed = json.dumps(header).encode()
packed += b" " * (-len(packed) % 8)
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(packed)) + packed + tensors)
