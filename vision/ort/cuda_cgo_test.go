//go:build cgo

package ort

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// How far a card may be from the processor, in a component of an embedding of unit length. With TF32 the inputs of every
// product lose 13 bits of mantissa.
const (
	cardTolerance = 1e-5
	tf32Tolerance = 2e-3
)

// A card must give what the processor gives, and keep every promise of a backend.
func TestCUDA(t *testing.T) {
	for name, opts := range map[string][]Option{"default": nil, "one run at once": {WithMaxRuns(1)}} {
		b := newCard(t, CUDA{}, opts...)
		t.Run(name, func(t *testing.T) {
			visiontest.RunBackend(t, func(*testing.T) vision.Backend { return b })
		})
	}
}

func TestCUDATinyCLIP(t *testing.T) {
	b, rounding := newCard(t, CUDA{}), newCard(t, CUDA{TF32: true})
	visiontest.CheckTinyCLIP(t, b)
	t.Run("reference", func(t *testing.T) { checkReference(t, b, 1, 1e-5) })
	t.Run("reference, TF32", func(t *testing.T) { checkReference(t, rounding, 1, 1e-2) })
}

func TestCUDAEncoder(t *testing.T) {
	b := newCard(t, CUDA{})
	for _, layout := range []visiontest.CLIPLayout{visiontest.CLIPHub, visiontest.CLIPImmich} {
		model := visiontest.TinyCLIP(t, layout)
		visiontest.Run(t, func(t *testing.T) vision.Encoder {
			e, err := vision.NewJointEncoder(t.Context(), model, b)
			require.NoError(t, err)
			require.Equal(t, "CUDA", e.Session().Device)
			return e
		})
	}
}

// In full size, with and without TF32, whatever the batch: what the processor gives.
func TestCUDAFullSize(t *testing.T) {
	if testing.Short() {
		t.Skip("makes files of hundreds of MB")
	}
	cards := map[CUDA]float64{{}: cardTolerance, {TF32: true}: tf32Tolerance}
	for cuda := range cards {
		newCard(t, cuda) // before the files are made
	}
	texts := vision.Tensor{Name: "input_ids", Shape: []int{2, 77}, Ints: make([]int64, 2*77)}
	mask := vision.Tensor{Name: "attention_mask", Shape: texts.Shape, Ints: make([]int64, 2*77)}
	for i := range texts.Ints {
		texts.Ints[i], mask.Ints[i] = 49407, 1
	}
	copy(texts.Ints, []int64{49406, 320, 1125, 539, 320, 2368})
	copy(texts.Ints[77:], []int64{49406, 320, 1929})
	for _, c := range []struct {
		name   string
		file   vision.ModelFile
		inputs []vision.Tensor
	}{
		{"pictures", visiontest.FullCLIP(t).Visual, pixels("pixel_values", 64)},
		{"texts", visiontest.FullCLIPText(t), []vision.Tensor{texts, mask}},
	} {
		rows := c.inputs[0].Shape[0]
		want := embed(t, openModel(t, newBackend(t), c.file, runtime.GOMAXPROCS(0)), c.inputs, 0, rows)
		for cuda, tolerance := range cards {
			t.Run(fmt.Sprintf("%s/tf32=%t", c.name, cuda.TF32), func(t *testing.T) {
				s := openModel(t, newCard(t, cuda), c.file, 1)
				for _, batch := range []int{1, 2, 8, 64} {
					if batch > rows {
						break
					}
					worst := 0.0
					for first := 0; first+batch <= rows; first += batch {
						got := embed(t, s, c.inputs, first, first+batch)
						worst = max(worst, furthest(want[first:first+batch], got))
					}
					t.Logf("%s, TF32 %t, batches of %d: %.2g from the processor", c.name, cuda.TF32, batch, worst)
					require.LessOrEqual(t, worst, tolerance)
				}
			})
		}
	}
}

// embed runs rows first to end − 1 of the inputs as one batch, and returns embeddings of unit length.
func embed(t *testing.T, s vision.Session, inputs []vision.Tensor, first, end int) [][]float32 {
	t.Helper()
	batch := slices.Clone(inputs)
	for i, in := range inputs {
		rows := in.Shape[0]
		batch[i].Shape = append([]int{end - first}, in.Shape[1:]...)
		batch[i].Data = in.Data[len(in.Data)/rows*first : len(in.Data)/rows*end]
		batch[i].Ints = in.Ints[len(in.Ints)/rows*first : len(in.Ints)/rows*end]
	}
	out := []vision.Tensor{{Name: s.Signature().Outputs[0].Name}}
	require.NoError(t, s.Run(t.Context(), batch, out))
	require.Len(t, out[0].Shape, 2)
	require.Equal(t, end-first, out[0].Shape[0])
	var embeddings [][]float32
	for row := range slices.Chunk(out[0].Data, out[0].Shape[1]) {
		norm := 0.0
		for _, v := range row {
			norm += float64(v) * float64(v)
		}
		for i := range row {
			row[i] = float32(float64(row[i]) / math.Sqrt(norm))
		}
		embeddings = append(embeddings, row)
	}
	return embeddings
}

