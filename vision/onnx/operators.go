package onnx

import (
	"fmt"
	"math"

	"github.com/soundtrack-go/sdk/internal/simd"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// operator is a node that has been loaded: its attributes are read and its weights packed. It is immutable.
type operator interface {
	// infer returns the types of the outputs for these types of the inputs (the zero type where one is left out).
	infer(n *node, in []tensorType) ([]tensorType, error)
	// emit adds the steps that compute the node's outputs to a plan.
	emit(b *planBuilder, n *node) error
}

// operatorInfo is a row of the operator table.
type operatorInfo struct {
	// since is the first opset whose definition we implement. Later ones must be read before they are trusted; until
	// then maxOpset is the limit of all.
	since int64
	// minInputs and maxInputs bound the number of inputs; of the first minInputs none may be left out.
	minInputs, maxInputs int
	// loaded has bit i for an input that load reads if it is a constant, so that a plan does not need its numbers.
	loaded uint
	load   func(n *node, g *graph) (operator, error)
	// maxOutputs bounds the number of outputs; 0 means 1.
	maxOutputs int
}

// maxOpset is the newest operator set whose changes to our operators we have read.
const maxOpset = 22

const anyNumber = 1 << 16 // of inputs or outputs

// operators is the table of what this backend can execute. It is never written to.
var operators = map[string]operatorInfo{
	// layers with weights
	"Conv":          {since: 1, minInputs: 2, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadConv},
	"ConvInteger":   {since: 10, minInputs: 2, maxInputs: 4, loaded: 1<<1 | 1<<3, load: loadConvInteger},
	"Gemm":          {since: 7, minInputs: 2, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadGemm},
	"MatMul":        {since: 1, minInputs: 2, maxInputs: 2, loaded: 1<<1 | 1<<2, load: loadMatMul},
	"MatMulInteger": {since: 10, minInputs: 2, maxInputs: 4, loaded: 1<<1 | 1<<3, load: loadMatMulInteger},

	// normalisation and reduction
	"ArgMax":             {since: 1, minInputs: 1, maxInputs: 1, load: loadArgMax},
	"GlobalAveragePool":  {since: 1, minInputs: 1, maxInputs: 1, load: loadGlobalAveragePool},
	"LayerNormalization": {since: 17, minInputs: 2, maxInputs: 3, load: loadLayerNorm},
	"ReduceL2":           {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(lengthOf)},
	"ReduceMax":          {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(maxOf)},
	"ReduceMean":         {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(meanOf)},
	"ReduceMin":          {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(minOf)},
	"ReduceProd":         {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(prodOf)},
	"ReduceSum":          {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(sumOf)},
	"ReduceSumSquare":    {since: 1, minInputs: 1, maxInputs: 2, load: loadReduction(squaresOf)},
	"Softmax":            {since: 1, minInputs: 1, maxInputs: 1, load: loadSoftmax},

	// number by number
	"Abs":        {since: 6, minInputs: 1, maxInputs: 1, load: eachNumber(math.Abs, func(v int64) int64 { return max(v, -v) })},
	"Cast":       {since: 6, minInputs: 1, maxInputs: 1, load: loadCast},
	"Clip":       {since: 6, minInputs: 1, maxInputs: 3, loaded: 1<<1 | 1<<2, load: loadClip},
	"Erf":        {since: 9, minInputs: 1, maxInputs: 1, load: eachFloat((*simd.Kernels).Erf)},
	"Exp":        {since: 6, minInputs: 1, maxInputs: 1, load: eachFloat((*simd.Kernels).Exp)},
	"Gelu":       {since: 20, minInputs: 1, maxInputs: 1, load: loadGelu},
	"IsNaN":      {since: 9, minInputs: 1, maxInputs: 1, load: loadIsNaN},
	"Log":        {since: 6, minInputs: 1, maxInputs: 1, load: eachNumber(math.Log, nil)},
	"Neg":        {since: 6, minInputs: 1, maxInputs: 1, load: eachNumber(negative[float64], negative[int64])},
	"Not":        {since: 1, minInputs: 1, maxInputs: 1, load: loadNot},
	"Reciprocal": {since: 6, minInputs: 1, maxInputs: 1, load: eachNumber(func(v float64) float64 { return 1 / v }, nil)},
	"Relu":       {since: 6, minInputs: 1, maxInputs: 1, load: loadRelu},
	"Sigmoid":    {since: 6, minInputs: 1, maxInputs: 1, load: eachFloat((*simd.Kernels).Sigmoid)},
	"Sqrt":       {since: 6, minInputs: 1, maxInputs: 1, load: eachNumber(math.Sqrt, nil)},
	"Tanh":       {since: 6, minInputs: 1, maxInputs: 1, load: eachFloat((*simd.Kernels).Tanh)},

	// two tensors, with broadcasting
	"Add":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(addition)},
	"And":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(and)},
	"Div":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(division)},
	"Equal":          {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(equal)},
	"Greater":        {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(greater)},
	"GreaterOrEqual": {since: 12, minInputs: 2, maxInputs: 2, load: loadPairwise(greaterOrEqual)},
	"Less":           {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(less)},
	"LessOrEqual":    {since: 12, minInputs: 2, maxInputs: 2, load: loadPairwise(lessOrEqual)},
	"Max":            {since: 8, minInputs: 2, maxInputs: 2, load: loadPairwise(maximum)},
	"Min":            {since: 8, minInputs: 2, maxInputs: 2, load: loadPairwise(minimum)},
	"Mod":            {since: 10, minInputs: 2, maxInputs: 2, load: loadMod},
	"Mul":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(multiplication)},
	"Or":             {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(or)},
	"Pow":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(power)},
	"Sub":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(subtraction)},
	"Where":          {since: 9, minInputs: 3, maxInputs: 3, load: loadWhere},
	"Xor":            {since: 7, minInputs: 2, maxInputs: 2, load: loadPairwise(xor)},

	// shapes, which are known before a run
	"ConstantOfShape": {since: 9, minInputs: 1, maxInputs: 1, load: loadConstantOfShape},
	"Range":           {since: 11, minInputs: 3, maxInputs: 3, load: loadRange},
	"Shape":           {since: 1, minInputs: 1, maxInputs: 1, load: loadShape},
	"Size":            {since: 1, minInputs: 1, maxInputs: 1, load: loadSize},

	// moving numbers, or only saying where they are
	"Concat":         {since: 4, minInputs: 1, maxInputs: anyNumber, load: loadConcat},
	"Constant":       {since: 1, minInputs: 0, maxInputs: 0}, // folded
	"Dropout":        {since: 12, minInputs: 1, maxInputs: 3, load: loadIdentity},
	"Expand":         {since: 8, minInputs: 2, maxInputs: 2, load: loadExpand},
	"Flatten":        {since: 1, minInputs: 1, maxInputs: 1, load: loadFlatten},
	"Gather":         {since: 1, minInputs: 2, maxInputs: 2, load: loadGather},
	"GatherElements": {since: 11, minInputs: 2, maxInputs: 2, load: loadGatherElements},
	"GatherND":       {since: 11, minInputs: 2, maxInputs: 2, load: loadGatherND},
	"Identity":       {since: 1, minInputs: 1, maxInputs: 1, load: loadIdentity},
	"Reshape":        {since: 5, minInputs: 2, maxInputs: 2, load: loadReshape},
	"ScatterND":      {since: 11, minInputs: 3, maxInputs: 3, load: loadScatterND},
	"Slice":          {since: 10, minInputs: 3, maxInputs: 5, load: loadSlice},
	"Split":          {since: 2, minInputs: 1, maxInputs: 2, maxOutputs: anyNumber, load: loadSplit},
	"Squeeze":        {since: 1, minInputs: 1, maxInputs: 2, load: loadSqueeze},
	"Tile":           {since: 6, minInputs: 2, maxInputs: 2, load: loadTile},
	"Transpose":      {since: 1, minInputs: 1, maxInputs: 1, load: loadTranspose},
	"Trilu":          {since: 14, minInputs: 1, maxInputs: 2, load: loadTrilu},
	"Unsqueeze":      {since: 1, minInputs: 1, maxInputs: 2, load: loadUnsqueeze},

	// quantisation
	"DequantizeLinear":      {since: 10, minInputs: 2, maxInputs: 3, load: loadRescale},
	"DynamicQuantizeLinear": {since: 11, minInputs: 1, maxInputs: 1, maxOutputs: 3, load: loadDynamicQuantize},
	"QuantizeLinear":        {since: 10, minInputs: 2, maxInputs: 3, load: loadRescale},
}

