package probe

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/soundtrack-go/sdk/vision"
)

// File is a set of named probes for one model: JSON for people, weights as half floats.
type File struct {
	Model    string   `json:"model"`             // id of the encoder
	Digest   string   `json:"digest"`            // of its weights; other weights have other directions
	Dim      int      `json:"dim"`               // of what probes read
	Outputs  []string `json:"outputs,omitempty"` // of the model, that probes read as they are; if none, its rooted embedding
	Pictures int      `json:"pictures"`          // that the probes were fitted on
	Sources  []string `json:"sources"`           // of the pictures, with licences
	Entries  []Entry  `json:"probes"`
}

// Features are the numbers of an encoding that the probes read, or nil if it comes from another model or lacks them.
func (f File) Features(e *vision.Encoding) []float32 {
	if e == nil || e.Model.ID != f.Model || e.Model.Digest != f.Digest {
		return nil
	}
	x := Features(f.Outputs, e)
	if len(x) != f.Dim {
		return nil
	}
	return x
}

// Features joins outputs of an encoding, in order; an output that it lacks adds nothing. No outputs mean its rooted embedding.
func Features(outputs []string, e *vision.Encoding) []float32 {
	if len(outputs) == 0 {
		return Root(e.Embedding)
	}
	var x []float32
	for _, name := range outputs {
		x = append(x, e.Outputs[name]...)
	}
	return x
}

// Entry is one named probe of a [File].
type Entry struct {
	Name      string  `json:"name"`
	Positives int     `json:"positives"` // pictures with a yes
	AUC       float64 `json:"auc"`       // left out
	Bias      float32 `json:"bias"`
	Scale     float64 `json:"scale"`
	Shift     float64 `json:"shift"`

	probe Probe
}

// NewEntry names a probe.
func NewEntry(name string, positives int, auc float64, p Probe) Entry {
	return Entry{Name: name, Positives: positives, AUC: math.Round(1000*auc) / 1000, Bias: p.Bias, Scale: p.Scale, Shift: p.Shift, probe: p}
}

// Probe returns the entry's probe.
func (e Entry) Probe() Probe { return e.probe }

// Write writes the description and the weights: Dim half floats an entry, little endian, in order.
func (f File) Write(description, weights io.Writer) error {
	encoder := json.NewEncoder(description)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(f); err != nil {
		return err
	}
	for _, e := range f.Entries {
		raw := make([]byte, 2*len(e.probe.Weights))
		for i, w := range e.probe.Weights {
			binary.LittleEndian.PutUint16(raw[2*i:], toHalf(w))
		}
		if _, err := weights.Write(raw); err != nil {
			return err
		}
	}
	return nil
}

// ErrFile reports a [File] that cannot be used.
var ErrFile = errors.New("probe: unusable file")

// maxDim bounds [File.Dim], so that a product with it cannot overflow.
const maxDim = 1 << 20

// Read reads what [File.Write] wrote. It makes nothing that the weights do not fill. Every error matches [ErrFile].
func Read(description, weights []byte) (File, error) {
	var f File
	if err := json.Unmarshal(description, &f); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if f.Dim < 1 || f.Dim > maxDim {
		return File{}, fmt.Errorf("%w: probes of %d numbers: want 1 to %d", ErrFile, f.Dim, maxDim)
	}
	if int64(len(weights)) != 2*int64(f.Dim)*int64(len(f.Entries)) {
		return File{}, fmt.Errorf("%w: %d bytes of weights for %d probes of %d numbers", ErrFile, len(weights), len(f.Entries), f.Dim)
	}
	seen := map[string]bool{}
	for i := range f.Entries {
		e := &f.Entries[i]
		if seen[e.Name] {
			return File{}, fmt.Errorf("%w: two probes are called %q", ErrFile, e.Name)
		}
		seen[e.Name] = true
		e.probe = Probe{Weights: make([]float32, f.Dim), Bias: e.Bias, Scale: e.Scale, Shift: e.Shift}
		for k := range e.probe.Weights {
			e.probe.Weights[k] = fromHalf(binary.LittleEndian.Uint16(weights[2*(i*f.Dim+k):]))
		}
	}
	return f, nil
}

// toHalf rounds to the nearest IEEE half float; weights are far from its limits, so overflow saturates and what is
// below the smallest normal number becomes 0.
func toHalf(x float32) uint16 {
	bits := math.Float32bits(x)
	sign := uint16(bits >> 16 & 0x8000)
	magnitude := bits&0x7fffffff + 0x1000 // round half up in the 13 bits that go
	switch exponent := int32(magnitude>>23) - 112; {
	case exponent <= 0:
		return sign
	case exponent >= 31:
		return sign | 0x7bff
	default:
		return sign | uint16(exponent)<<10 | uint16(magnitude>>13&0x3ff)
	}
}

func fromHalf(h uint16) float32 {
	if h&0x7c00 == 0 {
		return 0
	}
	return math.Float32frombits(uint32(h&0x8000)<<16 | (uint32(h&0x7fff)<<13 + 112<<23))
}
