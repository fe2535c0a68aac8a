package soundtrack

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// ErrState reports bytes that are no analysis: damaged, of another version, or out of range.
var ErrState = errors.New("soundtrack: unusable analysis state")

// stateVersion is the first byte of an encoded analysis. It changes whenever an old one would be misread.
const stateVersion = 1

// maxState and maxInflated bound an encoded analysis before and after decompression.
const (
	maxState    = 64 << 10
	maxInflated = 512 << 10
)

// state is the wire form of an Analysis. Embeddings are stored as int8 with one scale: ranking needs no more.
type state struct {
	Tags      tagging.Tags
	Affect    bool // Tags.Affect.Known, which JSON leaves out
	Palette   vision.Palette
	W, H      int
	Space     string  `json:",omitempty"`
	Scale     float32 `json:",omitempty"`
	Embedding []byte  `json:",omitempty"`
}

// MarshalBinary encodes the analysis in a versioned form of a few kilobytes. It holds no picture.
func (a Analysis) MarshalBinary() ([]byte, error) {
	s := state{Tags: a.Tags, Affect: a.Tags.Affect.Known, Palette: a.Palette, W: a.Width, H: a.Height, Space: a.Space}
	s.Scale, s.Embedding = quantise(a.Embedding)
	var out bytes.Buffer
	out.WriteByte(stateVersion)
	writer := flateWriters.Get().(*flate.Writer)
	defer flateWriters.Put(writer)
	writer.Reset(&out)
	if err := json.NewEncoder(writer).Encode(s); err != nil {
		return nil, fmt.Errorf("soundtrack: encoding the analysis: %w", err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("soundtrack: encoding the analysis: %w", err)
	}
	return out.Bytes(), nil
}

// UnmarshalBinary decodes what [Analysis.MarshalBinary] made. The bytes may come from anywhere: every error matches
// [ErrState], and what is decoded is within its documented ranges.
func (a *Analysis) UnmarshalBinary(data []byte) error {
	if len(data) == 0 || len(data) > maxState {
		return fmt.Errorf("%w: %d bytes, want 1 to %d", ErrState, len(data), maxState)
	}
	if data[0] != stateVersion {
		return fmt.Errorf("%w: version %d, this program reads %d; send the picture again", ErrState, data[0], stateVersion)
	}
	inflated := flate.NewReader(bytes.NewReader(data[1:]))
	text, err := io.ReadAll(io.LimitReader(inflated, maxInflated+1))
	if err != nil || len(text) > maxInflated {
		return fmt.Errorf("%w: damaged", ErrState)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%w: damaged", ErrState)
	}
	s.Tags.Affect.Known = s.Affect
	if err := s.validate(); err != nil {
		return err
	}
	*a = Analysis{Tags: s.Tags, Palette: s.Palette, Width: s.W, Height: s.H, Space: s.Space, Embedding: dequantise(s.Scale, s.Embedding)}
	return nil
}

// validate refuses values that the ranker could not have produced: a state may be forged.
func (s state) validate() error {
	if err := s.Tags.Affect.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if spread := s.Tags.Affect.Spread; !(spread >= 0 && spread <= 2) {
		return fmt.Errorf("%w: spread %v", ErrState, spread)
	}
	vocabulary := tagging.DefaultVocabulary()
	for i, c := range s.Tags.Concepts {
		_, known := vocabulary.Lookup(c.Concept)
		if !known || !(c.Weight > 0 && c.Weight <= 1) || (i > 0 && s.Tags.Concepts[i-1].Concept >= c.Concept) {
			return fmt.Errorf("%w: concept %.40q", ErrState, c.Concept)
		}
	}
	for i, d := range s.Tags.Era.Decades {
		if !(d.Share > 0 && d.Share <= 1) || (i > 0 && s.Tags.Era.Decades[i-1].Decade >= d.Decade) {
			return fmt.Errorf("%w: decade %d", ErrState, d.Decade)
		}
	}
	if d := s.Tags.Disagreement; !(d >= 0 && d <= 2) {
		return fmt.Errorf("%w: disagreement %v", ErrState, d)
	}
	for _, c := range s.Tags.Care {
		if !slices.Contains(tagging.CareTopics(), c.Topic) || !(c.Confidence >= 0 && c.Confidence <= 1) {
			return fmt.Errorf("%w: care %.40q", ErrState, c.Topic)
		}
	}
	if s.W < 0 || s.H < 0 {
		return fmt.Errorf("%w: size %d×%d", ErrState, s.W, s.H)
	}
	return nil
}

// flateWriters are kept because a new one takes a megabyte.
var flateWriters = sync.Pool{New: func() any {
	writer, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return writer
}}

// quantise maps a unit vector to int8 with one scale, as bytes.
func quantise(v []float32) (scale float32, out []byte) {
	var largest float32
	for _, x := range v {
		largest = max(largest, float32(math.Abs(float64(x))))
	}
	if largest == 0 {
		return 0, nil
	}
	out = make([]byte, len(v))
	for i, x := range v {
		out[i] = byte(int8(math.Round(float64(x / largest * 127))))
	}
	return largest / 127, out
}

// dequantise undoes quantise and restores unit length; an unusable vector gives nil.
func dequantise(scale float32, in []byte) []float32 {
	v := make([]float32, len(in))
	var sum float64
	for i, b := range in {
		v[i] = scale * float32(int8(b))
		sum += float64(v[i]) * float64(v[i])
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil
	}
	length := float32(math.Sqrt(sum))
	for i := range v {
		v[i] /= length
	}
	return v
}