// quickGELU is an operator of our own; see [rewriter].
const quickGELU = "QuickGELU"

func negative[T float64 | int64](v T) T { return -v }

// checkOperator reports nodes that we cannot execute, dead ones included: their presence says that the file is not
// what we think it is.
func checkOperator(n *node, opset int64) error {
	if d := n.source.Domain; d != "" && d != "ai.onnx" {
		return n.unsupported("operator set " + d + " is not supported")
	}
	info, ok := operators[n.op]
	for len(n.outputs) > 1 && n.outputs[len(n.outputs)-1] == nil {
		n.outputs = n.outputs[:len(n.outputs)-1]
	}
	switch {
	case !ok:
		return n.unsupported("not supported")
	case opset < info.since || opset > maxOpset:
		return n.unsupported(fmt.Sprintf("opset %d is not supported, want %d to %d", opset, info.since, maxOpset))
	case len(n.inputs) < info.minInputs || len(n.inputs) > info.maxInputs:
		return n.invalidf("%d inputs, want %d to %d", len(n.inputs), info.minInputs, info.maxInputs)
	case len(n.outputs) < 1 || len(n.outputs) > max(1, info.maxOutputs) || n.outputs[0] == nil:
		return n.invalidf("%d outputs, want 1 to %d", len(n.outputs), max(1, info.maxOutputs))
	}
	for i := range info.minInputs {
		if n.inputs[i] == nil {
			return n.invalidf("input %d is left out", i)
		}
	}
	return nil
}

