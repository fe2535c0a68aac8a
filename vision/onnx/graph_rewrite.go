package onnx

import (
	"math"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// rewriter replaces what exporters spell out by the operator that it means, for which there is a kernel:
//
//	MatMul, Add of a constant row                            → MatMul with a bias
//	x·Sigmoid(alpha·x)                                       → QuickGELU
//	x/2·(1 + Erf(x/√2)), x/2·(1 + Tanh(√(2/π)·(x + c·x³)))   → Gelu
//	(x − mean)/√(mean of (x − mean)² + epsilon)·gain + bias  → LayerNormalization
//
// in whatever order the factors are. The last node becomes the new operator; those before it go with the next
// [graphBuilder.order] unless something else needs them.
type rewriter struct {
	uses []int // of each value, as an output or by live nodes
}

func (b *graphBuilder) rewrite() error {
	r := rewriter{uses: make([]int, len(b.values))}
	for _, v := range b.outputs {
		r.uses[v.id] += 2 // must stay
	}
	for _, n := range b.graph.nodes {
		for _, v := range n.inputs {
			if v != nil {
				r.uses[v.id]++
			}
		}
	}
	for _, n := range b.graph.nodes {
		switch n.op {
		case "Add":
			if !r.bias(n) {
				r.layerNorm(n)
			}
		case "Mul", "Div":
			r.gelu(n)
		}
	}
	return nil
}

// become makes a node another operator.
func (n *node) become(op string, inputs []*value, attributes ...onnxfile.Attribute) {
	n.op, n.inputs, n.source = op, inputs, &onnxfile.Node{Name: n.name, Op: op, Attributes: attributes}
}

// only returns the node with that operator that computes v, if nothing else needs v.
func (r *rewriter) only(v *value, op string) *node {
	if v == nil || v.producer == nil || v.producer.op != op || r.uses[v.id] != 1 {
		return nil
	}
	return v.producer
}

// number returns the value of a constant float32 number.
func number(v *value) (float64, bool) {
	if v == nil || v.constant == nil || len(v.constant.Floats) != 1 || len(v.constant.Shape) > 1 {
		return 0, false
	}
	return float64(v.constant.Floats[0]), true
}

// row returns the length of a constant row of float32 numbers, or 0.
func row(v *value) int {
	if v == nil || v.constant == nil || v.constant.Type != onnxfile.Float || len(v.constant.Shape) != 1 {
		return 0
	}
	return v.constant.Shape[0]
}

// is compares constants of formulas, which exporters round.
func is(got, want float64) bool { return math.Abs(got-want) <= 1e-6*math.Abs(want) }

// eitherWay calls try with the inputs of a commutative node in both orders until it reports true.
func eitherWay(n *node, try func(a, b *value) bool) bool {
	return try(n.inputs[0], n.inputs[1]) || try(n.inputs[1], n.inputs[0])
}

func (r *rewriter) bias(n *node) bool {
	return eitherWay(n, func(product, bias *value) bool {
		m := r.only(product, "MatMul")
		if m == nil || len(m.inputs) != 2 || m.inputs[1].constant == nil {
			return false
		}
		if b := m.inputs[1].constant; len(b.Shape) != 2 || row(bias) != b.Shape[1] || row(bias) == 0 {
			return false
		}
		n.become("MatMul", []*value{m.inputs[0], m.inputs[1], bias})
		return true
	})
}

// factoring is a product: a number and other factors.
type factoring struct {
	number float64
	terms  []*value
}

// factors takes a product apart.
func (r *rewriter) factors(n *node) factoring {
	f := factoring{number: 1}
	r.factor(n, &f)
	return f
}

func (r *rewriter) factor(n *node, f *factoring) {
	switch n.op {
	case "Div":
		d, ok := number(n.inputs[1])
		if !ok {
			f.terms = append(f.terms, n.outputs[0])
			return
		}
		f.number /= d
		r.factorValue(n.inputs[0], f)
	case "Pow":
		e, ok := number(n.inputs[1])
		if !ok || e != 2 && e != 3 {
			f.terms = append(f.terms, n.outputs[0])
			return
		}
		for range int(e) {
			f.terms = append(f.terms, n.inputs[0])
		}
	default:
		r.factorValue(n.inputs[0], f)
		r.factorValue(n.inputs[1], f)
	}
}

// factorValue takes a factor apart if it is a product that nothing else needs.
func (r *rewriter) factorValue(v *value, f *factoring) {
	const maxTerms = 8
	if c, ok := number(v); ok {
		f.number *= c
		return
	}
	for _, op := range []string{"Mul", "Div", "Pow"} {
		if n := r.only(v, op); n != nil && len(f.terms) < maxTerms {
			r.factor(n, f)
			return
		}
	}
	f.terms = append(f.terms, v)
}

// valueFactors takes a value apart.
func (r *rewriter) valueFactors(v *value) factoring {
	f := factoring{number: 1}
	r.factorValue(v, &f)
	return f
}

// gelu recognises the activations, which are all x times something of x.
func (r *rewriter) gelu(n *node) {
	f := r.factors(n)
	if len(f.terms) != 2 {
		return
	}
	for i, x := range f.terms {
		gate := f.terms[1-i]
		if s := r.only(gate, "Sigmoid"); s != nil && f.number == 1 {
			if arg := r.valueFactors(s.inputs[0]); len(arg.terms) == 1 && arg.terms[0] == x {
				n.become(quickGELU, []*value{x}, onnxfile.FloatAttr("alpha", float32(arg.number)))
				return
			}
		}
		sum := r.only(gate, "Add")
		if sum == nil || !is(f.number, 0.5) {
			continue
		}
		eitherWay(sum, func(one, curve *value) bool {
			if c, ok := number(one); !ok || c != 1 {
				return false
			}
			if e := r.only(curve, "Erf"); e != nil {
				arg := r.valueFactors(e.inputs[0])
				if len(arg.terms) == 1 && arg.terms[0] == x && is(arg.number, math.Sqrt2/2) {
					n.become("Gelu", []*value{x})
					return true
				}
			}
			if t := r.only(curve, "Tanh"); t != nil && r.cubic(t.inputs[0], x) {
				n.become("Gelu", []*value{x}, onnxfile.StringAttr("approximate", "tanh"))
				return true
			}
			return false
		})
		return
	}
}

// cubic reports whether v is √(2/π)·(x + 0.044715·x³).
func (r *rewriter) cubic(v, x *value) bool {
	f := r.valueFactors(v)
	if len(f.terms) != 1 || !is(f.number, math.Sqrt(2/math.Pi)) {
		return false
	}
	sum := r.only(f.terms[0], "Add")
	return sum != nil && eitherWay(sum, func(linear, cube *value) bool {
		c := r.valueFactors(cube)
		return linear == x && is(c.number, 0.044715) && len(c.terms) == 3 &&
			c.terms[0] == x && c.terms[1] == x && c.terms[2] == x
	})
}

// layerNorm recognises the sum at the end of a normalisation.
func (r *rewriter) layerNorm(n *node) {
	eitherWay(n, func(scaled, bias *value) bool {
		m := r.only(scaled, "Mul")
		return m != nil && eitherWay(m, func(normal, gain *value) bool {
			x, epsilon, ok := r.normal(normal)
			if !ok || row(gain) == 0 || row(gain) != row(bias) {
				return false
			}
			n.become("LayerNormalization", []*value{x, gain, bias}, onnxfile.FloatAttr("epsilon", float32(epsilon)))
			return true
		})
	})
}

// normal recognises (x − mean)/√(mean of (x − mean)² + epsilon).
func (r *rewriter) normal(v *value) (x *value, epsilon float64, ok bool) {
	quotient := r.only(v, "Div")
	if quotient == nil {
		return nil, 0, false
	}
	x, ok = centred(quotient.inputs[0])
	root := r.only(quotient.inputs[1], "Sqrt")
	if !ok || root == nil {
		return nil, 0, false
	}
	sum := r.only(root.inputs[0], "Add")
	if sum == nil {
		return nil, 0, false
	}
	ok = eitherWay(sum, func(variance, small *value) bool {
		e, isNumber := number(small)
		squares, isMean := meanOverRows(variance)
		if !isNumber || !isMean || squares.producer == nil || squares.producer.op != "Pow" && squares.producer.op != "Mul" {
			return false
		}
		f := factoring{number: 1}
		r.factor(squares.producer, &f)
		if len(f.terms) != 2 || f.number != 1 {
			return false
		}
		for _, t := range f.terms {
			if y, isCentred := centred(t); !isCentred || y != x {
				return false
			}
		}
		epsilon = e
		return true
	})
	return x, epsilon, ok
}

// centred recognises x − mean of x.
func centred(v *value) (x *value, ok bool) {
	if v.producer == nil || v.producer.op != "Sub" {
		return nil, false
	}
	x = v.producer.inputs[0]
	of, ok := meanOverRows(v.producer.inputs[1])
	return x, ok && of == x
}

// meanOverRows recognises the mean over the last dimension, which is kept, and returns what it is of.
func meanOverRows(v *value) (of *value, ok bool) {
	n := v.producer
	if n == nil || n.op != "ReduceMean" {
		return nil, false
	}
	if keep := n.source.Attr("keepdims"); keep != nil && keep.Int == 0 {
		return nil, false
	}
	var axes []int64
	if a := n.source.Attr("axes"); a != nil {
		axes = a.Ints
	} else if list := n.input(1); list != nil && list.constant != nil {
		axes = list.constant.Ints
	}
	return n.inputs[0], len(axes) == 1 && axes[0] == -1
}
