package onnxfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Write writes what [Model.Marshal] returns, without holding the weights a second time.
// A model that cannot be marshalled is refused before the first byte.
func (m *Model) Write(w io.Writer) error {
	head, weights, tail, err := m.parts()
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	buf := make([]byte, 0, 1<<16)
	for i, header := range weights {
		if _, err := w.Write(header); err != nil {
			return err
		}
		if err := m.Graph.Initializers[i].writeData(w, buf); err != nil {
			return err
		}
	}
	_, err = w.Write(tail)
	return err
}

// parts returns the bytes of a file around the data of its initializers: what comes before the first, what comes
// directly before the data of each, and what comes after the last.
func (m *Model) parts() (head []byte, weights [][]byte, tail []byte, err error) {
	if m.Opset < 1 {
		return nil, nil, nil, badf("no version of the default operator set")
	}
	before, err := m.Graph.head()
	if err != nil {
		return nil, nil, nil, err
	}
	after := m.Graph.tail()
	size := len(before) + len(after) // of the graph
	for i := range m.Graph.Initializers {
		t := &m.Graph.Initializers[i]
		header, err := t.header()
		if err != nil {
			return nil, nil, nil, where(err, "initializer %d", i)
		}
		n := len(header) + t.dataBytes()
		header = append(appendLength(nil, 5, n), header...)
		weights = append(weights, header)
		size += len(header) + t.dataBytes()
	}
	ir := m.IRVersion
	if ir == 0 {
		ir = defaultIRVersion
	}
	head = appendInt(nil, 1, ir)
	head = appendText(head, 2, m.ProducerName)
	head = appendText(head, 3, m.ProducerVersion)
	head = append(appendLength(head, 7, size), before...)
	tail = after
	for _, id := range append([]OpsetID{{Version: m.Opset}}, m.Domains...) {
		tail = appendMessage(tail, 8, appendInt(appendText(nil, 1, id.Domain), 2, id.Version))
	}
	for _, kv := range m.Metadata {
		tail = appendMessage(tail, 14, appendText(appendText(nil, 1, kv.Key), 2, kv.Value))
	}
	if total := size + len(head) - len(before) + len(tail) - len(after); total > maxBytes {
		return nil, nil, nil, badf("%d bytes, want at most %d", total, maxBytes)
	}
	return head, weights, tail, nil
}

func (t *Tensor) marshal() ([]byte, error) {
	header, err := t.header()
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(header)
	err = t.writeData(b, nil)
	return b.Bytes(), err
}

// header returns a tensor's fields up to the length of its data, which is the last field.
func (t *Tensor) header() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if t.Type == Int32 {
		for _, v := range t.Ints {
			if v != int64(int32(v)) {
				return nil, badf("tensor %q: %d is no int32", t.Name, v)
			}
		}
	}
	var b []byte
	for _, d := range t.Shape {
		b = appendInt(b, 1, int64(d))
	}
	b = appendInt(b, 2, int64(t.Type))
	b = appendText(b, 8, t.Name)
	return appendLength(b, 9, t.dataBytes()), nil
}

// dataBytes is the length of a checked tensor's data.
func (t *Tensor) dataBytes() int {
	switch t.Type {
	case Float:
		return 4 * len(t.Floats)
	case Int32, Int64:
		return t.Type.Size() * len(t.Ints)
	}
	return len(t.Raw)
}

// writeData writes a checked tensor's elements in little-endian order. It uses buf, of any length, for the way.
func (t *Tensor) writeData(w io.Writer, buf []byte) error {
	const chunk = 1 << 13 // elements that are converted at a time
	switch t.Type {
	case Float:
		for part := range slices.Chunk(t.Floats, chunk) {
			buf = buf[:0]
			for _, v := range part {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	case Int32, Int64:
		buf = buf[:0]
		for _, v := range t.Ints {
			if t.Type == Int32 {
				buf = binary.LittleEndian.AppendUint32(buf, uint32(v))
			} else {
				buf = binary.LittleEndian.AppendUint64(buf, uint64(v))
			}
		}
		_, err := w.Write(buf)
		return err
	default:
		_, err := w.Write(t.Raw)
		return err
	}
	return nil
}

// appendLength appends the start of a nested message or of bytes that follow: n of them.
func appendLength(b []byte, num protowire.Number, n int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.BytesType), uint64(n))
}
