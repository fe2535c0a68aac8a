package vision

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Manifest describes a model well enough to fetch, verify, feed and read it. A user adds a model by writing one.
// Its JSON form is documented by the field tags.
type Manifest struct {
	ID      string `json:"id"`                // lower-case letters, digits, dots and dashes
	Title   string `json:"title,omitempty"`   // for people
	License string `json:"license,omitempty"` // SPDX identifier
	Source  string `json:"source,omitempty"`  // where it comes from, for people
	Dim     int    `json:"dim"`               // length of the embedding
	Visual  Graph  `json:"visual"`
	// Textual is the text tower that embeds into the same space; nil if there is none.
	Textual *TextGraph `json:"textual,omitempty"`
	// Score says how similarities of pictures and texts become probabilities; nil means softmax with scale 100, as CLIP's.
	Score *Score `json:"score,omitempty"`
	// Preprocess says what the network must be shown.
	Preprocess Preprocess `json:"preprocess"`
	// Labels names the label set of the output called "logits", such as "imagenet-1k".
	Labels string `json:"labels,omitempty"`
	// Known is checked once at start; it catches weights that load but compute something else.
	Known *KnownAnswer `json:"known,omitempty"`
}

// Graph is one ONNX file of a model with the names to use.
type Graph struct {
	File   File     `json:"file"`
	Input  string   `json:"input"`           // name of the [N, 3, Size, Size] float32 input
	Output string   `json:"output"`          // name of the [N, Dim] embedding output
	Extra  []Output `json:"extra,omitempty"` // further outputs to keep
}

// Output is a further output of a graph that [Encoding.Outputs] shall hold.
type Output struct {
	Name string `json:"name"` // the graph's name for it, and the key in Encoding.Outputs
	// Reduce is empty to keep the output as it is, or "mean-std" to keep the mean and the standard deviation over
	// positions of a [N, C, H, W] map: first C means, then C deviations.
	Reduce string `json:"reduce,omitempty"`
}

// File is something to fetch and verify.
type File struct {
	Name   string `json:"name"`           // base name in the cache
	Size   int64  `json:"size,omitempty"` // bytes; 0 if unknown
	SHA256 string `json:"sha256"`         // lower-case hex of the file as it is used
	// URLs lists where the file is, best first: an https URL, a package URL with the path inside the package as its subpath,
	// such as "pkg:pypi/name@1.0#dir/file", or a file URL; in a manifest file also a path from there. modelhub documents them.
	URLs []string `json:"urls,omitempty"`
	// Archive is the SHA-256 of the package or archive that contains the file, where URLs name one.
	Archive string `json:"archive,omitempty"`
	// Convert names the converter that makes this file out of the fetched one, such as "efficientnet-lite0".
	Convert string `json:"convert,omitempty"`
	// Original is the SHA-256 of the fetched file before conversion.
	Original string `json:"original,omitempty"`
}

// Preprocess is the recipe from an upright RGB picture to a network's input.
type Preprocess struct {
	Size int `json:"size"` // side of the square input in pixels
	// Crop is "shortest" (the shortest side becomes Size, then the centre is cropped: CLIP with Hugging Face's offset,
	// rounded down), "shortest-torchvision" (the same with the offset of OpenAI's and open_clip's transform, rounded half to
	// even: one pixel apart for some odd sizes), "centre-square" (the central square of Fraction × the shortest side is
	// resized: EfficientNet) or "stretch" (both sides become Size: SigLIP).
	Crop string `json:"crop"`
	// Filter is "bicubic" (Keys, a = −½: CLIP) or "bilinear" (triangle: SigLIP), both antialiased as in Pillow. Empty means
	// "bicubic".
	Filter   string  `json:"filter,omitempty"`
	Fraction float64 `json:"fraction,omitempty"` // of the shortest side, for "centre-square"; 0 means 1
	// Rescale multiplies a sample 0…255 before Mean and Std apply: (x·Rescale − Mean) / Std. 0 means 1/255.
	Rescale float64    `json:"rescale,omitempty"`
	Mean    [3]float64 `json:"mean"`
	Std     [3]float64 `json:"std"`
}

// KnownAnswer is the embedding of a fixed input.
type KnownAnswer struct {
	// Input names the input: empty for the tensor whose element i is ((i·2654435761 mod 2³²) / 2³¹) − 1, or "grey-127" for a
	// uniform picture of grey 127 through Preprocess.
	Input string `json:"input,omitempty"`
	// Components maps indices of the unit-length embedding to values.
	Components map[int]float64 `json:"components"`
	Tolerance  float64         `json:"tolerance"` // largest difference that passes
}

