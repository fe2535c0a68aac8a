package onnx

import (
	"fmt"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// gemm is Gemm: Y [M, N] = alpha·A·B + beta·C with A [M, K], or [K, M] if transA, and B [K, N], or [N, K] if transB.
// C is missing, one number, [N] or [1, N], which become part of the packed matrix, or [M, N], which is added to the
// result.
type gemm struct {
	alpha, beta    float32
	transA, transB bool
	packed         *simd.Packed // B with its bias, if B is constant
	bias           []float32    // beta·C, if that is one row; nil if there is none
	sum            *value       // C of shape [M, N], or nil
}

func loadGemm(n *node, _ *graph) (operator, error) {
	a := newAttributes(n)
	o := &gemm{
		alpha: a.float("alpha", 1), beta: a.float("beta", 1),
		transA: a.int("transA", 0) != 0, transB: a.int("transB", 0) != 0,
	}
	if err := a.done(); err != nil {
		return nil, err
	}
	if err := o.loadC(n, n.input(2)); err != nil {
		return nil, err
	}
	b := n.inputs[1].constant
	if b == nil {
		return o, nil
	}
	if b.Type != onnxfile.Float || len(b.Shape) != 2 || len(b.Floats) == 0 {
		return nil, n.unsupported(fmt.Sprintf("B is %v of shape %v", b.Type, b.Shape))
	}
	k, cols := o.sizeB(b.Shape)
	if len(o.bias) > 1 && len(o.bias) != cols {
		return nil, n.invalidf("C has %d numbers, want %d", len(o.bias), cols)
	}
	rowStride, colStride := cols, 1
	if o.transB {
		rowStride, colStride = 1, k
	}
	o.packed = packConstant(b.Floats, k, cols, rowStride, colStride, o.alpha, o.bias)
	return o, nil
}

// loadC says what C is: a row of the packed matrix or a sum.
func (o *gemm) loadC(n *node, c *value) error {
	if c == nil || o.beta == 0 {
		return nil
	}
	if t := c.constant; t != nil {
		if t.Type != onnxfile.Float || len(t.Floats) == 0 {
			return n.unsupported(fmt.Sprintf("C is %v of shape %v", t.Type, t.Shape))
		}
		if len(t.Floats) == lastSize(t.Shape) {
			o.bias = make([]float32, len(t.Floats))
			for i, v := range t.Floats {
				o.bias[i] = o.beta * v
			}
			return nil
		}
	}
	if o.beta != 1 {
		return n.unsupported("C is neither one constant row nor added as it is")
	}
	c.keep, o.sum = true, c
	return nil
}

// maxElements bounds B, so that sizes stay far from the largest int.
const maxElements = 1 << 26

// sizeB returns K and N.
func (o *gemm) sizeB(shape []int) (k, n int) {
	if o.transB {
		return shape[1], shape[0]
	}
	return shape[0], shape[1]
}

func (o *gemm) infer(n *node, in []tensorType) ([]tensorType, error) {
	if err := needFloat(n, in...); err != nil {
		return nil, err
	}
	a, b := in[0].shape, in[1].shape
	if len(a) != 2 || len(b) != 2 {
		return nil, n.invalidf("inputs have shapes %v and %v, want two dimensions", a, b)
	}
	m, depth := a[0], a[1]
	if o.transA {
		m, depth = depth, m
	}
	k, cols := o.sizeB(b)
	switch {
	case k != depth || k == 0:
		return nil, n.invalidf("shapes %v and %v do not go together", a, b)
	case k > maxElements || cols > maxElements/(k+1): // also of the packed matrix, which is padded
		return nil, n.invalidf("B of shape %v is too large", b)
	case len(o.bias) > 1 && len(o.bias) != cols:
		return nil, n.invalidf("C has %d numbers, want %d", len(o.bias), cols)
	case o.sum != nil && !equalShapes(in[2].shape, []int{m, cols}):
		return nil, n.unsupported(
			fmt.Sprintf("C of shape %v for a result of shape %v is not supported", in[2].shape, []int{m, cols}))
	}
	return one(n, m, cols)
}

// fuses offers to add a residual unless C is one.
func (o *gemm) fuses(*planBuilder, *node) abilities {
	return abilities{residual: o.sum == nil, activate: true}
}

func (o *gemm) emit(b *planBuilder, n *node) error {
	left, right := b.view(n.inputs[0]), view{}
	if o.transA {
		left = left.permute([]int{1, 0})
	}
	if o.packed == nil {
		if right = b.view(n.inputs[1]); o.transB {
			right = right.permute([]int{1, 0})
		}
	}
	b.emitProduct(n, multiplier{a: left, packed: o.packed, b: right, alpha: o.alpha, bias: o.bias, sum: o.sum},
		b.typeOf(n.outputs[0]).shape)
	return nil
}

// lastSize returns the size of the last dimension, 1 for a scalar.
func lastSize(shape []int) int { return sizeFromEnd(shape, 1) }
