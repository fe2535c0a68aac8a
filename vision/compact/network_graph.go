package compact

import (
	"context"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

const (
	opsetVersion = 17
	irVersion    = 8 // the one that goes with opset 17
)

// graphWriter collects nodes and weights of the ONNX graph.
type graphWriter struct {
	graph onnxfile.Graph
	from  *checkpoint
}

// buildModel makes the ONNX model out of a checkpoint. Nodes, names and weights have a fixed order.
func buildModel(ctx context.Context, from *checkpoint) (*onnxfile.Model, error) {
	w := &graphWriter{from: from, graph: onnxfile.Graph{
		Name:   "efficientnet-lite0",
		Inputs: []onnxfile.ValueInfo{floats("image", inputChannels, inputSize, inputSize)},
		Outputs: []onnxfile.ValueInfo{
			floats("embedding", headChannels),
			floats("logits", classes),
			floats("map320", 320, 7, 7),
			floats("map192", 192, 7, 7),
			floats("map112", 112, 14, 14),
		},
		Initializers: []onnxfile.Tensor{
			onnxfile.FloatTensor("relu6.min", nil, []float32{0}),
			onnxfile.FloatTensor("relu6.max", nil, []float32{6}),
		},
	}}
	net := lite0()
	value, err := w.conv(ctx, net.stem, "image", "stem")
	if err != nil {
		return nil, err
	}
	for _, b := range net.blocks {
		if value, err = w.block(ctx, b, value); err != nil {
			return nil, err
		}
	}
	if value, err = w.conv(ctx, net.head, value, "head"); err != nil {
		return nil, err
	}
	if err := w.classifier(ctx, value); err != nil {
		return nil, err
	}
	return &onnxfile.Model{
		IRVersion: irVersion, Opset: opsetVersion, ProducerName: "soundtrack vision/compact", Graph: w.graph,
	}, nil
}

// floats describes a batch of float32 values.
func floats(name string, shape ...int) onnxfile.ValueInfo {
	return onnxfile.ValueInfo{Name: name, Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", shape...)}
}

// node appends an operator whose only output is output, which it returns.
func (w *graphWriter) node(op, name, output string, inputs []string, attrs ...onnxfile.Attribute) string {
	w.graph.Nodes = append(w.graph.Nodes, onnxfile.Node{
		Name: name, Op: op, Inputs: inputs, Outputs: []string{output}, Attributes: attrs,
	})
	return output
}

// weight appends an initializer and returns its name.
func (w *graphWriter) weight(name string, shape []int, data []float32) string {
	w.graph.Initializers = append(w.graph.Initializers, onnxfile.FloatTensor(name, shape, data))
	return name
}

// block appends an inverted residual and returns the name of its output.
func (w *graphWriter) block(ctx context.Context, b block, input string) (string, error) {
	value, err := input, error(nil)
	for i, c := range b.convs {
		output := c.name
		if i == len(b.convs)-1 && !b.residual {
			output = b.output
		}
		if value, err = w.conv(ctx, c, value, output); err != nil {
			return "", err
		}
	}
	if b.residual {
		value = w.node("Add", b.output+".add", b.output, []string{value, input})
	}
	return value, nil
}

// conv appends a convolution, and ReLU6 where it has one.
func (w *graphWriter) conv(ctx context.Context, c conv, input, output string) (string, error) {
	weight, bias, err := c.folded(ctx, w.from)
	if err != nil {
		return "", err
	}
	inputs := []string{
		input,
		w.weight(c.name+".weight", c.shape(), weight),
		w.weight(c.name+".bias", []int{c.out}, bias),
	}
	group, kernel, stride, pads := int64(1), int64(c.kernel), int64(c.stride), c.pads()
	if c.depth {
		group = int64(c.in)
	}
	linear := output
	if c.relu6 {
		linear = c.name + ".linear"
	}
	value := w.node("Conv", c.name+".conv", linear, inputs,
		onnxfile.IntsAttr("dilations", 1, 1),
		onnxfile.IntAttr("group", group),
		onnxfile.IntsAttr("kernel_shape", kernel, kernel),
		onnxfile.IntsAttr("pads", pads[:]...),
		onnxfile.IntsAttr("strides", stride, stride),
	)
	if c.relu6 {
		value = w.node("Clip", c.name+".relu6", output, []string{value, "relu6.min", "relu6.max"})
	}
	return value, nil
}

// classifier appends pooling and the linear layer.
func (w *graphWriter) classifier(ctx context.Context, input string) error {
	weight, err := w.from.float32s(ctx, "_fc.weight", classes, headChannels)
	if err != nil {
		return err
	}
	bias, err := w.from.float32s(ctx, "_fc.bias", classes)
	if err != nil {
		return err
	}
	pooled := w.node("GlobalAveragePool", "pool", "pooled", []string{input})
	embedding := w.node("Flatten", "flatten", "embedding", []string{pooled}, onnxfile.IntAttr("axis", 1))
	w.node("Gemm", "classifier", "logits",
		[]string{
			embedding,
			w.weight("classifier.weight", []int{classes, headChannels}, weight),
			w.weight("classifier.bias", []int{classes}, bias),
		},
		onnxfile.FloatAttr("alpha", 1), onnxfile.FloatAttr("beta", 1), onnxfile.IntAttr("transB", 1))
	return nil
}
