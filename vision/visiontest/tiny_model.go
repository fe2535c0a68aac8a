package visiontest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/internal/onnxfile"
)

// The tiny model's sizes.
const (
	TinySize = 8 // side of the input "image" [N, 3, 8, 8]
	TinyDim  = 5 // length of the output "embedding" [N, 5]
	tinyMaps = 4 // channels of the output "map" [N, 4, 4, 4]
	tinySide = TinySize / 2
)

// tinyWeights are the constants of the tiny model.
type tinyWeights struct {
	kernel []float32 // [tinyMaps, 3, 3, 3]
	bias   []float32 // [tinyMaps]
	matrix []float32 // [TinyDim, tinyMaps]
	offset []float32 // [TinyDim]
}

func newTinyWeights() tinyWeights {
	state := uint64(7)
	draw := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out { // splitmix64, so that any language can remake them
			state += 0x9e3779b97f4a7c15
			z := state
			z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>27) * 0x94d049bb133111eb
			out[i] = float32(int32((z^z>>31)>>40)-1<<23) / (1 << 23)
		}
		return out
	}
	return tinyWeights{
		kernel: draw(tinyMaps * 3 * 3 * 3),
		bias:   draw(tinyMaps),
		matrix: draw(TinyDim * tinyMaps),
		offset: draw(TinyDim),
	}
}

// tinyGraph is a network of the operators that every backend has to know:
//
//	image → Conv 3×3, stride 2, padding 1 → Clip 0…6 → "map" → GlobalAveragePool → Flatten → Gemm → "embedding"
func tinyGraph() *onnxfile.Model {
	w := newTinyWeights()
	return &onnxfile.Model{Opset: 17, ProducerName: "visiontest", Graph: onnxfile.Graph{
		Name: "tiny",
		Nodes: []onnxfile.Node{
			{Name: "conv", Op: "Conv", Inputs: []string{"image", "kernel", "bias"}, Outputs: []string{"conved"}, Attributes: []onnxfile.Attribute{
				onnxfile.IntsAttr("kernel_shape", 3, 3), onnxfile.IntsAttr("strides", 2, 2), onnxfile.IntsAttr("pads", 1, 1, 1, 1),
			}},
			{Name: "clip", Op: "Clip", Inputs: []string{"conved", "zero", "six"}, Outputs: []string{"map"}},
			{Name: "pool", Op: "GlobalAveragePool", Inputs: []string{"map"}, Outputs: []string{"pooled"}},
			{Name: "flatten", Op: "Flatten", Inputs: []string{"pooled"}, Outputs: []string{"flat"}, Attributes: []onnxfile.Attribute{
				onnxfile.IntAttr("axis", 1),
			}},
			{Name: "gemm", Op: "Gemm", Inputs: []string{"flat", "matrix", "offset"}, Outputs: []string{"embedding"}, Attributes: []onnxfile.Attribute{
				onnxfile.IntAttr("transB", 1),
			}},
		},
		Initializers: []onnxfile.Tensor{
			onnxfile.FloatTensor("kernel", []int{tinyMaps, 3, 3, 3}, w.kernel),
			onnxfile.FloatTensor("bias", []int{tinyMaps}, w.bias),
			onnxfile.FloatTensor("zero", []int{}, []float32{0}),
			onnxfile.FloatTensor("six", []int{}, []float32{6}),
			onnxfile.FloatTensor("matrix", []int{TinyDim, tinyMaps}, w.matrix),
			onnxfile.FloatTensor("offset", []int{TinyDim}, w.offset),
		},
		Inputs: []onnxfile.ValueInfo{
			{Name: "image", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", 3, TinySize, TinySize)},
		},
		Outputs: []onnxfile.ValueInfo{
			{Name: "embedding", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", TinyDim)},
			{Name: "map", Type: onnxfile.Float, Shape: onnxfile.BatchShape("N", tinyMaps, tinySide, tinySide)},
		},
	}}
}

// TinyModel writes a valid ONNX model of a few kilobytes into a temporary folder.
func TinyModel(t testing.TB) vision.ModelFile { return writeModel(t, tinyGraph()) }

// writeModel writes m into a temporary folder.
func writeModel(t testing.TB, m *onnxfile.Model) vision.ModelFile {
	t.Helper()
	data, err := m.Marshal()
	require.NoError(t, err)
	return writeFile(t, data)
}

func writeFile(t testing.TB, data []byte) vision.ModelFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	sum := sha256.Sum256(data)
	return vision.ModelFile{Path: path, SHA256: hex.EncodeToString(sum[:])}
}

// tinyRun is what the tiny model computes for a batch, written out in float64.
func tinyRun(images []float32) (embedding, maps []float32) {
	const plane = TinySize * TinySize
	w := newTinyWeights()
	n := len(images) / (3 * plane)
	for i := range n {
		image := images[i*3*plane : (i+1)*3*plane]
		pooled := make([]float64, tinyMaps)
		for m := range tinyMaps {
			for y := range tinySide {
				for x := range tinySide {
					v := min(max(tinyConv(w, image, m, y, x), 0), 6)
					maps = append(maps, float32(v))
					pooled[m] += v / (tinySide * tinySide)
				}
			}
		}
		for d := range TinyDim {
			v := float64(w.offset[d])
			for m, p := range pooled {
				v += p * float64(w.matrix[d*tinyMaps+m])
			}
			embedding = append(embedding, float32(v))
		}
	}
	return embedding, maps
}

func tinyConv(w tinyWeights, image []float32, m, y, x int) float64 {
	sum := float64(w.bias[m])
	for c := range 3 {
		for ky := range 3 {
			for kx := range 3 {
				iy, ix := 2*y+ky-1, 2*x+kx-1
				if iy < 0 || iy >= TinySize || ix < 0 || ix >= TinySize {
					continue
				}
				k := ((m*3+c)*3+ky)*3 + kx
				sum += float64(w.kernel[k]) * float64(image[(c*TinySize+iy)*TinySize+ix])
			}
		}
	}
	return sum
}
