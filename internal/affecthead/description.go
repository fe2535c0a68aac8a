// Package affecthead holds regressions from an encoder's outputs to how a picture feels: what they are, how they are
// stored, and how they are evaluated. Package headfit fits them, package tagging has pictures tagged by them.
//
// A head has one regression an axis, which corrects an expectation that rests on no ratings (the prior):
//
//	f(x) = Offset + Gain·(prior − Centre) + Σⱼ aⱼ·k(z(x), zⱼ)
//
// where z(x) are the standardised features of a picture and zⱼ those of the pictures that the head was fitted on. With a
// linear kernel the sum is kept as one weight a feature; with a Gaussian kernel, as the zⱼ in bytes. In a network the sum is
// over its hidden units instead: Σᵤ aᵤ·tanh(bᵤ + wᵤ·z(x)).
package affecthead

import (
	"errors"
	"fmt"
	"math"
)

// Version is the version of the format.
const Version = 1

// ErrHead reports a head that cannot be used: another version, a wrong checksum, sizes that contradict each other.
var ErrHead = errors.New("affecthead: unusable head")

// Description is the readable half of a head.
type Description struct {
	Version int     `json:"version"`
	Encoder Encoder `json:"encoder"`
	Blocks  []Block `json:"features"`
	// Temperature divides the logits before the label table is read; 0 if the prior is no table but a constant.
	Temperature float64 `json:"table_temperature"`
	Valence     Axis    `json:"valence"`
	Arousal     Axis    `json:"arousal"`
	Spread      Spread  `json:"spread"`
	Data        Data    `json:"data"`
	Fit         Fit     `json:"fit"`
	Weights     Weights `json:"weights"`
}

// Encoder names the encoder that a head reads. Other weights have other directions, so the digest decides.
type Encoder struct {
	ID     string `json:"id"`
	Digest string `json:"sha256"`
}

// Block is a group of features: one output of the encoder.
type Block struct {
	Output string  `json:"output"` // "embedding", or the name of a further output
	Size   int     `json:"size"`
	Root   bool    `json:"root,omitempty"` // square roots at unit length, for features that are never negative
	Weight float64 `json:"weight"`         // of the block's part of squared distances and products
}

// Axis is the read-out of one axis; see the package's formula.
type Axis struct {
	Kernel  string   `json:"kernel"`          // "linear", "gaussian" or "network"
	Outputs []string `json:"outputs"`         // of the blocks that it reads
	Width   float64  `json:"width,omitempty"` // gaussian: k = exp(−|z − z'|² / Width)
	Units   int      `json:"units,omitempty"` // network: hidden units
	Noise   float64  `json:"noise"`           // variance of the noise beside the kernel: what shrinks the correction
	Gain    float64  `json:"prior_gain"`
	Centre  float64  `json:"prior_centre"`
	Offset  float64  `json:"prior_offset"`
}

// Spread is the deviation of people's judgements about the head's: Base + Slope × the deviation of the label table under
// the picture's probabilities, forced into [Least, Most].
type Spread struct {
	Base  float64 `json:"base"`
	Slope float64 `json:"slope"`
}

// Bounds of a spread.
const (
	LeastSpread = 0.1
	MostSpread  = 0.6
)

// At is the spread where the table has the given deviation.
func (s Spread) At(deviation float64) float64 {
	return max(LeastSpread, min(MostSpread, s.Base+s.Slope*deviation))
}

// Data says what a head was fitted on.
type Data struct {
	Ratings  string   `json:"ratings"`        // name of the file
	Digest   string   `json:"ratings_sha256"` // of its bytes
	Pictures int      `json:"pictures"`
	Groups   int      `json:"groups"`
	Sources  []string `json:"sources,omitempty"`
	// Error is how far the ratings themselves are taken to lie from those of people, root mean square on −1…1.
	Error float64 `json:"ratings_error,omitempty"`
}

// Fit says how well a head does on pictures whose groups were left out, and how hard it was searched for.
type Fit struct {
	Folds    int      `json:"folds"` // each group is in one of them
	Tries    int      `json:"tries"` // settings that were compared before this one was chosen
	LeftOut  Score    `json:"left_out"`
	Controls []Score  `json:"controls"`
	Remarks  []string `json:"remarks,omitempty"`
}

// Score compares estimates with ratings, on axes from −1 to 1.
type Score struct {
	Name       string  `json:"name"`
	Valence    float64 `json:"valence_r"` // Pearson's; 0 where the estimates do not vary
	Arousal    float64 `json:"arousal_r"`
	ValenceMAE float64 `json:"valence_mae"`
	ArousalMAE float64 `json:"arousal_mae"`
	// Inside is the share of ratings, both axes, within one spread of the estimate; 0 if there are no spreads. Where the
	// data has an Error, the spread is wider than these ratings need.
	Inside float64 `json:"inside_spread,omitempty"`
}

// Weights guards the numbers that belong to a description.
type Weights struct {
	Bytes  int    `json:"bytes"`
	Digest string `json:"sha256"`
}

// Limits of what a description may ask for: features in all, pictures, hidden units.
const (
	maxDim      = 1 << 20
	maxPictures = 1 << 20
	maxUnits    = 64
)

// Dim is the number of features.
func (d Description) Dim() int {
	dim := 0
	for _, b := range d.Blocks {
		dim += b.Size
	}
	return dim
}

// Validate reports what contradicts itself. It bounds all sizes and allocates nothing of their order: a description is a few
// kilobytes that anybody may have written, and what it asks for is granted only once the weights are there to fill it.
func (d Description) Validate() error {
	if d.Version != Version {
		return fmt.Errorf("%w: version %d, this program reads %d", ErrHead, d.Version, Version)
	}
	if d.Encoder.Digest == "" || len(d.Blocks) == 0 || len(d.Blocks) > 64 {
		return fmt.Errorf("%w: want an encoder's digest and 1 to 64 features", ErrHead)
	}
	for _, b := range d.Blocks {
		if b.Output == "" || b.Size < 1 || b.Size > maxDim || !(b.Weight > 0) || math.IsInf(b.Weight, 0) {
			return fmt.Errorf("%w: feature %q of size %d and weight %v", ErrHead, b.Output, b.Size, b.Weight)
		}
	}
	if d.Dim() > maxDim {
		return fmt.Errorf("%w: features of %d numbers, more than %d", ErrHead, d.Dim(), maxDim)
	}
	for _, a := range []Axis{d.Valence, d.Arousal} {
		if err := d.validateAxis(a); err != nil {
			return err
		}
	}
	if d.Data.Pictures < 1 || d.Data.Pictures > maxPictures || d.Temperature < 0 {
		return fmt.Errorf("%w: %d pictures, temperature %v", ErrHead, d.Data.Pictures, d.Temperature)
	}
	return nil
}

func (d Description) validateAxis(a Axis) error {
	known := a.Kernel == Linear || (a.Kernel == Gaussian && a.Width > 0) ||
		(a.Kernel == Network && a.Units >= 1 && a.Units <= maxUnits)
	if !known || d.columns(a) == 0 {
		return fmt.Errorf("%w: kernel %q of width %v and %d units on %q", ErrHead, a.Kernel, a.Width, a.Units, a.Outputs)
	}
	for _, v := range []float64{a.Gain, a.Centre, a.Offset, d.Spread.Base, d.Spread.Slope, d.Temperature} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: a number is not finite", ErrHead)
		}
	}
	return nil
}