// Crop rules of [Preprocess].
const (
	CropShortest            = "shortest"
	CropShortestTorchvision = "shortest-torchvision"
	CropCentreSquare        = "centre-square"
	CropStretch             = "stretch"
)

// Filters of [Preprocess].
const (
	FilterBicubic  = "bicubic"
	FilterBilinear = "bilinear"
)

// Inputs of [KnownAnswer].
const (
	KnownFormula = ""
	KnownGrey    = "grey-127"
)

// ReduceMeanStd is the reduction of [Output] to means and standard deviations.
const ReduceMeanStd = "mean-std"

// Validate reports the first thing that makes a manifest unusable. It matches [ErrModel].
func (m Manifest) Validate() error {
	bad := func(format string, args ...any) error {
		return &ModelError{Model: m.ID, Reason: "manifest: " + fmt.Sprintf(format, args...)}
	}
	if m.ID == "" || strings.Trim(m.ID, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return bad("id %q: want lower-case letters, digits, dots and dashes", m.ID)
	}
	if m.Dim < 1 || m.Dim > 1<<16 {
		return bad("dim %d: want 1 to 65536", m.Dim)
	}
	if m.Visual.Input == "" || m.Visual.Output == "" {
		return bad("visual: input and output names are required")
	}
	if err := m.Visual.File.validate(); err != nil {
		return bad("visual file: %v", err)
	}
	for _, extra := range m.Visual.Extra {
		if extra.Name == "" || (extra.Reduce != "" && extra.Reduce != ReduceMeanStd) {
			return bad("extra output %q: unknown reduction %q", extra.Name, extra.Reduce)
		}
	}
	if err := m.Preprocess.validate(); err != nil {
		return bad("preprocess: %v", err)
	}
	if m.Textual != nil {
		if err := m.Textual.validate(); err != nil {
			return bad("textual: %v", err)
		}
	}
	if m.Score != nil {
		if err := m.Score.Validate(); err != nil {
			return bad("score: %v", err)
		}
	}
	if k := m.Known; k != nil {
		if len(k.Components) == 0 || !(k.Tolerance > 0) {
			return bad("known answer: want components and a positive tolerance")
		}
		if k.Input != KnownFormula && k.Input != KnownGrey {
			return bad("known answer: input %q: want none or %q", k.Input, KnownGrey)
		}
		for i := range k.Components {
			if i < 0 || i >= m.Dim {
				return bad("known answer: component %d is outside [0, %d)", i, m.Dim)
			}
		}
	}
	return nil
}

func (f File) validate() error {
	if f.Name == "" || strings.ContainsAny(f.Name, `/\`) || strings.HasPrefix(f.Name, ".") {
		return fmt.Errorf("name %q: want a base name", f.Name)
	}
	for _, digest := range []string{f.SHA256, f.Archive, f.Original} {
		if digest == "" {
			continue
		}
		if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 || digest != strings.ToLower(digest) {
			return fmt.Errorf("digest %q: want 64 lower-case hex digits", digest)
		}
	}
	if f.SHA256 == "" {
		return fmt.Errorf("sha256 is required: a file without a digest is never loaded")
	}
	return nil
}

var crops = []string{CropShortest, CropShortestTorchvision, CropCentreSquare, CropStretch}

func (p Preprocess) validate() error {
	switch {
	case p.Size < 1 || p.Size > 2048:
		return fmt.Errorf("size %d: want 1 to 2048", p.Size)
	case !slices.Contains(crops, p.Crop):
		return fmt.Errorf("crop %q: want one of %q", p.Crop, crops)
	case !slices.Contains([]string{"", FilterBicubic, FilterBilinear}, p.Filter):
		return fmt.Errorf("filter %q: want %q or %q", p.Filter, FilterBicubic, FilterBilinear)
	case p.Fraction < 0 || p.Fraction > 1 || math.IsNaN(p.Fraction):
		return fmt.Errorf("fraction %v: want 0 to 1", p.Fraction)
	case !(p.Rescale >= 0) || math.IsInf(p.Rescale, 0):
		return fmt.Errorf("rescale %v: want 0 for 1/255, or a positive number", p.Rescale)
	}
	for c, mean := range p.Mean {
		if math.IsNaN(mean) || math.IsInf(mean, 0) {
			return fmt.Errorf("mean[%d] = %v: want a number", c, mean)
		}
	}
	for c, std := range p.Std {
		if !(std > 0) || math.IsInf(std, 0) {
			return fmt.Errorf("std[%d] = %v: want a positive number", c, std)
		}
	}
	return nil
}
