package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// refTransformer is the part of the reference that transformers need. Axes are the last one.
func refTransformer(n *onnxfile.Node, a, b, c *array) (array, bool) {
	switch n.Op {
	case "Mul":
		return refPair(a, b, func(x, y float64) float64 { return x * y }), true
	case "Div":
		return refPair(a, b, func(x, y float64) float64 { return x / y }), true
	case "Sub":
		return refPair(a, b, func(x, y float64) float64 { return x - y }), true
	case "Pow":
		return refPair(a, b, math.Pow), true
	case "Sqrt":
		return refMap(a, math.Sqrt), true
	case "Erf":
		return refMap(a, math.Erf), true
	case "Tanh":
		return refMap(a, math.Tanh), true
	case "Sigmoid":
		return refMap(a, func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }), true
	case "ReduceMean":
		out := newArray(append(append([]int(nil), a.shape[:len(a.shape)-1]...), 1)...)
		width := lastSize(a.shape)
		for i, v := range a.data {
			out.data[i/width] += v / float64(width)
		}
		return out, true
	case "Softmax":
		return refRows(a, func(row []float64) {
			top, sum := math.Inf(-1), 0.0
			for _, v := range row {
				top = math.Max(top, v)
			}
			for i, v := range row {
				row[i] = math.Exp(v - top)
				sum += row[i]
			}
			for i := range row {
				row[i] /= sum
			}
		}), true
	case "LayerNormalization":
		return refRows(a, func(row []float64) {
			mean, variance, count := 0.0, 0.0, float64(len(row))
			for _, v := range row {
				mean += v / count
			}
			for _, v := range row {
				variance += (v - mean) * (v - mean) / count
			}
			for i, v := range row {
				row[i] = (v-mean)/math.Sqrt(variance+float64(n.Attr("epsilon").Float))*b.data[i] + c.data[i]
			}
		}), true
	case "Reshape":
		shape, total := make([]int, len(b.data)), len(a.data)
		for i, d := range b.data {
			if d == 0 {
				d = float64(a.shape[i])
			}
			if shape[i] = int(d); d > 0 {
				total /= int(d)
			}
		}
		for i := range shape {
			if shape[i] < 0 {
				shape[i] = total
			}
		}
		return array{shape, a.data}, true
	case "Transpose":
		return refTranspose(a, n.Attr("perm").Ints), true
	case "MatMul":
		return refMatMul(a, b), true
	}
	return array{}, false
}

// refRows changes a copy row by row.
func refRows(a *array, f func(row []float64)) array {
	out := array{a.shape, append([]float64(nil), a.data...)}
	for at, width := 0, lastSize(a.shape); at < len(out.data); at += width {
		f(out.data[at : at+width])
	}
	return out
}

func refTranspose(a *array, perm []int64) array {
	shape, from := make([]int, len(perm)), rowMajor(a.shape)
	for i, p := range perm {
		shape[i] = a.shape[p]
	}
	out := newArray(shape...)
	for i := range out.data {
		at, rest := 0, i
		for d := len(shape) - 1; d >= 0; d-- {
			at += rest % shape[d] * from[perm[d]]
			rest /= shape[d]
		}
		out.data[i] = a.data[at]
	}
	return out
}

// refMatMul multiplies stacks of matrices, where each on the right may serve several neighbours on the left.
func refMatMul(a, b *array) array {
	m, k, cols := sizeFromEnd(a.shape, 2), lastSize(a.shape), lastSize(b.shape)
	out := newArray(append(append([]int(nil), a.shape[:len(a.shape)-1]...), cols)...)
	rows, right := len(a.data)/k, len(b.data)/(k*cols)
	for i := range rows {
		matrix := b.data[i/m*right/(rows/m)*k*cols:]
		for j := range cols {
			for p := range k {
				out.data[i*cols+j] += a.data[i*k+p] * matrix[p*cols+j]
			}
		}
	}
	return out
}
