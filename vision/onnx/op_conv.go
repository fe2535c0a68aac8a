package onnx

import (
	"fmt"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// conv is Conv over pictures [N, C, H, W] with weights [M, C/group, kernelH, kernelW]:
//
//	out[n][m][y][x] = bias[m] + Σ in[n][c][y·strideH − top + i][x·strideW − left + j] · w[m][c][i][j]
//
// over the channels c of m's group and the window (i, j), where pictures are zero outside.
// Weights are packed when the model is loaded, for one of three ways to compute it.
type conv struct {
	way              convWay
	in, out, group   int // channels, channels, groups
	kernelH, kernelW int
	strideH, strideW int
	pads             [4]int // top, left, bottom, right
	auto             string // auto_pad
	packed           []simd.Packed
	weights, bias    []float32 // of a depthwise convolution: [kernelH][kernelW][C] and [C]
}

type convWay uint8

const (
	// pointwise: 1×1 without padding or stride is a product of the picture as it lies in memory with the weights.
	pointwise convWay = iota
	// depthwise: each channel for itself.
	depthwise
	// gathered: the windows of some positions are copied to the rows of a matrix, and that is multiplied.
	gathered
)

func loadConv(n *node, _ *graph) (operator, error) {
	w, bias := n.inputs[1].constant, n.input(2)
	switch {
	case w == nil || bias != nil && bias.constant == nil:
		return nil, n.unsupported("weights and bias must be constants")
	case w.Type != onnxfile.Float || bias != nil && bias.constant.Type != onnxfile.Float:
		return nil, n.unsupported("weights and bias must be float32")
	case bias != nil && len(bias.constant.Floats) != sizeFromEnd(w.Shape, 4):
		return nil, n.invalidf("bias has %d numbers for weights of shape %v", len(bias.constant.Floats), w.Shape)
	}
	var b []float32
	if bias != nil {
		b = bias.constant.Floats
	}
	return newConv(n, w.Shape, w.Floats, b)
}

// newConv reads the attributes of a convolution and packs its weights.
func newConv(n *node, shape []int, weights, bias []float32) (*conv, error) {
	switch {
	case len(shape) != 4:
		return nil, n.unsupported(fmt.Sprintf("weights have %d dimensions, want 4", len(shape)))
	case len(weights) == 0:
		return nil, n.invalidf("weights have shape %v", shape)
	}
	c := &conv{out: shape[0], kernelH: shape[2], kernelW: shape[3]}
	if err := c.readAttributes(n, shape); err != nil {
		return nil, err
	}
	c.pack(weights, bias)
	return c, nil
}

func (c *conv) readAttributes(n *node, weights []int) error {
	a := newAttributes(n)
	group := a.int("group", 1)
	kernel, strides := a.sizes("kernel_shape", 2, 1, 0), a.sizes("strides", 2, 1, 1)
	dilations, pads := a.sizes("dilations", 2, 1, 1), a.sizes("pads", 4, 0, 0)
	c.auto = a.text("auto_pad", "NOTSET")
	if err := a.done(); err != nil {
		return err
	}
	switch {
	case group < 1 || group > int64(c.out) || c.out%int(group) != 0:
		return n.invalidf("%d groups for %d channels", group, c.out)
	case weights[1] > maxSize:
		return n.invalidf("weights have shape %v", weights)
	case n.source.Attr("kernel_shape") != nil && (kernel[0] != c.kernelH || kernel[1] != c.kernelW):
		return n.invalidf("kernel_shape %v for weights of shape %v", kernel, weights)
	case dilations[0] != 1 || dilations[1] != 1:
		return n.unsupported(fmt.Sprintf("dilations %v are not supported", dilations))
	}
	switch c.auto {
	case "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID":
	default:
		return n.invalidf("auto_pad %q", c.auto)
	}
	c.group, c.in = int(group), int(group)*weights[1]
	c.strideH, c.strideW, c.pads = strides[0], strides[1], [4]int(pads)
	switch ungrouped := c.group == 1; {
	case c.group > 1 && weights[1] == 1 && c.out == c.group:
		c.way = depthwise
	case ungrouped && c.kernelH*c.kernelW*c.strideH*c.strideW == 1 && (c.pads == [4]int{} || c.auto != "NOTSET"):
		c.way = pointwise
	default:
		c.way = gathered
	}
	return nil
}

// pack brings the weights into the order in which the kernels read them.
func (c *conv) pack(w, bias []float32) {
	taps, perGroup := c.kernelH*c.kernelW, c.in/c.group
	if c.way == depthwise {
		c.weights, c.bias = make([]float32, len(w)), make([]float32, c.out)
		transpose(c.weights, w, c.out, taps)
		copy(c.bias, bias)
		return
	}
	// Row (tap, channel) of a group's matrix meets column t of a gathered window [kernelH][kernelW][channel].
	depth, outs := taps*perGroup, c.out/c.group
	ordered := make([]float32, depth*outs)
	for g := range c.group {
		part := w[g*outs*depth:]
		for m := range outs {
			transpose(ordered[m*depth:(m+1)*depth], part[m*depth:(m+1)*depth], perGroup, taps)
		}
		p := simd.MakePacked(make([]float32, simd.PackedLen(depth, outs)), depth, outs)
		p.Fill(ordered, 1, depth, 1)
		if bias != nil {
			p.SetBias(bias[g*outs:(g+1)*outs], 1)
		}
		c.packed = append(c.packed, p)
	}
}

// place returns the output's size and the padding before it along one dimension.
func (c *conv) place(size, kernel, stride, before, after int) (out, pad int) {
	switch c.auto {
	case "VALID":
		before, after = 0, 0
	case "SAME_UPPER", "SAME_LOWER":
		total := max(0, (ceilDiv(size, stride)-1)*stride+kernel-size)
		before, after = total/2, total-total/2
		if c.auto == "SAME_LOWER" {
			before, after = after, before
		}
	}
	room := size + before + after - kernel
	if room < 0 {
		return 0, before
	}
	return room/stride + 1, before
}

// geometry returns what a depthwise kernel needs to know, which also serves to gather windows.
func (c *conv) geometry(in []int) simd.Depthwise {
	d := simd.Depthwise{
		Channels: c.in, InH: in[2], InW: in[3], KernelH: c.kernelH, KernelW: c.kernelW,
		StrideH: c.strideH, StrideW: c.strideW,
	}
	d.OutH, d.PadTop = c.place(d.InH, d.KernelH, d.StrideH, c.pads[0], c.pads[2])
	d.OutW, d.PadLeft = c.place(d.InW, d.KernelW, d.StrideW, c.pads[1], c.pads[3])
	return d
}

func (c *conv) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in...); err != nil {
		return nil, err
	}
	shape, err := c.outShape(n, in[0].shape)
	if err != nil {
		return nil, err
	}
	return one(n, shape...)
}

func (c *conv) outShape(n *node, x []int) ([]int, error) {
	if len(x) != 4 || x[1] != c.in {
		return nil, n.invalidf("input has shape %v, want [N, %d, H, W]", x, c.in)
	}
	d := c.geometry(x)
	if d.OutH < 1 || d.OutW < 1 {
		return nil, n.invalidf("a %d×%d window does not fit into input of shape %v", c.kernelH, c.kernelW, x)
	}
	return []int{x[0], c.out, d.OutH, d.OutW}, nil
}
