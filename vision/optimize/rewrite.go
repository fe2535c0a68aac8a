package optimize

import (
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// Two batch sizes that no model has as another dimension: what differs between them depends on the batch.
const batchA, batchB = 1009, 2003

// demand is what the readers of a value need of it.
type demand struct {
	every bool // position; otherwise the picked one of axis
	axis  int
}

// rewriter moves one pick towards the input of a graph.
type rewriter struct {
	graph   *onnxfile.Graph
	nodes   []*onnxfile.Node // in topological order
	a, b    *inference
	pick    pick
	demands map[string]demand // by value; none if nobody reads it
	// narrow are the nodes that compute one position, with the axes of their inputs as [inference.through] gives them.
	narrow map[*onnxfile.Node][]int
	folded map[*onnxfile.Node]bool // nodes that become constants
	picked map[demandOf]string     // picks that were put in
	made   map[string]string       // constants that were put in, by their purpose
	taken  map[string]bool         // every name
	stop   string                  // where the pick came to rest, for people
}

type demandOf struct {
	value string
	axis  int
}

// rewrite changes g so that it computes only outputs, the last layer for one token. It says what it did.
func rewrite(g *onnxfile.Graph, outputs []string) (Report, error) {
	var report Report
	nodes, err := sorted(g)
	if err != nil {
		return report, err
	}
	r := &rewriter{
		graph: g, nodes: nodes, a: infer(g, nodes, batchA), b: infer(g, nodes, batchB),
		demands: map[string]demand{}, narrow: map[*onnxfile.Node][]int{}, picked: map[demandOf]string{},
		folded: map[*onnxfile.Node]bool{}, made: map[string]string{}, taken: names(g),
	}
	if r.pick, err = findPick(nodes, r.a); err != nil {
		return report, err
	}
	if tokens := r.pick.node.Inputs[0]; r.a.values[tokens].shape[r.pick.axis] != r.b.values[tokens].shape[r.pick.axis] {
		return report, unrecognised("%q picks one picture of the batch, not one token", r.pick.node.Name)
	}
	for _, name := range outputs {
		r.demands[name] = demand{every: true}
	}
	for _, n := range slices.Backward(nodes) {
		r.demandInputs(n)
	}
	attention := 0
	for n := range r.narrow {
		if n.Op == "Softmax" {
			attention++
		}
	}
	if attention != 1 {
		return report, unrecognised("the token that %q picks can be moved through %d nodes, up to %s, and through %d attentions: want one",
			r.pick.node.Name, len(r.narrow), r.stop, attention)
	}
	report.Narrowed = len(r.narrow)
	report.Removed = r.apply(outputs)
	return report, nil
}

// names are all names of a graph's values.
func names(g *onnxfile.Graph) map[string]bool {
	taken := map[string]bool{}
	for _, in := range g.Inputs {
		taken[in.Name] = true
	}
	for _, t := range g.Initializers {
		taken[t.Name] = true
	}
	for _, n := range g.Nodes {
		mark(taken, n.Outputs)
	}
	return taken
}

// demandInputs works out what a node needs of its inputs. Its readers have been visited.
func (r *rewriter) demandInputs(n *onnxfile.Node) {
	if !slices.ContainsFunc(n.Outputs, r.read) {
		return
	}
	if r.isFixedSize(n) {
		r.folded[n] = true
		return
	}
	axes := slices.Repeat([]int{whole}, len(n.Inputs))
	if n == r.pick.node {
		axes[0] = r.pick.axis
	} else if through, ok := r.narrowed(n); ok {
		axes, r.narrow[n] = through, through
	} else {
		for _, out := range n.Outputs {
			r.demands[out] = demand{every: true}
		}
	}
	for i, in := range n.Inputs {
		if !r.isReplaced(n, i) {
			r.need(in, axes[i])
		}
	}
}

// isReplaced reports whether [rewriter.apply] gives a node a constant for input i: the target of a Reshape, and which
// position the pick takes.
func (r *rewriter) isReplaced(n *onnxfile.Node, i int) bool {
	if n == r.pick.node {
		return i == 1 || n.Op == "Slice" && i == 2
	}
	return r.narrow[n] != nil && n.Op == "Reshape" && i == 1
}

// read reports whether anybody needs a value.
func (r *rewriter) read(name string) bool {
	_, ok := r.demands[name]
	return ok
}

// narrowed reports whether a node can compute just the position that its readers need, and from what.
func (r *rewriter) narrowed(n *onnxfile.Node) ([]int, bool) {
	out := n.Outputs[0]
	if len(n.Outputs) != 1 || r.demands[out].every {
		return nil, false
	}
	axis := r.demands[out].axis
	axes, ok := r.a.through(n, axis)
	if ok && n.Op == "Reshape" {
		_, ok = oneLong(r.a.values[out].shape, r.b.values[out].shape, axis)
	}
	if !ok {
		r.stop = fmt.Sprintf("%s %q", n.Op, n.Name)
	}
	return axes, ok
}

// isFixedSize reports whether a node reads off a value's shape what is the same for every batch. As a constant it keeps
// nobody from narrowing that value.
func (r *rewriter) isFixedSize(n *onnxfile.Node) bool {
	if (n.Op != "Gather" && n.Op != "Slice") || len(n.Inputs) == 0 {
		return false
	}
	maker := slices.IndexFunc(r.nodes, func(m *onnxfile.Node) bool { return m.Outputs[0] == n.Inputs[0] })
	a, b := r.a.values[n.Outputs[0]].ints, r.b.values[n.Outputs[0]].ints
	return maker >= 0 && r.nodes[maker].Op == "Shape" && a != nil && slices.Equal(a, b)
}

// need adds a reader's demand. Readers of different positions make it a demand for every one.
func (r *rewriter) need(name string, axis int) {
	d := demand{axis: axis, every: axis == whole}
	if old, ok := r.demands[name]; ok && old != d {
		d = demand{every: true}
		r.stop = fmt.Sprintf("%q, of which other nodes read every position", name)
	}
	r.demands[name] = d
}

// apply changes the graph as the demands say. It returns how many nodes went.
func (r *rewriter) apply(outputs []string) (removed int) {
	g := r.graph
	var nodes []onnxfile.Node
	for _, n := range r.nodes {
		if !slices.ContainsFunc(n.Outputs, r.read) {
			removed++
			continue
		}
		if r.folded[n] {
			v := r.a.values[n.Outputs[0]]
			g.Initializers = append(g.Initializers, onnxfile.IntTensor(n.Outputs[0], v.shape, v.ints))
			removed++
			continue
		}
		changed := *n
		changed.Inputs = slices.Clone(n.Inputs)
		switch axes := r.narrow[n]; {
		case n == r.pick.node:
			nodes = r.narrowInput(nodes, &changed, 0, r.pick.axis)
			r.pickFirst(&changed)
		case axes != nil:
			for i, axis := range axes {
				nodes = r.narrowInput(nodes, &changed, i, axis)
			}
			if n.Op == "Reshape" {
				out := n.Outputs[0]
				target, _ := oneLong(r.a.values[out].shape, r.b.values[out].shape, r.demands[out].axis)
				changed.Inputs[1] = r.constant(out+"/shape", target)
			}
		}
		nodes = append(nodes, changed)
	}
	g.Nodes = nodes
	g.Values = nil // their shapes are no longer true
	g.Outputs = slices.DeleteFunc(g.Outputs, func(v onnxfile.ValueInfo) bool { return !slices.Contains(outputs, v.Name) })
	r.dropUnread()
	return removed
}

// narrowInput makes a node read one position of its input i. If the input's maker computes all of them, it is picked here.
func (r *rewriter) narrowInput(nodes []onnxfile.Node, n *onnxfile.Node, i, axis int) []onnxfile.Node {
	in := n.Inputs[i]
	if axis == whole || !r.demands[in].every {
		return nodes
	}
	key := demandOf{in, axis}
	if r.picked[key] == "" {
		name := r.fresh(in + "/token")
		r.picked[key] = name
		index := r.constant("token/index", onnxfile.IntTensor("", []int{1}, []int64{int64(r.pick.index)}))
		nodes = append(nodes, onnxfile.Node{
			Name: name, Op: "Gather", Inputs: []string{in, index}, Outputs: []string{name},
			Attributes: []onnxfile.Attribute{onnxfile.IntAttr("axis", int64(axis))},
		})
	}
	n.Inputs[i] = r.picked[key]
	return nodes
}

// pickFirst makes the pick itself take the only position that is left.
func (r *rewriter) pickFirst(n *onnxfile.Node) {
	zero := onnxfile.IntTensor("", []int{1}, []int64{0})
	switch {
	case n.Op == "Slice":
		n.Inputs[1] = r.constant("token/from", zero)
		n.Inputs[2] = r.constant("token/to", onnxfile.IntTensor("", []int{1}, []int64{1}))
	case r.pick.keeps:
		n.Inputs[1] = r.constant("token/from", zero)
	default:
		n.Inputs[1] = r.constant("token/first", onnxfile.IntTensor("", []int{}, []int64{0}))
	}
}

// constant adds a tensor, once for each key, and returns its name.
func (r *rewriter) constant(key string, t onnxfile.Tensor) string {
	if r.made[key] == "" {
		t.Name = r.fresh(key)
		r.made[key] = t.Name
		r.graph.Initializers = append(r.graph.Initializers, t)
	}
	return r.made[key]
}

// fresh returns a name that nothing has.
func (r *rewriter) fresh(name string) string {
	for r.taken[name] {
		name += "'"
	}
	r.taken[name] = true
	return name
}

// dropUnread removes weights that no node reads. Old files list weights among the inputs too.
func (r *rewriter) dropUnread() {
	read := map[string]bool{}
	for _, n := range r.graph.Nodes {
		mark(read, n.Inputs)
	}
	for _, out := range r.graph.Outputs {
		read[out.Name] = true
	}
	dropped := map[string]bool{}
	r.graph.Initializers = slices.DeleteFunc(r.graph.Initializers, func(t onnxfile.Tensor) bool {
		dropped[t.Name] = !read[t.Name]
		return dropped[t.Name]
	})
	r.graph.Inputs = slices.DeleteFunc(r.graph.Inputs, func(v onnxfile.ValueInfo) bool { return dropped[v.Name] })
}
