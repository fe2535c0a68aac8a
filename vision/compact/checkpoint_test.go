package compact

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The trap of this file format: 50 of the real file's 296 tensors are not in row-major order. A reader that ignores that
// makes a network which loads, runs, and calls every picture a rugby ball.
func TestStridesAndOffsetsAreHonoured(t *testing.T) {
	t.Parallel()
	storage := make([]float32, 30)
	for i := range storage {
		storage[i] = float32(i)
	}
	rows := []struct {
		name          string
		offset        int
		shape, stride []int
		want          []float32
	}{
		{"row-major", 0, []int{2, 3}, []int{3, 1}, []float32{0, 1, 2, 3, 4, 5}},
		{"transposed", 0, []int{2, 3}, []int{1, 2}, []float32{0, 2, 4, 1, 3, 5}},
		{"offset", 7, []int{2, 2}, []int{2, 1}, []float32{7, 8, 9, 10}},
		{"offset and gaps", 1, []int{2, 2}, []int{10, 3}, []float32{1, 4, 11, 14}},
		{"repeated", 5, []int{2, 2}, []int{0, 0}, []float32{5, 5, 5, 5}},
		{"three dimensions", 0, []int{2, 1, 3}, []int{1, 29, 4}, []float32{0, 4, 8, 1, 5, 9}},
		{"last element", 29, []int{1}, []int{1}, []float32{29}},
		{"scalar", 3, []int{}, []int{}, []float32{3}},
		{"empty", 3, []int{0, 4}, []int{4, 1}, []float32{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := open(t, fakeCheckpoint(
				fakeTensor{name: "before", data: storage[:3], shape: []int{3}},
				fakeTensor{name: "x", data: storage, offset: row.offset, shape: row.shape, stride: row.stride},
			))
			got, err := c.float32s(t.Context(), "x", row.shape...)
			require.NoError(t, err)
			require.Equal(t, row.want, got)
		})
	}
}

func TestTensorsAreRefused(t *testing.T) {
	t.Parallel()
	nan := []float32{1, float32(math.NaN())}
	data := fakeCheckpoint(
		fakeTensor{name: "x", data: make([]float32, 6), shape: []int{2, 3}},
		fakeTensor{name: "nan", data: nan, shape: []int{2}},
		fakeTensor{name: "inf", data: []float32{float32(math.Inf(-1))}, shape: []int{1}},
	)
	c := open(t, data)
	for name, shape := range map[string][]int{"missing": {1}, "x": {3, 2}, "steps": {}, "nan": {2}, "inf": {1}} {
		_, err := c.float32s(t.Context(), name, shape...)
		require.ErrorIs(t, err, ErrCheckpoint, name)
		require.ErrorContains(t, err, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.float32s(ctx, "x", 2, 3)
	require.ErrorIs(t, err, context.Canceled)
}

func TestRecordsAreRefused(t *testing.T) {
	t.Parallel()
	six := make([]float32, 6)
	rows := map[string]fakeTensor{
		"beyond the storage":        {data: six, shape: []int{7}},
		"offset beyond the storage": {data: six, shape: []int{1}, offset: 6},
		"offset and strides beyond": {data: six, shape: []int{2, 2}, stride: []int{3, 2}, offset: 1},
		"vast stride":               {data: six, shape: []int{2}, stride: []int{math.MaxInt32}},
		"strides that overflow":     {data: six, shape: []int{math.MaxInt32, math.MaxInt32}, stride: []int{math.MaxInt32, math.MaxInt32}},
		"negative offset":           {data: six, shape: []int{1}, offset: -1},
		"negative size":             {data: six, shape: []int{-1}},
		"negative stride":           {data: six, shape: []int{2}, stride: []int{-1}, offset: 3},
		"strides missing":           {data: six, shape: []int{2, 3}, stride: []int{3}},
		"nine dimensions":           {data: six, shape: []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
	}
	for name, tensor := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tensor.name = "x"
			data := fakeCheckpoint(tensor)
			_, err := openCheckpoint(bytes.NewReader(data), int64(len(data)))
			require.ErrorIs(t, err, ErrCheckpoint)
		})
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	good := fakeCheckpoint(fakeTensor{name: "x", data: []float32{1, 2, 3}, shape: []int{3}})
	open(t, good)
	for n := range good {
		_, err := openCheckpoint(bytes.NewReader(good[:n]), int64(n))
		require.ErrorIs(t, err, ErrCheckpoint, "cut to %d bytes", n)
	}
	rows := map[string][]byte{
		"something follows": append(bytes.Clone(good), 0),
		"zip format":        []byte("PK\x03\x04 and so on, as new checkpoints are"),
		"big-endian":        bytes.Replace(good, []byte{opTrue, opSetItems}, []byte{opFalse, opSetItems}, 1),
		"other count":       bytes.Replace(good, binary.LittleEndian.AppendUint64(nil, 3), binary.LittleEndian.AppendUint64(nil, 2), 1),
		"other key":         bytes.Replace(good, []byte("steps\x58\x01"), []byte("stepx\x58\x01"), 1),
	}
	for name, data := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, good, data)
			_, err := openCheckpoint(bytes.NewReader(data), int64(len(data)))
			require.ErrorIs(t, err, ErrCheckpoint)
		})
	}
}

// brokenReader fails, or ends, after n bytes.
type brokenReader struct {
	data []byte
	n    int64
	err  error
}

func (r brokenReader) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > r.n {
		return max(0, int(r.n-off)), r.err
	}
	return copy(p, r.data[off:]), nil
}

func TestReadErrorsAreNotReadAsZeros(t *testing.T) {
	t.Parallel()
	data := fakeCheckpoint(fakeTensor{name: "x", data: make([]float32, 1<<19), shape: []int{1 << 19}})
	mishap := errors.New("mishap")
	for _, n := range []int64{0, 10, maxPickles + 5, int64(len(data)) - 1} {
		for err, want := range map[error]error{io.EOF: ErrCheckpoint, mishap: mishap} {
			c, got := openCheckpoint(brokenReader{data, n, err}, int64(len(data)))
			if got == nil {
				_, got = c.float32s(t.Context(), "x", 1<<19)
			}
			require.ErrorIs(t, got, want, "after %d bytes", n)
		}
	}
}
