package onnx

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// operatorCase is a line of testdata/operators.jsonl, which operators.py writes: one operator and what ONNX Runtime
// makes of its inputs, cast to float32.
type operatorCase struct {
	Name, Op   string
	Opset      int64
	Inputs     []*operatorInput // nil where one is left out
	Attributes map[string]any
	Outputs    []struct {
		Shape []int
		Data  []float32
	}
}

type operatorInput struct {
	Name, Type string
	Shape      []int
	Data       []float64
	Const      bool
}

func operatorCases(t testing.TB) []operatorCase {
	t.Helper()
	data, err := os.ReadFile("testdata/operators.jsonl")
	require.NoError(t, err)
	var cases []operatorCase
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var c operatorCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		cases = append(cases, c)
	}
	require.Greater(t, len(cases), 250)
	return cases
}

// tensor returns the input as an initializer.
func (in *operatorInput) tensor() onnxfile.Tensor {
	types := map[string]onnxfile.ElemType{
		"float32": onnxfile.Float, "int64": onnxfile.Int64, "int32": onnxfile.Int32, "bool": onnxfile.Bool,
		"uint8": onnxfile.Uint8, "int8": onnxfile.Int8,
	}
	t := onnxfile.Tensor{Name: in.Name, Type: types[in.Type], Shape: in.Shape}
	for _, v := range in.Data {
		switch in.Type {
		case "float32":
			t.Floats = append(t.Floats, float32(v))
		case "int64", "int32":
			t.Ints = append(t.Ints, int64(v))
		default:
			t.Raw = append(t.Raw, byte(int(v)))
		}
	}
	return t
}

// model makes a model of the case. With folded, all inputs are initializers, so that all of it is computed when the
// model is opened; without, those that need not be known before a run are inputs. Bool inputs are int64 and cast.
func (c operatorCase) model(folded bool) (m *onnxfile.Model, given []vision.Tensor) {
	m = &onnxfile.Model{Opset: c.Opset, Graph: onnxfile.Graph{Name: c.Name}}
	g, n := &m.Graph, onnxfile.Node{Name: "node", Op: c.Op, Attributes: c.attributes()}
	cast := func(from, to string, elem onnxfile.ElemType) {
		g.Nodes = append(g.Nodes, onnxfile.Node{
			Op: "Cast", Inputs: []string{from}, Outputs: []string{to}, Attributes: []onnxfile.Attribute{onnxfile.IntAttr("to", int64(elem))},
		})
	}
	for _, in := range c.Inputs {
		if in == nil {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		t := in.tensor()
		n.Inputs = append(n.Inputs, t.Name)
		if in.Const || folded {
			g.Initializers = append(g.Initializers, t)
			continue
		}
		info, x := onnxfile.ValueInfo{Name: t.Name, Type: t.Type, Shape: onnxfile.FixedShape(t.Shape...)}, vision.Tensor{Name: t.Name, Shape: t.Shape}
		if t.Type == onnxfile.Bool {
			info.Name, info.Type, x.Name = "given "+t.Name, onnxfile.Int64, "given "+t.Name
			cast(info.Name, t.Name, onnxfile.Bool)
			t.Ints = wholeNumbers(&t)
		}
		x.Data, x.Ints = t.Floats, t.Ints
		g.Inputs, given = append(g.Inputs, info), append(given, x)
	}
	for i := range c.Outputs {
		name := string(rune('a' + i))
		n.Outputs = append(n.Outputs, name)
	}
	g.Nodes = append(g.Nodes, n)
	for _, name := range n.Outputs {
		cast(name, name+" float", onnxfile.Float)
		g.Outputs = append(g.Outputs, onnxfile.ValueInfo{Name: name + " float", Type: onnxfile.Float})
	}
	return m, given
}

func (c operatorCase) attributes() (list []onnxfile.Attribute) {
	for name, v := range c.Attributes {
		switch v := v.(type) {
		case string:
			list = append(list, onnxfile.StringAttr(name, v))
		case float64:
			if name == "epsilon" {
				list = append(list, onnxfile.FloatAttr(name, float32(v)))
			} else {
				list = append(list, onnxfile.IntAttr(name, int64(v)))
			}
		case []any:
			ints := make([]int64, len(v))
			for i := range v {
				ints[i] = int64(v[i].(float64))
			}
			if c.Op == "ConstantOfShape" {
				list = append(list, onnxfile.TensorAttr(name, onnxfile.IntTensor("", []int{len(ints)}, ints)))
			} else {
				list = append(list, onnxfile.IntsAttr(name, ints...))
			}
		}
	}
	return list
}

// TestOperators compares every operator with ONNX Runtime: computed in a run and when the model is opened, with both
// kernel sets and with threads.
func TestOperators(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, c := range operatorCases(t) {
		covered[c.Op] = true
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			for _, folded := range []bool{false, true} {
				for name, opts := range backends() {
					m, in := c.model(folded)
					var out []vision.Tensor
					for _, info := range m.Graph.Outputs {
						out = append(out, vision.Tensor{Name: info.Name})
					}
					require.NoError(t, open(t, m, 1+len(name)%2, opts...).Run(t.Context(), in, out), name)
					for i, want := range c.Outputs {
						require.True(t, slices.Equal(want.Shape, out[i].Shape), "%s: shape %v, want %v", name, out[i].Shape, want.Shape)
						near(t, want.Data, out[i].Data, 2e-6)
					}
				}
			}
		})
	}
	for op := range operators {
		if !slices.Contains([]string{"Constant", "Conv", "Gemm"}, op) { // those have tests of their own
			require.True(t, covered[op], "no case for %s", op)
		}
	}
}

// TestOperatorsSurviveDamage flips bits in the structure of each operator's model.
func TestOperatorsSurviveDamage(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	for _, c := range operatorCases(t) {
		m, _ := c.model(rng.IntN(4) == 0)
		data, err := m.Marshal()
		require.NoError(t, err)
		for range 40 {
			damaged := append([]byte(nil), data...)
			for range 1 + rng.IntN(2) {
				damaged[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
			}
			survive(t, damaged)
		}
	}
}