// furthest is the largest difference of two components.
func furthest(a, b [][]float32) float64 {
	worst := 0.0
	for i := range a {
		for j := range a[i] {
			worst = max(worst, math.Abs(float64(a[i][j])-float64(b[i][j])))
		}
	}
	return worst
}

// Runs after the first of a shape go by I/O binding, and each sees its own pictures.
func TestCUDABinding(t *testing.T) {
	s := openModel(t, newCard(t, CUDA{}), visiontest.TinyModel(t), 1).(*session)
	require.True(t, s.bound)
	shape := []int{4, 3, visiontest.TinySize, visiontest.TinySize}
	picture := func(scale float32) []vision.Tensor {
		data := formula(shape...)
		for i := range data {
			data[i] *= scale
		}
		return []vision.Tensor{{Name: "image", Shape: shape, Data: data}}
	}
	run := func(scale float32) []float32 {
		out := []vision.Tensor{{Name: "embedding"}}
		require.NoError(t, s.Run(t.Context(), picture(scale), out))
		return out[0].Data
	}
	unbound := run(1)
	require.Len(t, s.idle, 1)
	require.Nil(t, s.idle[0].binding)
	other := run(-1)
	require.Len(t, s.idle, 1)
	require.NotNil(t, s.idle[0].binding)
	require.NotEqual(t, unbound, other)
	requireNear(t, unbound, run(1), 1e-6)
	requireNear(t, other, run(-1), 1e-6)
}

// Too little memory is an error: of Open, which falls back, if the weights do not fit, and of Run, after which smaller
// batches still work, if a batch does not.
func TestCUDAMemoryLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("makes files of hundreds of MB")
	}
	newCard(t, CUDA{})
	model := visiontest.FullCLIP(t).Visual
	small := CUDA{MemoryLimit: 1 << 20}
	_, err := newBackend(t, WithProviders(small)).Open(t.Context(), model, vision.SessionOptions{})
	require.ErrorIs(t, err, ErrProvider)
	s := openModel(t, newBackend(t, WithProviders(small, CPU{})), model, 1)
	require.Equal(t, "CPU", s.Info().Device)
	t.Log(s.Info().Note)

	s = openModel(t, newBackend(t, WithProviders(CUDA{MemoryLimit: 1 << 30})), model, 1)
	run := func(pictures int) error {
		return s.Run(t.Context(), pixels("pixel_values", pictures), []vision.Tensor{{Name: "image_embeds"}})
	}
	require.NoError(t, run(1))
	err = run(512)
	t.Log(err)
	require.ErrorIs(t, err, ErrMemory)
	require.NoError(t, run(1))
	require.NoError(t, run(2))
}

// Calls that are given up return, and what they leave on the card ends by itself. The graph is large enough for a card to
// be at it when the call is given up.
func TestCUDACancelled(t *testing.T) {
	const layers, width, rows = 40, 2048, 4096
	s := openModel(t, newCard(t, CUDA{}), writeModel(t, products(layers, width)), 1).(*session)
	in := []vision.Tensor{{Name: "x0", Shape: []int{rows, width}, Data: formula(rows, width)}}
	out := []vision.Tensor{{Name: s.signature.Outputs[0].Name}}
	cancelled := 0
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			for len(s.gate) == 0 && ctx.Err() == nil {
				runtime.Gosched()
			}
			cancel()
		}()
		err := s.Run(ctx, in, out)
		cancel()
		<-stop
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			cancelled++
		}
		s.running.Wait() // what is cancelled ends, and gives its place back
		require.Empty(t, s.gate)
		if i%5 == 0 { // keeps a slot, so that the next runs are bound
			require.NoError(t, s.Run(t.Context(), in, out))
		}
	}
	require.Positive(t, cancelled)
	t.Logf("%d of 20 runs were cancelled", cancelled)
	require.NoError(t, s.Run(t.Context(), in, out))
	for row := range rows { // the matrix moves numbers to the right
		require.Equal(t, in[0].Data[row*width], out[0].Data[row*width+layers], "row %d", row)
	}
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
}

// Sessions share a card and come and go while others compute.
func TestCUDASessionsSideBySide(t *testing.T) {
	b := newCard(t, CUDA{})
	model := visiontest.TinyModel(t)
	shape := []int{3, 3, visiontest.TinySize, visiontest.TinySize}
	in := []vision.Tensor{{Name: "image", Shape: shape, Data: formula(shape...)}}
	want := []vision.Tensor{{Name: "embedding"}}
	require.NoError(t, openModel(t, newBackend(t), model, 1).Run(t.Context(), in, want))
	results := make([][]float32, 4)
	var group errgroup.Group
	for i := range results {
		group.Go(func() error {
			for range 5 {
				s, err := b.Open(t.Context(), model, vision.SessionOptions{})
				if err != nil {
					return err
				}
				out := []vision.Tensor{{Name: "embedding"}}
				for range 20 {
					err = errors.Join(err, s.Run(t.Context(), in, out))
				}
				if err := errors.Join(err, s.Close()); err != nil {
					return err
				}
				results[i] = out[0].Data
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	for _, got := range results {
		requireNear(t, want[0].Data, got, cardTolerance)
	}
}

func TestCUDASoak(t *testing.T) { visiontest.Soak(t, newCard(t, CUDA{})) }
