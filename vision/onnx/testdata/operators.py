"""Writes operators.jsonl: one case a line, an operator with its inputs and what ONNX Runtime makes of them.

    python operators.py > operators.jsonl      # needs onnx, onnxruntime and numpy

Outputs are cast to float32. An input is {"name", "type", "shape", "data"}; bool is written as 0 and 1.
An attribute that is a list of one number where the operator wants a tensor is a tensor of int64.
"const" says that the input is an initializer of the graph: this backend wants to know it before a run.
"""
import json

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper

rng = np.random.default_rng(7)
TYPES = {"float32": np.float32, "int64": np.int64, "int32": np.int32, "bool": np.bool_, "uint8": np.uint8, "int8": np.int8}


def numbers(*shape):
    return np.round(rng.standard_normal(shape), 2).astype(np.float32)


def short(v):
    """v with the digits that tell float32 numbers apart; integers without a point."""
    assert np.isfinite(v), v
    v = float(f"{v:.8g}")
    return int(v) if v == int(v) else v


def whole(lo, hi, *shape, dtype=np.int64):
    return rng.integers(lo, hi, shape).astype(dtype)


def ints(*values, dtype=np.int64):
    return np.array(values, dtype)


class Const:
    """An input that is an initializer."""

    def __init__(self, value):
        self.value = np.asarray(value)


def case(name, op, inputs, attributes=None, opset=17, outputs=1):
    nodes, values, initializers, listed, feed = [], [], [], [], {}
    for i, x in enumerate(inputs):
        if x is None:
            listed.append(None)
            continue
        constant = isinstance(x, Const)
        array = x.value if constant else np.asarray(x)
        label = f"x{i}"
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        if constant:
            initializers.append(onnx.numpy_helper.from_array(array, label))
        else:
            values.append(helper.make_tensor_value_info(label, kind, array.shape))
            feed[label] = array
        listed.append({
            "name": label, "type": next(k for k, t in TYPES.items() if t == array.dtype), "shape": list(array.shape),
            "data": [short(v) if array.dtype == np.float32 else int(v) for v in array.ravel()],
        } | ({"const": True} if constant else {}))
    names = [f"y{i}" for i in range(outputs)]
    tensors = {k: onnx.numpy_helper.from_array(v) for k, v in (attributes or {}).items() if isinstance(v, np.ndarray)}
    nodes.append(helper.make_node(op, [i["name"] if i else "" for i in listed], names, **((attributes or {}) | tensors)))
    results = []
    for n in names:
        nodes.append(helper.make_node("Cast", [n], [n + "f"], to=TensorProto.FLOAT))
        results.append(helper.make_tensor_value_info(n + "f", TensorProto.FLOAT, None))
    graph = helper.make_graph(nodes, name, values, results, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    got = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, feed)
    print(json.dumps({
        "name": name, "op": op, "opset": opset, "inputs": listed,
        "attributes": {k: v.tolist() if k in tensors else v for k, v in (attributes or {}).items()},
        "outputs": [{"shape": list(g.shape), "data": [short(v) for v in g.ravel()]} for g in got],
    }, separators=(",", ":")))


