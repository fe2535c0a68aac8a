package affecthead

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// small makes a head with a linear and a Gaussian axis, and an encoding for it.
func small() (*Head, *vision.Encoding) {
	rng := rand.New(rand.NewPCG(1, 1))
	numbers := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	h := &Head{Description: Description{
		Version: Version, Encoder: Encoder{ID: "m", Digest: "d"},
		Blocks:  []Block{{Output: Embedding, Size: 3, Weight: 1}, {Output: "map", Size: 4, Weight: .5}},
		Valence: Axis{Kernel: Linear, Outputs: []string{Embedding, "map"}, Gain: .5, Centre: .2, Offset: .1, Noise: 1},
		Arousal: Axis{Kernel: Gaussian, Outputs: []string{"map"}, Width: 2, Offset: -.3, Noise: 1},
		Spread:  Spread{Base: .1, Slope: .5}, Data: Data{Pictures: 2},
	}, Mean: numbers(7), Scale: numbers(7)}
	h.Axes[0].Weights = numbers(7)
	h.Axes[1] = Readout{Support: [][]int8{{1, -127, 3, 4}, {100, 0, 1, 2}}, Step: []float32{.01, .02}, Dual: []float32{.3, -.2}}
	return h, &vision.Encoding{Embedding: numbers(3), Outputs: map[string][]float32{"map": numbers(4)}}
}

// network is small with a valence that is read by a network of two units.
func network() (*Head, *vision.Encoding) {
	h, e := small()
	h.Description.Valence.Kernel, h.Description.Valence.Units = Network, 2
	h.Axes[0] = Readout{
		Hidden: [][]float32{{1, 0, -1, .5, .25, 0, .1}, {-.3, .2, .7, 0, 1, 1, -1}}, Bias: []float32{.2, -.4}, Out: []float32{.6, -1.5},
	}
	return h, e
}

