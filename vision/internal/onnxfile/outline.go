package onnxfile

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Outline is what a runtime that parses the file itself has to know before it gets it.
type Outline struct {
	// Inputs are the values that a run has to give: without those that are initializers too, as files before IR version 4
	// list them.
	Inputs  []ValueInfo
	Outputs []ValueInfo
}

// Inspect reads the outline of a model and nothing of its weights, so it needs neither time nor memory for them. Unlike
// [Parse] it allows sub-graphs, functions and every type of tensor, but a file that keeps any tensor outside its own
// bytes is refused, wherever that tensor is. Every error matches [ErrFormat].
func Inspect(data []byte) (*Outline, error) {
	if len(data) > maxBytes {
		return nil, badf("%d bytes, want at most %d", len(data), maxBytes)
	}
	if err := refuseExternal(data, modelMessage, 0); err != nil {
		return nil, err
	}
	p, outline, graphs := &parser{}, &Outline{}, 0
	initializers := map[string]bool{}
	err := eachField(data, func(f field) error {
		if f.num != 7 {
			return nil
		}
		if graphs++; graphs > 1 {
			return badf("more than one graph")
		}
		return p.message(f, func(f field) error {
			switch f.num {
			case 5:
				return f.tensorName(initializers)
			case 11:
				return where(p.value(f, &outline.Inputs), "input %d", len(outline.Inputs))
			case 12:
				return where(p.value(f, &outline.Outputs), "output %d", len(outline.Outputs))
			}
			return nil
		})
	})
	switch {
	case err != nil:
		return nil, err
	case graphs == 0:
		return nil, badf("no graph")
	}
	outline.Inputs = slices.DeleteFunc(outline.Inputs, func(v ValueInfo) bool { return initializers[v.Name] })
	return outline, nil
}

// tensorName adds the name of a TensorProto to a set.
func (f field) tensorName(names map[string]bool) error {
	return eachField(f.bytes, func(f field) error {
		if f.num == 8 {
			names[string(f.bytes)] = true
		}
		return nil
	})
}

// message is a type of message in which, at some depth, a tensor can be.
type message int

const (
	modelMessage message = iota
	graphMessage
	nodeMessage
	attributeMessage
	tensorMessage
	sparseMessage
	functionMessage
	trainingMessage
)

// holds maps the fields of a message that lead to tensors to what they hold.
var holds = map[message]map[protowire.Number]message{
	modelMessage: {7: graphMessage, 20: trainingMessage, 25: functionMessage},
	graphMessage: {1: nodeMessage, 5: tensorMessage, 15: sparseMessage},
	nodeMessage:  {5: attributeMessage},
	attributeMessage: {
		5: tensorMessage, 6: graphMessage, 10: tensorMessage, 11: graphMessage, 22: sparseMessage, 23: sparseMessage,
	},
	sparseMessage:   {1: tensorMessage, 2: tensorMessage},
	functionMessage: {7: nodeMessage, 11: attributeMessage},
	trainingMessage: {1: graphMessage, 2: graphMessage},
}

// maxDepth bounds nested messages, as protobuf's own readers do.
const maxDepth = 100

// refuseExternal looks for a tensor whose data is not in the file.
func refuseExternal(b []byte, kind message, depth int) error {
	if depth > maxDepth {
		return badf("messages are nested more than %d deep", maxDepth)
	}
	return eachField(b, func(f field) error {
		if kind == tensorMessage {
			if f.num == 13 || (f.num == 14 && f.scalar != 0) {
				return badf("external data is not supported")
			}
			return nil
		}
		inner, ok := holds[kind][f.num]
		if !ok {
			return nil
		}
		if err := f.want(protowire.BytesType); err != nil {
			return err
		}
		return refuseExternal(f.bytes, inner, depth+1)
	})
}
