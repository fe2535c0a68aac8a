package optimize

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

func reshape(x, target value) value {
	if target.ints == nil {
		return value{}
	}
	out := value{shape: make([]int, len(target.ints)), ints: x.ints}
	free, product := -1, 1
	for i, d := range target.ints {
		switch {
		case d == 0 && i < len(x.shape):
			d = int64(x.shape[i])
		case d == -1 && free < 0:
			free, d = i, 1
		case d < 1:
			return value{}
		}
		out.shape[i] = int(d)
		product *= int(d)
	}
	if free >= 0 && product > 0 {
		out.shape[free] = elements(x.shape) / product
	}
	if elements(out.shape) != elements(x.shape) {
		return value{}
	}
	return out
}

func expand(x, target value) value {
	return value{shape: broadcast(x.shape, reshaped(target.ints).shape)}
}

func transpose(n *onnxfile.Node, x value) value {
	perm := permutation(n, len(x.shape))
	if perm == nil {
		return value{}
	}
	out := value{shape: make([]int, len(perm))}
	for i, from := range perm {
		out.shape[i] = x.shape[from]
	}
	return out
}

// permutation is a Transpose's: without the attribute the axes are reversed. It is nil if it is none.
func permutation(n *onnxfile.Node, rank int) []int {
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = rank - 1 - i
	}
	if a := attrInts(n, "perm"); a != nil {
		if len(a) != rank {
			return nil
		}
		for i, from := range a {
			if from < 0 || from >= int64(rank) {
				return nil
			}
			perm[i] = int(from)
		}
	}
	return perm
}

func matMul(a, b value) value {
	ra, rb := len(a.shape), len(b.shape)
	if ra < 2 || rb < 2 || a.shape[ra-1] != b.shape[rb-2] {
		return value{}
	}
	batch := broadcast(a.shape[:ra-2], b.shape[:rb-2])
	if batch == nil {
		return value{}
	}
	return value{shape: append(batch, a.shape[ra-2], b.shape[rb-1])}
}

func gemm(n *onnxfile.Node, a, b value) value {
	if len(a.shape) != 2 || len(b.shape) != 2 {
		return value{}
	}
	return value{shape: []int{a.shape[attrInt(n, "transA", 0)&1], b.shape[1-attrInt(n, "transB", 0)&1]}}
}

// conv knows the convolution that cuts patches, with explicit padding.
func conv(n *onnxfile.Node, x, w value) value {
	if len(x.shape) != 4 || len(w.shape) != 4 {
		return value{}
	}
	at := func(name string, i int, missing int64) int {
		if a := attrInts(n, name); i < len(a) {
			return int(a[i])
		}
		return int(missing)
	}
	out := value{shape: []int{x.shape[0], w.shape[0], 0, 0}}
	for i := range 2 {
		extent := (w.shape[2+i]-1)*at("dilations", i, 1) + 1
		stride := at("strides", i, 1)
		room := x.shape[2+i] + at("pads", i, 0) + at("pads", i+2, 0) - extent
		if stride < 1 || room < 0 {
			return value{}
		}
		out.shape[2+i] = room/stride + 1
	}
	return out
}

func (f *inference) reduce(n *onnxfile.Node, x value) value {
	axes := squeezed(n, f.in(n, 1))
	out := value{shape: []int{}}
	named := map[int]bool{}
	for _, axis := range axes {
		at, ok := axisOf(axis, len(x.shape))
		if !ok {
			return value{}
		}
		named[at] = true
	}
	for i, d := range x.shape {
		switch {
		case axes != nil && !named[i]:
			out.shape = append(out.shape, d)
		case attrInt(n, "keepdims", 1) == 1:
			out.shape = append(out.shape, 1)
		}
	}
	return out
}
