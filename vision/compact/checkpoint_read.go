package compact

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// checkpointMagic is how every checkpoint of the old format begins: a pickle of the magic number 0x1950a86a20f9469cfc6c
// and one of the format version 1001 (torch/serialization.py, _legacy_save).
const checkpointMagic = "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + "\x80\x02M\xe9\x03."

const (
	maxPickles = 256 << 10 // bytes; the real file has 47,176
	maxTensors = 4096      // the real file has 296
)

// checkpoint is an opened file: where everything is, but no data.
type checkpoint struct {
	r       io.ReaderAt
	tensors map[string]*tensorRef
	data    map[string]int64 // file offset of the first element of each storage
}

// openCheckpoint reads the pickles of a checkpoint and finds its storages. It keeps r.
//
//	magic, version, machine description, tensors by name, storage keys; then for each key: int64 count, elements
func openCheckpoint(r io.ReaderAt, size int64) (*checkpoint, error) {
	head := make([]byte, max(0, min(size, maxPickles)))
	if err := readAt(r, head, 0); err != nil {
		return nil, err
	}
	if len(head) < len(checkpointMagic) || string(head[:len(checkpointMagic)]) != checkpointMagic {
		return nil, &CheckpointError{Offset: 0, Reason: "not a PyTorch file of the old format (before 1.6)"}
	}
	p := &pickleReader{data: head, pos: len(checkpointMagic)}
	if err := readMachine(p); err != nil {
		return nil, err
	}
	c := &checkpoint{r: r, tensors: make(map[string]*tensorRef), data: make(map[string]int64)}
	storages, err := c.readTensors(p)
	if err != nil {
		return nil, err
	}
	root, err := p.next()
	if err != nil {
		return nil, err
	}
	keys, ok := root.(*pickleList)
	if !ok || len(keys.items) != len(storages) {
		return nil, p.fail("the list of storages does not fit the tensors")
	}
	return c, c.findStorages(keys.items, storages, int64(p.pos), size)
}

// readMachine reads the description of the machine that wrote the file, and refuses big-endian ones.
func readMachine(p *pickleReader) error {
	root, err := p.next()
	if err != nil {
		return err
	}
	if machine, ok := root.(*pickleDict); !ok || machine.items["little_endian"] != true {
		return p.fail("not from a little-endian machine")
	}
	return nil
}

// readTensors reads the tensors by name and returns their storages by key.
func (c *checkpoint) readTensors(p *pickleReader) (map[string]storageRef, error) {
	root, err := p.next()
	if err != nil {
		return nil, err
	}
	dict, ok := root.(*pickleDict)
	if !ok || len(dict.items) > maxTensors {
		return nil, p.fail("not a dict of tensors, or too many")
	}
	storages := make(map[string]storageRef)
	for name, value := range dict.items {
		tensor, ok := value.(*tensorRef)
		if !ok {
			return nil, p.fail("%.60q is no tensor", name)
		}
		s := tensor.storage
		if known, ok := storages[s.key]; ok && known != s {
			return nil, p.fail("storage %.60q is described twice", s.key)
		}
		storages[s.key] = s
		c.tensors[name] = tensor
	}
	return storages, nil
}

// findStorages walks the raw part of the file, which must end with the last storage.
func (c *checkpoint) findStorages(keys []any, storages map[string]storageRef, pos, size int64) error {
	for _, item := range keys {
		key, _ := item.(string)
		s, ok := storages[key]
		if !ok {
			return &CheckpointError{Offset: pos, Reason: fmt.Sprintf("storage %.60q is unknown or there twice", key)}
		}
		delete(storages, key)
		var head [8]byte
		if pos+8 > size {
			return &CheckpointError{Offset: pos, Reason: "the file is truncated"}
		}
		if err := readAt(c.r, head[:], pos); err != nil {
			return err
		}
		if count := binary.LittleEndian.Uint64(head[:]); count != uint64(s.count) {
			return &CheckpointError{Offset: pos, Reason: fmt.Sprintf("storage of %d elements, want %d", count, s.count)}
		}
		c.data[key] = pos + 8
		pos += 8 + s.count*s.elementSize()
		if pos > size {
			return &CheckpointError{Offset: pos, Reason: "the file is truncated"}
		}
	}
	if pos != size {
		return &CheckpointError{Offset: pos, Reason: fmt.Sprintf("%d bytes too many", size-pos)}
	}
	return nil
}

// float32s returns the named tensor in row-major order. Its shape must be the one asked for, which also bounds the
// memory; strides and offset are honoured.
func (c *checkpoint) float32s(ctx context.Context, name string, shape ...int) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, ok := c.tensors[name]
	switch {
	case !ok:
		return nil, refuse("there is no tensor %q", name)
	case t.storage.kind != globalFloatStorage || !slices.Equal(t.shape, shape):
		return nil, refuse("tensor %q has shape %v or another element type, want float32 %v", name, t.shape, shape)
	}
	raw := make([]byte, t.storage.count*4) // lies in the file: findStorages looked
	if err := readAt(c.r, raw, c.data[t.storage.key]); err != nil {
		return nil, err
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	out := make([]float32, 0, n)
	index := make([]int, len(shape))
	for at := t.offset; len(out) < n; {
		v := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*at:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, refuse("tensor %q: a number is not finite", name)
		}
		out = append(out, v)
		for d := len(shape) - 1; d >= 0; d-- { // the next index, last dimension first
			index[d]++
			at += t.stride[d]
			if index[d] < shape[d] {
				break
			}
			at -= int64(shape[d]) * t.stride[d]
			index[d] = 0
		}
	}
	return out, nil
}

// readAt fills b from r at off. A file that is shorter than announced is refused rather than read as zeros.
func readAt(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return &CheckpointError{Offset: off + int64(n), Reason: "the file is truncated"}
	}
	return fmt.Errorf("compact: checkpoint: %w", err)
}