func written(t *testing.T, h *Head) (description, weights []byte) {
	t.Helper()
	var d, w bytes.Buffer
	require.NoError(t, h.Write(&d, &w))
	return d.Bytes(), w.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func() (*Head, *vision.Encoding){"kernels": small, "network": network} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, e := made()
			again, err := Read(written(t, h))
			require.NoError(t, err)
			want, err := h.Correct(e, [2]float64{.5, .9})
			require.NoError(t, err)
			got, err := again.Correct(e, [2]float64{.5, .9})
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// The formula of the package, worked out by hand.
func TestCorrect(t *testing.T) {
	t.Parallel()
	h, e := small()
	raw := append(append([]float32{}, e.Embedding...), e.Outputs["map"]...)
	z := make([]float64, 7)
	valence := .1 + .5*(.6-.2)
	for i := range z {
		z[i] = float64((raw[i] - h.Mean[i]) * h.Scale[i])
		valence += float64(h.Axes[0].Weights[i]) * z[i]
	}
	arousal := -.3
	for j, row := range h.Axes[1].Support {
		var distance float64
		for i, s := range row {
			d := z[3+i] - float64(h.Axes[1].Step[j])*float64(s)
			distance += d * d
		}
		arousal += float64(h.Axes[1].Dual[j]) * math.Exp(-distance/2)
	}
	got, err := h.Correct(e, [2]float64{.6, 77})
	require.NoError(t, err)
	require.InDelta(t, valence, got[0], 1e-5)
	require.InDelta(t, arousal, got[1], 1e-5)
	_, err = h.Correct(&vision.Encoding{Embedding: e.Embedding}, [2]float64{})
	require.ErrorIs(t, err, ErrHead, "an output is missing")
}

func TestCorrectByNetwork(t *testing.T) {
	t.Parallel()
	h, e := network()
	raw := append(append([]float32{}, e.Embedding...), e.Outputs["map"]...)
	want := .1 + .5*(.6-.2)
	for u, w := range h.Axes[0].Hidden {
		sum := float64(h.Axes[0].Bias[u])
		for i := range w {
			sum += float64(w[i]) * float64((raw[i]-h.Mean[i])*h.Scale[i])
		}
		want += float64(h.Axes[0].Out[u]) * math.Tanh(sum)
	}
	got, err := h.Correct(e, [2]float64{.6, 77})
	require.NoError(t, err)
	require.InDelta(t, want, got[0], 1e-5)
}

// A description of 3 KB once had 5.6 GB of column numbers made before anybody looked at the weights.
func TestValidateAllocatesNothing(t *testing.T) { //nolint:paralleltest // measures what is allocated
	h, _ := small()
	d := &h.Description
	d.Blocks = nil
	for i := range 64 {
		d.Blocks = append(d.Blocks, Block{Output: fmt.Sprint(i), Size: 1 << 14, Weight: 1})
		d.Valence.Outputs = append(d.Valence.Outputs, fmt.Sprint(i))
	}
	d.Data.Pictures = 1 << 20
	d.Arousal.Outputs = d.Valence.Outputs
	for _, row := range []struct {
		name string
		size int
		says string
	}{
		{"the largest", 1 << 14, "0 bytes of weights"},
		{"together too large", 1 << 20, "more than 1048576"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for i := range d.Blocks {
				d.Blocks[i].Size = row.size
			}
			text, err := json.Marshal(d)
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = Read(text, nil)
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, ErrHead)
			require.ErrorContains(t, err, row.says)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	change := func(f func(*Description)) func(*testing.T) ([]byte, []byte) {
		return func(t *testing.T) ([]byte, []byte) {
			h, _ := small()
			f(&h.Description)
			return written(t, h)
		}
	}
	for _, row := range []struct {
		name string
		make func(*testing.T) (description, weights []byte)
	}{
		{"no JSON", func(*testing.T) ([]byte, []byte) { return []byte("{"), nil }},
		{"another version", change(func(d *Description) { d.Version = 2 })},
		{"no digest", change(func(d *Description) { d.Encoder.Digest = "" })},
		{"unknown kernel", change(func(d *Description) { d.Valence.Kernel = "cubic" })},
		{"no width", change(func(d *Description) { d.Arousal.Width = 0 })},
		{"reads nothing", change(func(d *Description) { d.Arousal.Outputs = []string{"other"} })},
		{"huge", change(func(d *Description) { d.Blocks[0].Size = 1 << 30 })},
		{"a network of no units", change(func(d *Description) { d.Valence.Kernel = Network })},
		// 2⁶²·(8 + 4·7) bytes are 0 in 64 bits, as many as there are.
		{"a network of too many units", func(t *testing.T) ([]byte, []byte) {
			h, _ := network()
			h.Description.Valence.Units, h.Axes[0] = math.MaxInt>>1+1, Readout{Hidden: [][]float32{}}
			return written(t, h)
		}},
		{"more pictures than weights", change(func(d *Description) { d.Data.Pictures = 3 })},
		{"a flipped bit", func(t *testing.T) ([]byte, []byte) {
			h, _ := small()
			d, w := written(t, h)
			w[5] ^= 1
			return d, w
		}},
		{"a weight that is no number", func(t *testing.T) ([]byte, []byte) {
			h, _ := small()
			h.Mean[0] = float32(math.NaN())
			return written(t, h)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(row.make(t))
			require.ErrorIs(t, err, ErrHead)
		})
	}
}

func TestQuantise(t *testing.T) {
	t.Parallel()
	z := []float64{.5, -1.27, 0, .013}
	bytes, step := Quantise(z)
	for i, b := range bytes {
		require.InDelta(t, z[i], float64(step)*float64(b), float64(step)/2+1e-6)
	}
	bytes, step = Quantise([]float64{0, 0})
	require.Equal(t, []int8{0, 0}, bytes)
	require.Zero(t, step)
}

func TestSpreadIsBounded(t *testing.T) {
	t.Parallel()
	s := Spread{Base: -.1, Slope: 1}
	require.Equal(t, LeastSpread, s.At(0))
	require.InDelta(t, .3, s.At(.4), 1e-9)
	require.Equal(t, MostSpread, s.At(5))
}

func FuzzRead(f *testing.F) {
	for _, made := range []func() (*Head, *vision.Encoding){small, network} {
		h, _ := made()
		var d, w bytes.Buffer
		if err := h.Write(&d, &w); err != nil {
			f.Fatal(err)
		}
		f.Add(d.Bytes(), w.Bytes())
	}
	f.Add([]byte(`{"version":1}`), []byte{})
	f.Fuzz(func(t *testing.T, description, weights []byte) {
		if h, err := Read(description, weights); err != nil {
			require.ErrorIs(t, err, ErrHead)
		} else {
			require.NoError(t, h.Description.Validate())
		}
	})
}
