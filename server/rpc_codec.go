package server

import (
	"errors"
	"fmt"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// codec reads and writes messages as Connect does, but for one thing. Connect tells a client about a message that cannot
// be read before anything of ours runs, and so without the ErrorDetail that every error is promised to have. Therefore such
// a message is let through, empty and with a mark, and the interceptor refuses it.
type codec struct {
	name      string
	marshal   func([]byte, proto.Message) ([]byte, error) // appends
	unmarshal func([]byte, proto.Message) error
}

// codecs are those that Connect has by itself.
func codecs() []connect.HandlerOption {
	binary := codec{name: "proto", marshal: proto.MarshalOptions{}.MarshalAppend, unmarshal: proto.Unmarshal}
	options := make([]connect.HandlerOption, 0, 3)
	options = append(options, connect.WithCodec(binary))
	for _, name := range []string{"json", "json; charset=utf-8"} {
		options = append(options, connect.WithCodec(codec{
			name: name, marshal: answerJSON.MarshalAppend, unmarshal: unmarshalJSON,
		}))
	}
	return options
}

// unmarshalJSON ignores fields that it does not know: client and server may be of different versions.
func unmarshalJSON(data []byte, message proto.Message) error {
	if len(data) == 0 {
		return errors.New("want a JSON object")
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(data, message)
}

// Name implements connect.Codec.
func (c codec) Name() string { return c.name }

// Marshal implements connect.Codec.
func (c codec) Marshal(message any) ([]byte, error) { return c.MarshalAppend(nil, message) }

// MarshalAppend lets Connect use its buffers.
func (c codec) MarshalAppend(dst []byte, message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("server: %T is no protobuf message", message)
	}
	return c.marshal(dst, m)
}

// Unmarshal implements connect.Codec.
func (c codec) Unmarshal(data []byte, message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return fmt.Errorf("server: %T is no protobuf message", message)
	}
	if err := c.unmarshal(data, m); err != nil {
		mark(m, err.Error())
	}
	return nil
}

// unreadable is the number of the unknown field that marks a message: the largest there is, which no schema of ours uses.
// A client that sends it itself refuses its own request.
const unreadable = protowire.MaxValidNumber

// mark empties a message and notes why it cannot be read.
func mark(m proto.Message, why string) {
	proto.Reset(m)
	field := protowire.AppendTag(nil, unreadable, protowire.BytesType)
	m.ProtoReflect().SetUnknown(protowire.AppendString(field, why))
}

// marked returns why a message could not be read, if it could not.
func marked(message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return nil
	}
	for rest := m.ProtoReflect().GetUnknown(); len(rest) > 0; {
		number, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return nil
		}
		if number == unreadable && kind == protowire.BytesType {
			why, _ := protowire.ConsumeString(rest[n:])
			return invalidf("message", "it cannot be read: %.200q", why)
		}
		length := protowire.ConsumeFieldValue(number, kind, rest[n:])
		if length < 0 {
			return nil
		}
		rest = rest[n+length:]
	}
	return nil
}
