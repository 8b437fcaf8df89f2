"""Makes `selfie.bin`, and the pictures that the runner is tested against, of the published model.

    npm pack @mediapipe/selfie_segmentation@0.1.1675465747 && tar xzf mediapipe-selfie_segmentation-*.tgz
    python3 -m venv venv && venv/bin/pip install tflite==2.18.0 onnx==1.23.2 onnxruntime==1.32.0 scikit-image==0.26.0
    venv/bin/python convert.py package/selfie_segmentation_landscape.tflite .

What is folded: activations and residual sums into the convolution before them; a sum of which only the mean is used
into that mean; and a point-wise convolution behind a doubling goes before it (both are linear, and a quarter of the
points is left). `runner.rs` says how the file is laid out. The reference is onnxruntime's, of the model as published.
"""

import struct
import sys

import numpy as np
import onnx
import onnxruntime
import skimage
import tflite
from onnx import TensorProto, helper, numpy_helper

NAMES = {value: key for key, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
TYPES = {0: np.float32, 1: np.float16, 2: np.int32}
STEM, POINT, DEPTH, MEAN, SCALE, DOUBLE, MASK = range(7)
ACTIVATIONS = {"RELU": 1, "HARD_SWISH": 2, "LOGISTIC": 3}
NOTHING = 255


class Published:
    """The file as it was published: tensors, constants, operators in order."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.model = tflite.Model.GetRootAsModel(file.read(), 0)
        self.graph = self.model.Subgraphs(0)
        self.constants = {}
        self.operators = []
        for index in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(index)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            name = NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs, output = operator.InputsAsNumpy().tolist(), operator.Outputs(0)
            if name == "DEQUANTIZE":
                self.constants[output] = self.constant(inputs[0])
            else:
                self.operators.append((name, inputs, output, self.options(operator, name)))
        self.input, self.output = self.graph.Inputs(0), self.graph.Outputs(0)

    def options(self, operator, name):
        kind = {"CONV_2D": tflite.Conv2DOptions, "DEPTHWISE_CONV_2D": tflite.DepthwiseConv2DOptions}.get(name)
        if kind is None:
            return None
        options = kind()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        assert options.FusedActivationFunction() == 0 and options.DilationHFactor() == 1
        return options

    def constant(self, tensor):
        if tensor in self.constants:
            return self.constants[tensor]
        about = self.graph.Tensors(tensor)
        data = self.model.Buffers(about.Buffer()).DataAsNumpy()
        return np.frombuffer(data.tobytes(), TYPES[about.Type()]).reshape(about.ShapeAsNumpy())

    def shape(self, tensor):
        return tuple(int(side) for side in self.graph.Tensors(tensor).ShapeAsNumpy())


def steps_of(published):
    """Our own steps: kind, activation, kernel, stride, up to three inputs, output, weights, bias."""
    steps = []
    for name, inputs, output, options in published.operators:
        step = {"act": 0, "kernel": 0, "stride": 1, "in": inputs[:1], "out": output, "weights": []}
        if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            weights, bias = published.constant(inputs[1]), published.constant(inputs[2])
            step |= {"kernel": weights.shape[1], "stride": options.StrideH()}
            if name == "DEPTHWISE_CONV_2D":
                step |= {"kind": DEPTH, "weights": [weights[0], bias]}
            else:
                step |= {"kind": POINT if weights.shape[1] == 1 else STEM}
                step["weights"] = [weights.transpose(1, 2, 3, 0), bias]
        elif name in ACTIVATIONS:
            step |= {"kind": "act", "act": ACTIVATIONS[name]}
        elif name == "ADD":
            step |= {"kind": "add", "in": list(inputs)}
        elif name == "MUL":
            step |= {"kind": SCALE, "in": list(inputs)}
        elif name == "MEAN":
            step |= {"kind": MEAN}
        elif name == "RESIZE_BILINEAR":
            step |= {"kind": DOUBLE}
        elif name == "CUSTOM":
            weights, bias = published.constant(inputs[1]), published.constant(inputs[2])
            step |= {"kind": MASK, "weights": [weights[0].reshape(4, -1).T, np.repeat(bias, 4)]}
        else:
            raise ValueError(name)
        steps.append(step)
    return steps


def fold(steps, shapes):
    """Fewer steps that give the same."""

    def users(tensor):
        return [step for step in steps if tensor in step["in"]]

    for step in [step for step in steps if step["kind"] == "act"]:
        (before,) = [other for other in steps if other["out"] == step["in"][0]]
        assert before["act"] == 0 and len(users(before["out"])) == 1
        before |= {"act": step["act"], "out": step["out"]}
        steps.remove(step)
    for step in [step for step in steps if step["kind"] == "add"]:
        if [user["kind"] for user in users(step["out"])] == [MEAN]:
            users(step["out"])[0]["in"] = step["in"]
            steps.remove(step)
            continue
        # Into what makes one of the two, where nobody else reads that and the other one is there already.
        for number, tensor in enumerate(step["in"]):
            before = [other for other in steps if other["out"] == tensor and other["kind"] in (POINT, DEPTH, SCALE)]
            if before and len(users(tensor)) == 1:
                before[0]["in"].append(step["in"][1 - number])
                before[0]["out"] = step["out"]
                steps.remove(step)
                break
        assert step not in steps
    for step in [step for step in steps if step["kind"] == DOUBLE]:
        (after,) = users(step["out"])
        assert after["kind"] == POINT and after["act"] == 0 and len(after["in"]) == 1
        source, between, result = step["in"][0], step["out"], after["out"]
        shapes[between] = shapes[source][:3] + shapes[result][3:]
        one, two = steps.index(step), steps.index(after)
        after |= {"in": [source], "out": between}
        step |= {"in": [between], "out": result}
        steps[one], steps[two] = after, step
    return steps


def buffers_of(steps, source):
    """A buffer for each tensor: one is used again as soon as nobody reads what is in it."""
    last = {tensor: number for number, step in enumerate(steps) for tensor in step["in"]}
    place, free, count = {}, [], 0
    for number, step in enumerate(steps):
        if free:
            place[step["out"]] = free.pop()
        else:
            place[step["out"]], count = count, count + 1
        done = {tensor for tensor in step["in"] if tensor != source and last[tensor] == number}
        free.extend(sorted(place[tensor] for tensor in done))
    return place, count


def write(path, steps, shapes, source):
    place, count = buffers_of(steps, source)
    order = [source] + [step["out"] for step in steps]
    numbers = {tensor: number for number, tensor in enumerate(order)}
    data = struct.pack("<4sHHH", b"VSM1", len(order), count, len(steps))
    for tensor in order:
        _, height, width, channels = (1,) * (4 - len(shapes[tensor])) + shapes[tensor]
        data += struct.pack("<HHHH", height, width, channels, place.get(tensor, NOTHING))
    for step in steps:
        inputs = [numbers[tensor] for tensor in step["in"]]
        inputs += [NOTHING] * (3 - len(inputs))
        data += struct.pack("<8B", step["kind"], step["act"], step["kernel"], step["stride"], *inputs, numbers[step["out"]])
    for step in steps:
        for weights in step["weights"]:
            assert np.array_equal(weights, weights.astype(np.float16)), "not of sixteen bits"
            data += weights.astype("<f2").tobytes()
    with open(path, "wb") as file:
        file.write(data)
    print(f"{path}: {len(data)} bytes, {len(steps)} steps, {count} buffers")


def onnx_of(published):
    """The model as published, for onnxruntime."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def padding(size, result, kernel, stride):
        total = max((result - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2

    nodes.append(helper.make_node("Transpose", ["input"], [f"t{published.input}"], perm=[0, 3, 1, 2]))
    for number, (name, inputs, output, options) in enumerate(published.operators):
        names, result = [f"t{tensor}" for tensor in inputs], [f"t{output}"]
        if "CONV" in name:
            weights = published.constant(inputs[1])
            _, kernel, _, channels = weights.shape
            (_, height, width, _), (_, below, across, _) = published.shape(inputs[0]), published.shape(output)
            top, bottom = padding(height, below, kernel, options.StrideH())
            left, right = padding(width, across, kernel, options.StrideW())
            deep = name != "CONV_2D"
            names[1] = constant(f"w{number}", weights.transpose(3, 0, 1, 2) if deep else weights.transpose(0, 3, 1, 2))
            names[2] = constant(f"b{number}", published.constant(inputs[2]))
            nodes.append(helper.make_node("Conv", names, result, kernel_shape=[kernel] * 2, group=channels if deep else 1,
                                          strides=[options.StrideH()] * 2, pads=[top, left, bottom, right]))
        elif name == "HARD_SWISH":
            nodes.append(helper.make_node("HardSigmoid", names, [f"h{number}"], alpha=1 / 6, beta=0.5))
            nodes.append(helper.make_node("Mul", [*names, f"h{number}"], result))
        elif name == "MEAN":
            nodes.append(helper.make_node("GlobalAveragePool", names[:1], result))
        elif name == "RESIZE_BILINEAR":
            scales = constant(f"s{number}", [1, 1, 2, 2])
            nodes.append(helper.make_node("Resize", [names[0], "", scales], result, mode="linear",
                                          coordinate_transformation_mode="half_pixel"))
        elif name == "CUSTOM":
            names[1] = constant(f"w{number}", published.constant(inputs[1]).transpose(3, 0, 1, 2))
            names[2] = constant(f"b{number}", published.constant(inputs[2]))
            nodes.append(helper.make_node("ConvTranspose", names, result, kernel_shape=[2, 2], strides=[2, 2]))
        else:
            kind = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "MUL": "Mul", "ADD": "Add"}[name]
            nodes.append(helper.make_node(kind, names, result))
    nodes.append(helper.make_node("Transpose", [f"t{published.output}"], ["mask"], perm=[0, 2, 3, 1]))
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, published.shape(tensor))
            for name, tensor in (("input", published.input), ("mask", published.output))]
    graph = helper.make_graph(nodes, "selfie", ends[:1], ends[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model


def reference(published, folder):
    """What onnxruntime makes of a person before a background; the picture is NASA's, in the public domain."""
    _, height, width, _ = published.shape(published.input)
    picture = skimage.data.astronaut()
    picture = picture[: picture.shape[1] * height // width]
    small = skimage.transform.resize(picture, (height, width), anti_aliasing=True)
    small = (small * 255).round().astype(np.uint8)
    session = onnxruntime.InferenceSession(onnx_of(published).SerializeToString())
    (mask,) = session.run(None, {"input": small[None].astype(np.float32) / 255})
    skimage.io.imsave(f"{folder}/astronaut.png", small)
    skimage.io.imsave(f"{folder}/astronaut-mask.png", (mask[0, :, :, 0] * 65535).round().astype(np.uint16))
    print(f"mask: {(mask > 0.5).mean():.3f} person, {((mask > 0.1) & (mask < 0.9)).mean():.3f} between")


def main(path, folder):
    published = Published(path)
    shapes = {tensor: published.shape(tensor) for tensor in range(published.graph.TensorsLength())
              if published.graph.Tensors(tensor).ShapeLength() == 4}
    write(f"{folder}/selfie.bin", fold(steps_of(published), shapes), shapes, published.input)
    reference(published, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
