package compact

import "strconv"

const (
	inputSize     = 224
	stemChannels  = 32
	headChannels  = 1280
	classes       = 1000
	batchNormEps  = 1e-3
	inputChannels = 3
)

// stage is a row of the architecture table: repeat blocks, of which only the first has the stride and changes the width.
type stage struct{ repeat, kernel, stride, expand, in, out int }

// liteStages is EfficientNet-Lite0: Tan & Le 2019, table 1, with the stem and the head of the lite variants, which are
// not scaled.
func liteStages() []stage {
	return []stage{
		{1, 3, 1, 1, 32, 16},
		{2, 3, 2, 6, 16, 24},
		{2, 5, 2, 6, 24, 40},
		{3, 3, 2, 6, 40, 80},
		{3, 5, 1, 6, 80, 112},
		{4, 5, 2, 6, 112, 192},
		{1, 3, 1, 6, 192, 320},
	}
}

// conv is a convolution with its batch normalisation: where the weights are and what shape they have.
type conv struct {
	name    string // in the graph
	weight  string // tensor in the checkpoint
	norm    string // prefix of the four tensors of its batch normalisation
	in, out int    // channels; for a depthwise convolution both are the same
	kernel  int
	stride  int
	size    int // height and width of the input
	depth   bool
	relu6   bool
}

// block is an inverted residual: expand (if there is anything to expand), filter by channel, project.
type block struct {
	convs    []conv
	residual bool   // input and output are added
	output   string // name of the result in the graph
}

// network is the whole list of convolutions, in the order of execution.
type network struct {
	stem, head conv
	blocks     []block
}

// lite0 writes the network out. Names in the checkpoint count blocks from 0 across stages.
func lite0() network {
	net := network{stem: conv{
		name: "stem", weight: "_conv_stem.weight", norm: "_bn0",
		in: inputChannels, out: stemChannels, kernel: 3, stride: 2, size: inputSize, relu6: true,
	}}
	size := halve(inputSize)
	for _, s := range liteStages() {
		for i := range s.repeat {
			in, stride := s.out, 1
			if i == 0 {
				in, stride = s.in, s.stride
			}
			n := strconv.Itoa(len(net.blocks))
			b := block{residual: i > 0, output: "block" + n}
			add := func(c conv, name, weight, norm string) {
				c.name, c.weight = "block"+n+"."+name, "_blocks."+n+"."+weight+".weight"
				c.norm = "_blocks." + n + "." + norm
				b.convs = append(b.convs, c)
			}
			wide := in * s.expand
			if s.expand > 1 {
				add(conv{in: in, out: wide, kernel: 1, stride: 1, size: size, relu6: true}, "expand", "_expand_conv", "_bn0")
			}
			add(conv{in: wide, out: wide, kernel: s.kernel, stride: stride, size: size, depth: true, relu6: true},
				"depthwise", "_depthwise_conv", "_bn1")
			if stride == 2 {
				size = halve(size)
			}
			add(conv{in: wide, out: s.out, kernel: 1, stride: 1, size: size}, "project", "_project_conv", "_bn2")
			net.blocks = append(net.blocks, b)
		}
		if name, ok := map[int]string{112: "map112", 192: "map192", 320: "map320"}[s.out]; ok {
			net.blocks[len(net.blocks)-1].output = name
		}
	}
	net.head = conv{
		name: "head", weight: "_conv_head.weight", norm: "_bn1",
		in: 320, out: headChannels, kernel: 1, stride: 1, size: size, relu6: true,
	}
	return net
}

// halve is the size after a convolution with stride 2 and SAME padding.
func halve(size int) int { return (size + 1) / 2 }

// pads returns the SAME padding of c in ONNX order: top, left, bottom, right. An odd pixel goes to the bottom and right:
//
//	total = max(0, (⌈size/stride⌉ − 1)·stride + kernel − size)
func (c conv) pads() [4]int64 {
	total := max(0, (c.size+c.stride-1)/c.stride*c.stride-c.stride+c.kernel-c.size)
	before, after := int64(total/2), int64(total-total/2)
	return [4]int64{before, before, after, after}
}

// shape is the weight's: output channels, input channels of a group, kernel height and width.
func (c conv) shape() []int {
	if c.depth {
		return []int{c.out, 1, c.kernel, c.kernel}
	}
	return []int{c.out, c.in, c.kernel, c.kernel}
}
