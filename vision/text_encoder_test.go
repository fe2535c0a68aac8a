package vision_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// stubTokens is the length of textStub's input.
const stubTokens = 8

// textStub is a backend for both towers of a model: a visiontest.Stub for pictures, and one for texts whose embedding
// depends on each token and its place. Files are told apart by their paths.
type textStub struct {
	visiontest.Stub                                    // for pictures
	signature       vision.Signature                   // of the text tower
	before          func(inputs []vision.Tensor) error // called at the start of each run of the text tower
	spoil           func(outputs []vision.Tensor)      // called at the end of one
	openErr         error
	closed          atomic.Int64 // text towers that were closed
}

func (s *textStub) Open(ctx context.Context, f vision.ModelFile, o vision.SessionOptions) (vision.Session, error) {
	if !strings.HasPrefix(f.Path, "text") {
		return s.Stub.Open(ctx, f, o)
	}
	return textStubSession{s}, s.openErr
}

type textStubSession struct{ stub *textStub }

func (s textStubSession) Signature() vision.Signature { return s.stub.signature }
func (textStubSession) Info() vision.SessionInfo {
	return vision.SessionInfo{Backend: "text stub", Device: "CPU"}
}
func (s textStubSession) Close() error { s.stub.closed.Add(1); return nil }

func (s textStubSession) Run(ctx context.Context, inputs, outputs []vision.Tensor) error {
	if s.stub.before != nil {
		if err := s.stub.before(inputs); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	n := inputs[0].Shape[0]
	out := &outputs[0]
	out.Shape = append(out.Shape[:0], n, visiontest.StubDim)
	out.Data = make([]float32, n*visiontest.StubDim)
	for i := range n {
		for k, id := range inputs[0].Ints[i*stubTokens : (i+1)*stubTokens] {
			out.Data[i*visiontest.StubDim+k%visiontest.StubDim] += float32(math.Sin(float64(id * int64(k+1))))
		}
	}
	if s.stub.spoil != nil {
		s.stub.spoil(outputs)
	}
	return nil
}

func digest(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// textModel is a model with both towers for textStub; its vocabulary is a real file.
func textModel(t testing.TB) vision.Model {
	t.Helper()
	m := visiontest.StubModel()
	m.Textual = vision.ModelFile{Path: "text.onnx", SHA256: digest("text")}
	m.Vocabulary = vision.ModelFile{Path: filepath.Join(t.TempDir(), "merges.txt"), SHA256: digest(tinyMerges)}
	require.NoError(t, os.WriteFile(m.Vocabulary.Path, []byte(tinyMerges), 0o600))
	m.Manifest.Textual = &vision.TextGraph{
		File:  vision.File{Name: "text.onnx", SHA256: m.Textual.SHA256},
		Input: "ids", Mask: "mask", Output: "embedding", Tokens: stubTokens,
		Tokenizer:  vision.TokenizerCLIP,
		Vocabulary: vision.File{Name: "merges.txt", SHA256: m.Vocabulary.SHA256},
	}
	return m
}

func textSignature() vision.Signature {
	return vision.Signature{
		Inputs: []vision.TensorInfo{
			{Name: "ids", Type: "int64", Shape: []int{-1, stubTokens}},
			{Name: "mask", Type: "int64", Shape: []int{-1, -1}},
		},
		Outputs: []vision.TensorInfo{{Name: "embedding", Type: "float32", Shape: []int{-1, visiontest.StubDim}}},
	}
}

func openTextStub(t testing.TB, stub *textStub, opts ...vision.Option) *vision.ModelTextEncoder {
	t.Helper()
	if stub.signature.Inputs == nil {
		stub.signature = textSignature()
	}
	enc, err := vision.NewTextEncoder(t.Context(), textModel(t), stub, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, enc.Close()) })
	return enc
}

func TestTextEncoder(t *testing.T) {
	t.Parallel()
	enc := openTextStub(t, new(textStub))
	info := enc.Info()
	require.True(t, info.SharesTextSpace)
	require.Equal(t, visiontest.StubModel().Visual.SHA256, info.Digest, "the space is that of the pictures")
	require.Equal(t, digest("text"), enc.TextDigest())
	require.Equal(t, "text stub", enc.Session().Backend)
	require.EqualValues(t, 523, enc.Tokenizer().End())

	got, err := enc.EncodeText(t.Context(), []string{"the cat", ""})
	require.NoError(t, err)
	for i, ids := range [][]int64{{522, 513, 515, 523}, {522, 523}} {
		want, norm := make([]float64, visiontest.StubDim), 0.0
		for k, id := range ids {
			want[k%visiontest.StubDim] += math.Sin(float64(id * int64(k+1)))
		}
		for _, x := range want {
			norm += x * x
		}
		for k := range want {
			require.InDelta(t, want[k]/math.Sqrt(norm), got[i][k], 1e-6)
		}
	}
}