def main():
    x = numbers(2, 3, 4)
    x[x == 0] = 0.01
    for op in ["Add", "Sub", "Mul", "Div", "Min", "Max", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
        small = np.array([0.5, -1, 0.5, 2], np.float32)
        for label, a, b in [
            ("same", x, numbers(2, 3, 4)), ("row", x, small), ("column", x, numbers(2, 1, 1)), ("number", np.float32(1.5), x),
            ("both", numbers(3, 1), numbers(2, 1, 4)), ("equal numbers", small, small[:1]),
            ("int", whole(-4, 5, 3, 4), whole(1, 4, 4)), ("int column", whole(-9, 9, 3, 1, dtype=np.int32), whole(1, 3, 1, 4, dtype=np.int32)),
        ]:
            case(f"{op} {label}", op, [a, b])
    for op in ["And", "Or", "Xor"]:
        case(op, op, [whole(0, 2, 3, 4, dtype=np.bool_), whole(0, 2, 4, dtype=np.bool_)])
    case("Not", "Not", [whole(0, 2, 3, 4, dtype=np.bool_)])
    case("Mod", "Mod", [ints(-7, -6, 5, 6, 7), ints(3, -3, 3, -3, 5)])
    case("Mod fmod", "Mod", [ints(-7, -6, 5, 6, 7), ints(3, -3, 3, -3, 5)], {"fmod": 1})
    case("Mod fmod float", "Mod", [np.array([-7.5, 6.5], np.float32), np.array([2, 4], np.float32)], {"fmod": 1})
    case("Div int", "Div", [ints(-7, 7, 8), ints(2, -2, 3)])
    for e in [2, 3, 0.5, -1]:
        case(f"Pow {e}", "Pow", [abs(x) + 0.1, Const(np.float32(e))])
    case("Pow of each", "Pow", [abs(x) + 0.1, numbers(4)])
    case("Pow int", "Pow", [x, Const(ints(2))])
    case("Where", "Where", [whole(0, 2, 3, 4, dtype=np.bool_), x, np.float32(-1)])
    case("Where int", "Where", [whole(0, 2, 3, 1, dtype=np.bool_), whole(0, 9, 4), ints(7)])

    far = np.array([[0, -0.0, 1e-3, -20, 20], [3, -3, 80, -90, 0.5]], np.float32)
    for op in ["Abs", "Erf", "Exp", "Neg", "Sigmoid", "Tanh", "Relu", "IsNaN"]:
        case(op, op, [far])
    for op in ["Sqrt", "Log", "Reciprocal"]:
        case(op, op, [abs(far) + 0.25])
    case("Abs int", "Abs", [whole(-5, 5, 6)])
    case("Neg int", "Neg", [whole(-5, 5, 6, dtype=np.int32)])
    for form in ["none", "tanh"]:
        case(f"Gelu {form}", "Gelu", [far[:, :3]], {"approximate": form}, opset=20)
    case("Clip", "Clip", [x, Const(np.float32(-0.5)), Const(np.float32(0.5))])
    case("Cast float to int", "Cast", [np.array([1.9, -1.9, 0, 300], np.float32)], {"to": TensorProto.INT64})
    case("Cast float to bool", "Cast", [np.array([0.4, 0, -2], np.float32)], {"to": TensorProto.BOOL})
    case("Cast int to bool", "Cast", [ints(0, 1, -2)], {"to": TensorProto.BOOL})
    case("Cast int64 to int32", "Cast", [ints(1, -2, 1 << 33)], {"to": TensorProto.INT32})
    case("Cast int32 to float", "Cast", [ints(1, -2, dtype=np.int32)], {"to": TensorProto.FLOAT})
    case("Cast same", "Cast", [x], {"to": TensorProto.FLOAT})
    case("Identity", "Identity", [ints(3, 4)])
    case("Dropout", "Dropout", [x])

    for label, a, b in [
        ("matrices", (3, 4), (4, 5)), ("rows", (2, 3, 4), (4, 5)), ("stack", (2, 3, 4), (2, 4, 5)), ("heads", (2, 2, 3, 4), (2, 2, 4, 3)),
        ("repeated right", (2, 2, 3, 4), (2, 4, 5)), ("repeated left", (3, 4), (2, 4, 5)), ("repeated both", (2, 1, 3, 4), (1, 3, 4, 2)),
        ("vectors", (4,), (4,)), ("vector left", (4,), (2, 4, 5)), ("vector right", (2, 3, 4), (4,)), ("vector and matrix", (4,), (4, 5)),
        ("column", (3, 1), (1, 5)),
    ]:
        case(f"MatMul {label}", "MatMul", [numbers(*a), numbers(*b)])
        case(f"MatMul {label} constant", "MatMul", [numbers(*a), Const(numbers(*b))])

    for axis in [-1, 0, 1]:
        case(f"Softmax {axis}", "Softmax", [x], {"axis": axis})
    case("Softmax 11", "Softmax", [x], {"axis": 1}, opset=11)
    case("Softmax 11 default", "Softmax", [x], {}, opset=11)
    for axis in [-1, 1]:
        n = 4 if axis == -1 else 12
        shape = (4,) if axis == -1 else (3, 4)
        case(f"LayerNormalization {axis}", "LayerNormalization", [x, numbers(*shape), numbers(*shape)], {"axis": axis, "epsilon": 1e-3})
        case(f"LayerNormalization {axis} no bias", "LayerNormalization", [x, Const(numbers(*shape))], {"axis": axis})
    for op in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "ReduceSumSquare"]:
        old = 11 if op == "ReduceSum" else 17
        new = 13 if op == "ReduceSum" else 18
        for axes, keep in [([-1], 1), ([1], 0), ([0, 2], 1)]:
            case(f"{op} {axes}", op, [x], {"axes": axes, "keepdims": keep}, opset=old)
            case(f"{op} {axes} input", op, [x, Const(ints(*axes))], {"keepdims": keep}, opset=new)
        case(f"{op} all", op, [x], {"keepdims": 0}, opset=new)
        case(f"{op} none", op, [x], {"noop_with_empty_axes": 1}, opset=new)
        if op in ("ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin"):
            case(f"{op} int", op, [whole(-3, 4, 3, 4), Const(ints(1))], {"keepdims": 0}, opset=new)
    ties = np.array([[1, 5, 5], [7, 7, 2]], np.int64)
    for axis in [0, 1, -1]:
        for last in [0, 1]:
            case(f"ArgMax {axis} {last}", "ArgMax", [ties], {"axis": axis, "keepdims": 1 - last, "select_last_index": last})
    case("ArgMax float", "ArgMax", [x], {"axis": 1, "keepdims": 0})
    case("GlobalAveragePool", "GlobalAveragePool", [numbers(1, 2, 3, 2)])

    case("Transpose", "Transpose", [x])
    for perm in [[0, 2, 1], [1, 2, 0], [0, 1, 2]]:
        case(f"Transpose {perm}", "Transpose", [x], {"perm": perm})
    case("Transpose int", "Transpose", [whole(0, 9, 3, 2)])
    far_end = 1 << 62  # exact as float64, which tests read
    for label, starts, ends, axes, steps in [
        ("one", [1], [3], [2], None), ("no axes", [0, 1], [2, 3], None, None), ("negative", [-3], [-1], [-1], None), ("to the end", [1], [far_end], [1], None),
        ("step", [0], [4], [2], [2]), ("backwards", [-1], [-far_end], [2], [-1]), ("backwards step", [3], [0], [2], [-2]), ("beyond", [-9], [9], [2], None),
        ("two", [1, 0], [2, 2], [2, 1], [1, 1]),
    ]:
        case(f"Slice {label}", "Slice", [x, Const(ints(*starts)), Const(ints(*ends)), Const(ints(*axes)) if axes else None, Const(ints(*steps)) if steps else None])
    case("Slice int", "Slice", [whole(0, 9, 5), Const(ints(1)), Const(ints(4))])
    case("Concat", "Concat", [x, numbers(2, 1, 4), numbers(2, 2, 4)], {"axis": 1})
    case("Concat last", "Concat", [x, numbers(2, 3, 1)], {"axis": -1})
    case("Concat int", "Concat", [ints(1, 2), ints(3)], {"axis": 0})
    case("Split", "Split", [x], {"axis": 2}, outputs=2)
    case("Split sizes", "Split", [x, Const(ints(1, 3))], {"axis": -1}, outputs=2)
    case("Split attribute", "Split", [x], {"axis": 1, "split": [1, 2]}, opset=12, outputs=2)
    case("Split uneven", "Split", [x], {"axis": 1, "num_outputs": 2}, opset=18, outputs=2)
    case("Expand", "Expand", [numbers(3, 1), Const(ints(2, 3, 4))])
    case("Expand smaller", "Expand", [x, Const(ints(1, 4))])
    case("Expand int", "Expand", [ints(1, 2), Const(ints(2, 2))])
    case("Tile", "Tile", [numbers(2, 3), Const(ints(2, 2))])
    case("Reshape", "Reshape", [x, Const(ints(0, -1))])
    case("Reshape allowzero", "Reshape", [x, Const(ints(4, 6))], {"allowzero": 1})
    case("Flatten", "Flatten", [x], {"axis": 2})
    case("Squeeze", "Squeeze", [numbers(1, 3, 1), Const(ints(0, -1))])
    case("Squeeze all", "Squeeze", [numbers(1, 3, 1)])
    case("Squeeze attribute", "Squeeze", [numbers(1, 3, 1)], {"axes": [2]}, opset=12)
    case("Unsqueeze", "Unsqueeze", [x, Const(ints(0, -1))])
    case("Unsqueeze attribute", "Unsqueeze", [x], {"axes": [1, 3]}, opset=12)
    case("Shape", "Shape", [x])
    case("Shape part", "Shape", [x], {"start": -2, "end": 2})
    case("Size", "Size", [x])
    case("ConstantOfShape", "ConstantOfShape", [Const(ints(2, 3))])
    case("ConstantOfShape int", "ConstantOfShape", [Const(ints(3))], {"value": ints(-5)})
    case("Range", "Range", [Const(np.int64(2)), Const(np.int64(9)), Const(np.int64(3))])
    case("Range down", "Range", [Const(np.float32(2)), Const(np.float32(-1)), Const(np.float32(-0.5))])
    for upper in [0, 1]:
        for k in [None, -1, 0, 2]:
            case(f"Trilu {upper} {k}", "Trilu", [numbers(2, 3, 4), None if k is None else Const(np.int64(k))], {"upper": upper})
    case("Trilu int", "Trilu", [whole(1, 9, 3, 3)], {"upper": 0})

    for axis in [0, 1, -1]:
        case(f"Gather {axis}", "Gather", [x, whole(-2, 2, 2, 2)], {"axis": axis})
        case(f"Gather {axis} constant", "Gather", [x, Const(whole(0, 2, 3))], {"axis": axis})
        case(f"Gather {axis} one", "Gather", [x, Const(np.int64(-1))], {"axis": axis})
    case("Gather list of one", "Gather", [x, Const(ints(1))], {"axis": 1})
    case("Gather int", "Gather", [whole(0, 9, 4, 2), whole(0, 4, 3, dtype=np.int32)])
    case("GatherElements", "GatherElements", [x, whole(-3, 3, 2, 2, 4)], {"axis": 1})
    case("GatherND", "GatherND", [x, np.array([[0, 1], [1, -1]])])
    case("GatherND full", "GatherND", [x, np.array([[[0, 1, 2]], [[1, -1, 0]]])])
    case("GatherND batch", "GatherND", [x, np.array([[1], [2]])], {"batch_dims": 1})
    case("ScatterND", "ScatterND", [x, Const(np.array([[0, 1], [1, -1]])), numbers(2, 4)])
    case("ScatterND int", "ScatterND", [whole(0, 9, 4), np.array([[1], [3]]), ints(-1, -2)])

    a = np.array([[0.1, -2, 3], [1.5, 0, 2.25]], np.float32)
    case("DynamicQuantizeLinear", "DynamicQuantizeLinear", [a], outputs=3)
    case("DynamicQuantizeLinear zeros", "DynamicQuantizeLinear", [np.zeros((2, 2), np.float32)], outputs=3)
    case("QuantizeLinear", "QuantizeLinear", [a, Const(np.float32(0.05)), Const(np.uint8(30))])
    case("QuantizeLinear int8", "QuantizeLinear", [a, Const(np.float32(0.05)), Const(np.int8(-3))])
    for kind in [np.uint8, np.int8]:
        w = whole(np.iinfo(kind).min, np.iinfo(kind).max, 4, 5, dtype=kind)
        case(f"DequantizeLinear {kind.__name__}", "DequantizeLinear", [Const(w), Const(np.float32(0.02)), Const(kind(7))])
        case(f"DequantizeLinear {kind.__name__} axis", "DequantizeLinear", [Const(w), Const(abs(numbers(5))), Const(whole(0, 9, 5, dtype=kind))], {"axis": 1})
        left = whole(0, 128, 2, 3, 4, dtype=np.uint8)  # small: with large ones onnxruntime saturates int8 on some CPUs
        case(f"MatMulInteger {kind.__name__}", "MatMulInteger", [Const(left), Const(w // 2), Const(np.uint8(60)), Const(kind(3))])
        case(f"MatMulInteger {kind.__name__} columns", "MatMulInteger", [Const(left), Const(w // 2), Const(np.uint8(60)), Const(whole(0, 9, 5, dtype=kind))])
    case("MatMulInteger plain", "MatMulInteger", [Const(left), Const(whole(0, 99, 4, 3, dtype=np.uint8))])
    picture = whole(0, 256, 1, 2, 5, 5, dtype=np.uint8)
    case("ConvInteger", "ConvInteger", [Const(picture), Const(whole(0, 256, 3, 2, 3, 3, dtype=np.uint8)), Const(np.uint8(128)), Const(np.uint8(100))], {"pads": [1, 1, 1, 1], "strides": [2, 2]})


main()
