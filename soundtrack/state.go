package soundtrack

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/soundtrack-go/sdk/catalog"
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
// [ErrState], that of a value out of range names its field, and what is decoded is within its documented ranges, see
// [tagging.Tags.Validate]. Concepts need not be those of the default vocabulary, since the recommender that made the state may
// have had its own: to be refused an id must be malformed, and one that is only unknown counts for nothing.
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

// validate refuses what no recommender could have made: a state may be forged. The field stands in the error.
func (s state) validate() error {
	if err := s.Tags.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if field, reason := s.invalid(); field != "" {
		return fmt.Errorf("%w: %s: %s", ErrState, field, reason)
	}
	return nil
}

// maxSwatches is more than a palette has.
const maxSwatches = 16

// invalid names the first field beside the tags that is out of range, and says why.
func (s state) invalid() (field, reason string) {
	p := s.Palette
	if len(p.Swatches) > maxSwatches {
		return "palette", fmt.Sprintf("%d swatches: at most %d", len(p.Swatches), maxSwatches)
	}
	for _, w := range p.Swatches {
		if !(w.Share >= 0 && w.Share <= 1) || !plain(w.Name) || !plain(w.Family) {
			return "palette", fmt.Sprintf("swatch %.40q of share %v", w.Name, w.Share)
		}
	}
	for _, v := range []float64{p.Lightness, p.Chroma, p.A, p.B, p.Contrast, p.Heat, p.Weight, p.Activity, p.Warm, p.Monochrome} {
		if !(math.Abs(v) <= 1000) { // CIELAB and all scales of colour emotion are well within
			return "palette", fmt.Sprintf("%v is out of range", v)
		}
	}
	switch {
	case s.W < 0 || s.H < 0 || s.W > maxSide || s.H > maxSide:
		return "size", fmt.Sprintf("%d×%d: want 0 to %d", s.W, s.H, maxSide)
	case !plain(s.Space):
		return "space", fmt.Sprintf("%.40q", s.Space)
	case len(s.Embedding) > catalog.MaxDim:
		return "embedding", fmt.Sprintf("%d numbers: at most %d", len(s.Embedding), catalog.MaxDim)
	}
	return "", ""
}

// maxSide is a side that no picture of any encoder has.
const maxSide = 1 << 20

// plain reports a short text on one line that people see as it is.
func plain(text string) bool {
	return len(text) <= maxPlain && utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) < 0
}

// maxPlain is the length of the longest name, in bytes.
const maxPlain = 300

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