// TestTextEncoderInputs looks at what the graph is given.
func TestTextEncoderInputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		named bool // by the manifest
		mask  bool // there is one in the graph
		rows  int  // that the graph insists on
	}{
		{"any batch", true, true, -1},
		{"no mask", false, false, -1},
		{"a mask that the graph lacks", true, false, -1},
		{"fixed batch", true, true, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, s := textModel(t), textSignature()
			if !c.named {
				m.Manifest.Textual.Mask = ""
			}
			if !c.mask {
				s.Inputs = s.Inputs[:1]
			}
			s.Inputs[0].Shape[0] = c.rows
			s.Inputs[0].Type = "int32"
			var seen []vision.Tensor
			enc, err := vision.NewTextEncoder(t.Context(), m, &textStub{signature: s, before: func(in []vision.Tensor) error {
				seen = nil
				for _, t := range in {
					seen = append(seen, vision.Tensor{Name: t.Name, Shape: slices.Clone(t.Shape), Data: t.Data, Ints: slices.Clone(t.Ints)})
				}
				return nil
			}}, vision.WithConcurrency(1))
			require.NoError(t, err)
			defer func() { require.NoError(t, enc.Close()) }()
			// A long text first, whose tokens must not show in the next run.
			_, err = enc.EncodeText(t.Context(), []string{"the the the the the the the the", "cat 1234567890"})
			require.NoError(t, err)
			got, err := enc.EncodeText(t.Context(), []string{"the cat", "the the the the the the the the"})
			require.NoError(t, err)
			require.Len(t, got, 2)

			rows := max(c.rows, 2)
			ids := []int64{522, 513, 515, 523, 0, 0, 0, 0, 522, 513, 513, 513, 513, 513, 513, 523}
			mask := []int64{1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}
			for range rows - 2 {
				ids = append(ids, 522, 523, 0, 0, 0, 0, 0, 0)
				mask = append(mask, 1, 1, 0, 0, 0, 0, 0, 0)
			}
			want := []vision.Tensor{{Name: "ids", Shape: []int{rows, 8}, Ints: ids}}
			if c.mask {
				want = append(want, vision.Tensor{Name: "mask", Shape: []int{rows, 8}, Ints: mask})
			}
			require.Equal(t, want, seen)
		})
	}
}

// TestTextEncoderOrder spreads texts over batches and slots.
func TestTextEncoderOrder(t *testing.T) {
	t.Parallel()
	texts := strings.Split("the cat|a cat|one cat|thing|that|baa|icon|", "|")
	alone := openTextStub(t, new(textStub), vision.WithConcurrency(1))
	for name, opts := range map[string][]vision.Option{
		"one by one":       {vision.WithBatchSize(1), vision.WithConcurrency(3)},
		"batches of three": {vision.WithBatchSize(3), vision.WithConcurrency(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var largest atomic.Int64
			enc := openTextStub(t, &textStub{before: func(in []vision.Tensor) error {
				largest.Store(max(largest.Load(), int64(in[0].Shape[0])))
				return nil
			}}, opts...)
			got, err := enc.EncodeText(t.Context(), texts)
			require.NoError(t, err)
			for i, text := range texts {
				want, err := alone.EncodeText(t.Context(), []string{text})
				require.NoError(t, err)
				require.Equal(t, want[0], got[i], text)
			}
			require.LessOrEqual(t, largest.Load(), int64(3))
		})
	}
}

