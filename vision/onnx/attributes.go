package onnx

import "github.com/soundtrack-go/sdk/vision/internal/onnxfile"

// attributes reads the attributes of a node. It remembers the first error, and which attributes were asked for: one
// that nobody asks for may change what the operator means, so it is refused by done.
type attributes struct {
	n     *node
	asked map[string]bool
	err   error
}

func newAttributes(n *node) *attributes { return &attributes{n: n, asked: map[string]bool{}} }

// find returns an attribute of that kind, or nil if it is absent.
func (a *attributes) find(name string, kind onnxfile.AttrKind) *onnxfile.Attribute {
	a.asked[name] = true
	attr := a.n.source.Attr(name)
	if attr != nil && attr.Kind != kind {
		a.fail(a.n.invalidf("attribute %q has kind %d, want %d", name, attr.Kind, kind))
		return nil
	}
	return attr
}

func (a *attributes) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *attributes) int(name string, def int64) int64 {
	if attr := a.find(name, onnxfile.AttrInt); attr != nil {
		return attr.Int
	}
	return def
}

func (a *attributes) float(name string, def float32) float32 {
	if attr := a.find(name, onnxfile.AttrFloat); attr != nil {
		return attr.Float
	}
	return def
}

func (a *attributes) text(name, def string) string {
	if attr := a.find(name, onnxfile.AttrString); attr != nil {
		return attr.Text
	}
	return def
}

// ints returns a list of integers, and whether it is there.
func (a *attributes) ints(name string) ([]int64, bool) {
	if attr := a.find(name, onnxfile.AttrInts); attr != nil {
		return attr.Ints, true
	}
	return nil, false
}

// sizes reads a list of n integers from lo to maxSize; absent, each is def.
func (a *attributes) sizes(name string, n, lo, def int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = def
	}
	attr := a.find(name, onnxfile.AttrInts)
	if attr == nil {
		return list
	}
	if len(attr.Ints) != n {
		a.fail(a.n.invalidf("attribute %q has %d numbers, want %d", name, len(attr.Ints), n))
		return list
	}
	for i, v := range attr.Ints {
		if v < int64(lo) || v > maxSize {
			a.fail(a.n.invalidf("attribute %q is %v, want numbers from %d to %d", name, attr.Ints, lo, maxSize))
			return list
		}
		list[i] = int(v)
	}
	return list
}

// maxSize bounds strides, pads and kernel sizes.
const maxSize = 1 << 20

// done returns the first error, also that of an attribute that was not asked for.
func (a *attributes) done() error {
	for i := range a.n.source.Attributes {
		if attr := &a.n.source.Attributes[i]; !a.asked[attr.Name] {
			a.fail(a.n.unsupported("attribute " + attr.Name + " is not supported"))
		}
	}
	return a.err
}
