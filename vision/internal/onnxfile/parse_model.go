package onnxfile

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Parse reads a ModelProto. The result does not alias data. Every error matches [ErrFormat].
// It needs memory for a small multiple of len(data), whatever the bytes say.
func Parse(data []byte) (*Model, error) {
	if len(data) > maxBytes {
		return nil, badf("%d bytes, want at most %d", len(data), maxBytes)
	}
	p, m, graphs := &parser{}, &Model{}, 0
	err := eachField(data, func(f field) error {
		switch f.num {
		case 1:
			return f.int64(&m.IRVersion)
		case 2:
			return f.text(&m.ProducerName)
		case 3:
			return f.text(&m.ProducerVersion)
		case 7:
			graphs++
			if graphs > 1 {
				return badf("more than one graph")
			}
			return p.graph(f, &m.Graph)
		case 8:
			return p.opset(f, m)
		case 14:
			return p.metadata(f, m)
		case 25:
			return badf("model-local functions are not supported")
		}
		return nil // documentation, training information and what later versions add
	})
	switch {
	case err != nil:
		return nil, err
	case graphs == 0:
		return nil, badf("no graph")
	case m.Opset < 1:
		return nil, badf("no version of the default operator set")
	}
	return m, nil
}

// message checks the wire type, counts the item and walks the fields of a nested message.
func (p *parser) message(f field, fn func(f field) error) error {
	if err := f.want(protowire.BytesType); err != nil {
		return err
	}
	if err := p.item(); err != nil {
		return err
	}
	return eachField(f.bytes, fn)
}

func (p *parser) opset(f field, m *Model) error {
	var id OpsetID
	err := p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return f.text(&id.Domain)
		case 2:
			return f.int64(&id.Version)
		}
		return nil
	})
	if isDefaultDomain(id.Domain) {
		m.Opset = id.Version
	} else {
		m.Domains = append(m.Domains, id)
	}
	return err
}

func isDefaultDomain(domain string) bool { return domain == "" || domain == "ai.onnx" }

func (p *parser) metadata(f field, m *Model) error {
	var kv KeyValue
	err := p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return f.text(&kv.Key)
		case 2:
			return f.text(&kv.Value)
		}
		return nil
	})
	m.Metadata = append(m.Metadata, kv)
	return err
}

func (p *parser) graph(f field, g *Graph) error {
	return p.message(f, func(f field) error {
		switch f.num {
		case 1:
			g.Nodes = append(g.Nodes, Node{})
			n := &g.Nodes[len(g.Nodes)-1]
			return where(p.node(f, n), "node %d %q", len(g.Nodes)-1, n.Name)
		case 2:
			return f.text(&g.Name)
		case 5:
			g.Initializers = append(g.Initializers, Tensor{})
			t := &g.Initializers[len(g.Initializers)-1]
			return where(p.tensor(f, t), "initializer %d %q", len(g.Initializers)-1, t.Name)
		case 11:
			return where(p.value(f, &g.Inputs), "input %d", len(g.Inputs))
		case 12:
			return where(p.value(f, &g.Outputs), "output %d", len(g.Outputs))
		case 13:
			return where(p.value(f, &g.Values), "value %d", len(g.Values))
		case 15:
			return badf("sparse initializers are not supported")
		}
		return nil
	})
}

// where says in which part of the graph an error is.
func where(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

func (p *parser) node(f field, n *Node) error {
	return p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return f.texts(p, &n.Inputs)
		case 2:
			return f.texts(p, &n.Outputs)
		case 3:
			return f.text(&n.Name)
		case 4:
			return f.text(&n.Op)
		case 5:
			n.Attributes = append(n.Attributes, Attribute{})
			a := &n.Attributes[len(n.Attributes)-1]
			return where(p.attribute(f, a), "attribute %q", a.Name)
		case 7:
			return f.text(&n.Domain)
		}
		return nil
	})
}

// value reads a ValueInfoProto that describes a tensor.
func (p *parser) value(f field, list *[]ValueInfo) error {
	var v ValueInfo
	err := p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return f.text(&v.Name)
		case 2:
			return p.valueType(f, &v)
		}
		return nil
	})
	*list = append(*list, v)
	return err
}

// valueType reads a TypeProto and the TensorTypeProto inside.
func (p *parser) valueType(f field, v *ValueInfo) error {
	return p.message(f, func(f field) error {
		switch f.num {
		case 1:
			return p.message(f, func(f field) error {
				switch f.num {
				case 1:
					v.Type = ElemType(int32(f.scalar))
					return f.want(protowire.VarintType)
				case 2:
					v.Shape = []Dim{}
					return p.shape(f, &v.Shape)
				}
				return nil
			})
		case 4, 5, 8, 9:
			return badf("%q is a sequence, map, sparse or optional value: want a tensor", v.Name)
		}
		return nil
	})
}

func (p *parser) shape(f field, shape *[]Dim) error {
	return p.message(f, func(f field) error {
		if f.num != 1 {
			return nil
		}
		if len(*shape) == maxRank {
			return badf("more than %d dimensions", maxRank)
		}
		d := Dim{Size: -1}
		err := p.message(f, func(f field) error {
			switch f.num {
			case 1:
				var size int64
				err := f.int64(&size)
				if size < -1 || size > maxElements {
					return badf("dimension %d", size)
				}
				d.Size = int(size)
				return err
			case 2:
				return f.text(&d.Name)
			}
			return nil
		})
		*shape = append(*shape, d)
		return err
	})
}