func TestTextEncoderRefusesModels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, message string
		change        func(m *vision.Model, s *vision.Signature)
	}{
		{"manifest", "manifest", func(m *vision.Model, _ *vision.Signature) { m.Manifest.Textual.Tokens = 1 }},
		{"no text tower", "no text tower", func(m *vision.Model, _ *vision.Signature) { m.Manifest.Textual = nil }},
		{"digest", "digest", func(m *vision.Model, _ *vision.Signature) { m.Textual.SHA256 = digest("other") }},
		{"graph not fetched", "digest", func(m *vision.Model, _ *vision.Signature) { m.Textual = vision.ModelFile{} }},
		{"vocabulary not fetched", "not fetched", func(m *vision.Model, _ *vision.Signature) { m.Vocabulary = vision.ModelFile{} }},
		{"vocabulary's digest", "vocabulary has digest", func(m *vision.Model, _ *vision.Signature) {
			m.Manifest.Textual.Vocabulary.SHA256 = digest("other")
		}},
		{"vocabulary is none", "line 1", func(m *vision.Model, _ *vision.Signature) {
			page := "<!doctype html>"
			if err := os.WriteFile(m.Vocabulary.Path, []byte(page), 0o600); err != nil {
				panic(err)
			}
			m.Manifest.Textual.Vocabulary.SHA256 = digest(page)
		}},
		{"vocabulary is huge", "more than", func(m *vision.Model, _ *vision.Signature) {
			if err := os.Truncate(m.Vocabulary.Path, 17<<20); err != nil {
				panic(err)
			}
		}},
		{"input name", `no input "ids"`, func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Name = "text" }},
		{"input type", "want int64 or int32", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Type = "float32" }},
		{"input length", "shape", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape[1] = 77 }},
		{"input rank", "shape", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape = []int{8} }},
		{"another mask", "only", func(_ *vision.Model, s *vision.Signature) { s.Inputs[1].Name = "attention_mask" }},
		{"mask that nobody names", "only", func(m *vision.Model, _ *vision.Signature) { m.Manifest.Textual.Mask = "" }},
		{"mask's type", "float32", func(_ *vision.Model, s *vision.Signature) { s.Inputs[1].Type = "float32" }},
		{"two batch sizes", "different batch", func(_ *vision.Model, s *vision.Signature) {
			s.Inputs[0].Shape[0], s.Inputs[1].Shape[0] = 2, 4
		}},
		{"huge batch", "fixed batch", func(_ *vision.Model, s *vision.Signature) { s.Inputs[0].Shape[0] = 4096 }},
		{"output name", `no output "embedding"`, func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Name = "x" }},
		{"output type", "float32", func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Type = "float16" }},
		{"output dim", "shape", func(_ *vision.Model, s *vision.Signature) { s.Outputs[0].Shape[1] = 512 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, s := textModel(t), textSignature()
			c.change(&m, &s)
			_, err := vision.NewTextEncoder(t.Context(), m, &textStub{signature: s})
			require.ErrorIs(t, err, vision.ErrModel)
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestTextEncoderErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := vision.NewTextEncoder(t.Context(), textModel(t), &textStub{openErr: broken})
	require.ErrorIs(t, err, broken)
	_, err = vision.NewTextEncoder(t.Context(), textModel(t), nil)
	require.ErrorContains(t, err, "backend is nil")
	_, err = vision.NewTextEncoder(t.Context(), textModel(t), new(textStub), vision.WithBatchSize(0))
	require.ErrorContains(t, err, "WithBatchSize")
	gone := textModel(t)
	gone.Vocabulary.Path += ".gone"
	_, err = vision.NewTextEncoder(t.Context(), gone, new(textStub))
	require.ErrorIs(t, err, fs.ErrNotExist)

	// A run that fails at start, and outputs that are no embeddings, there and later.
	for name, spoil := range map[string]func(o []vision.Tensor){
		"NaN":       func(o []vision.Tensor) { o[0].Data[0] = float32(math.NaN()) },
		"zeros":     func(o []vision.Tensor) { clear(o[0].Data) },
		"too short": func(o []vision.Tensor) { o[0].Data, o[0].Shape[1] = o[0].Data[:4], 4 },
		"nothing":   func(o []vision.Tensor) { o[0] = vision.Tensor{Name: o[0].Name} },
	} {
		stub := &textStub{signature: textSignature(), spoil: spoil}
		_, err := vision.NewTextEncoder(t.Context(), textModel(t), stub)
		require.ErrorIs(t, err, vision.ErrModel, name)
		require.ErrorIs(t, err, vision.ErrEmbedding, name)
		require.EqualValues(t, 1, stub.closed.Load(), "the session must be closed")
	}
	_, err = vision.NewTextEncoder(t.Context(), textModel(t), &textStub{
		signature: textSignature(), before: func([]vision.Tensor) error { return broken },
	})
	require.ErrorIs(t, err, broken)

	var armed atomic.Bool
	enc := openTextStub(t, &textStub{spoil: func(o []vision.Tensor) {
		if armed.Load() {
			clear(o[0].Data)
		}
	}}, vision.WithBatchSize(1), vision.WithConcurrency(1))
	armed.Store(true)
	_, err = enc.EncodeText(t.Context(), []string{"a"})
	var bad *vision.EmbeddingError
	require.ErrorAs(t, err, &bad)
	require.Zero(t, bad.Index)
}

// TestTextEncoderCloses shows that Close waits, that a second one does no harm, and that calls after it say so.
func TestTextEncoderCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		var armed, closed atomic.Bool
		stub := &textStub{signature: textSignature(), before: func([]vision.Tensor) error {
			if armed.Load() {
				<-hold
			}
			return nil
		}}
		enc, err := vision.NewTextEncoder(t.Context(), textModel(t), stub, vision.WithConcurrency(1))
		require.NoError(t, err)
		armed.Store(true)
		var wg sync.WaitGroup
		var first error
		wg.Go(func() { _, first = enc.EncodeText(t.Context(), []string{"a"}) })
		synctest.Wait()

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = enc.EncodeText(ctx, []string{"waits for the slot"})
		require.ErrorIs(t, err, context.Canceled)

		wg.Go(func() {
			require.NoError(t, enc.Close())
			closed.Store(true)
		})
		synctest.Wait()
		require.False(t, closed.Load())
		close(hold)
		wg.Wait()
		require.NoError(t, first)
		require.NoError(t, enc.Close())
		require.EqualValues(t, 1, stub.closed.Load())
		_, err = enc.EncodeText(t.Context(), nil)
		require.ErrorIs(t, err, vision.ErrClosed)
	})
}
