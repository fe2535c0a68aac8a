package onnxfile

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullAfter is a disk with room for that many more bytes.
type fullAfter int

var errFull = errors.New("disk full")

func (f *fullAfter) Write(p []byte) (int, error) {
	if *f < fullAfter(len(p)) {
		return int(*f), errFull
	}
	*f -= fullAfter(len(p))
	return len(p), nil
}

func TestWrite(t *testing.T) {
	t.Parallel()
	// a tensor that takes several turns of the buffer
	long := make([]float32, 30_001)
	for i := range long {
		long[i] = float32(i)
	}
	m := everything()
	m.Graph.Initializers = append(m.Graph.Initializers, FloatTensor("long", []int{len(long)}, long))
	data, err := m.Marshal()
	require.NoError(t, err)
	back, err := Parse(data)
	require.NoError(t, err)
	require.Equal(t, m, back)

	for n := 0; n < len(data); n += 1 + len(data)/50 {
		room := fullAfter(n)
		require.ErrorIs(t, m.Write(&room), errFull, n)
	}
	room := fullAfter(len(data))
	require.NoError(t, m.Write(&room))
	require.Zero(t, room)

	m.Graph.Initializers[0].Floats = nil
	var none bytes.Buffer
	require.ErrorIs(t, m.Write(&none), ErrFormat)
	require.Zero(t, none.Len(), "refused before the first byte")
}