// constantOf reads the value of a Constant node.
func constantOf(n *node) (*onnxfile.Tensor, error) {
	if len(n.source.Attributes) != 1 {
		return nil, n.invalidf("%d attributes, want 1", len(n.source.Attributes))
	}
	a := newAttributes(n)
	switch attr := &n.source.Attributes[0]; attr.Name {
	case "value":
		if attr = a.find("value", onnxfile.AttrTensor); attr != nil {
			return attr.Tensor, nil
		}
	case "value_float":
		t := onnxfile.FloatTensor("", nil, []float32{a.float("value_float", 0)})
		return &t, a.done()
	case "value_int":
		t := onnxfile.IntTensor("", nil, []int64{a.int("value_int", 0)})
		return &t, a.done()
	case "value_floats":
		if attr = a.find("value_floats", onnxfile.AttrFloats); attr != nil {
			t := onnxfile.FloatTensor("", []int{len(attr.Floats)}, attr.Floats)
			return &t, nil
		}
	case "value_ints":
		if attr = a.find("value_ints", onnxfile.AttrInts); attr != nil {
			t := onnxfile.IntTensor("", []int{len(attr.Ints)}, attr.Ints)
			return &t, nil
		}
	}
	a.asked = nil // any other form of the value is not supported
	return nil, a.done()
}

// needFloat reports inputs that are not float32.
func needFloat(n *node, in ...tensorType) error {
	for i, t := range in {
		if t.elem != onnxfile.Float && t.elem != onnxfile.Undefined {
			return n.unsupported(fmt.Sprintf("input %d is %v, want float32", i, t.elem))
		}
	}
	return nil
}

// one is sized for float32.
func one(n *node, shape ...int) ([]tensorType, error) { return sized(n, onnxfile.Float, shape...) }

// maxRank bounds the dimensions of any tensor.
const maxRank = 16

// sized makes the list of output types of an operator with one output. The number of elements is bounded. Only whole
// numbers may be none at all: a shape of no dimensions.
func sized(n *node, elem onnxfile.ElemType, shape ...int) ([]tensorType, error) {
	count, err := onnxfile.Elements(shape)
	if err != nil || count == 0 && elem == onnxfile.Float || len(shape) > maxRank {
		return nil, n.invalidf("output would have shape %v", shape)
	}
	if shape == nil {
		shape = []int{} // a scalar; nil stands for an input that is left out
	}
	return []tensorType{{elem: elem, shape: shape}}, nil
}
