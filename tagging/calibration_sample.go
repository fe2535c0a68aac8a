package tagging

import (
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// Sample is what the encoder says of one picture about the concepts of a kind, for [FitCalibration]; shows are the ids of
// those that can be seen in it, none if nothing of the kind can. The caller adds the group. The observation must be by the
// encoder that the tagger reads. An encoder whose score is "sigmoid" cannot be calibrated yet. Errors match [ErrCalibration].
func (z *ZeroShotTagger) Sample(o *vision.Observation, kind Kind, shows ...string) (CalibrationSample, error) {
	k, err := z.kindOf(kind)
	if err != nil {
		return CalibrationSample{}, err
	}
	switch {
	case o == nil || o.Encoding == nil || o.Encoding.Model.Space() != z.Space():
		return CalibrationSample{}, fmt.Errorf("%w: the picture was not looked at by %s", ErrCalibration, z.Space())
	case k.score.Kind == vision.ScoreSigmoid:
		return CalibrationSample{}, fmt.Errorf("%w: the score of %s is %q, want %q",
			ErrCalibration, z.Space(), k.score.Kind, vision.ScoreSoftmax)
	}
	sample := CalibrationSample{}
	for _, id := range shows {
		at := slices.Index(k.ids, id)
		if at < 0 {
			return CalibrationSample{}, fmt.Errorf("%w: %q is no concept of kind %q", ErrCalibration, id, kind)
		}
		sample.True = append(sample.True, at)
	}
	slices.Sort(sample.True)
	sample.True = slices.Compact(sample.True) // named twice, it is as visible as once
	r, err := k.read(o.Encoding.Embedding)
	if err != nil {
		return CalibrationSample{}, fmt.Errorf("%w: %w", ErrCalibration, err)
	}
	sample.Logits, sample.Background = r.logits, r.background
	return sample, nil
}

// kindOf finds a kind that pictures are tagged by.
func (z *ZeroShotTagger) kindOf(kind Kind) (*zeroShotKind, error) {
	i := slices.IndexFunc(z.kinds, func(k zeroShotKind) bool { return k.kind == kind })
	if i < 0 {
		return nil, fmt.Errorf("%w: no picture is tagged by kind %q", ErrCalibration, kind)
	}
	return &z.kinds[i], nil
}

// Calibrated returns a copy with the calibrations of a file in place of those of its kinds. A file for another encoder, for
// other prompts, or with a kind that the tagger does not read is refused; the error matches [ErrCalibration].
func (z *ZeroShotTagger) Calibrated(f *CalibrationFile) (*ZeroShotTagger, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	switch mine := z.NewCalibrationFile(); {
	case f.Encoder.Digest != mine.Encoder.Digest || f.Encoder.Digest == "" && f.Encoder.ID != mine.Encoder.ID:
		return nil, fmt.Errorf("%w: it is for %s, and pictures are looked at by %s", ErrCalibration, f.Encoder.space(), z.Space())
	case f.Prompts != mine.Prompts:
		return nil, fmt.Errorf("%w: it is for other prompts: concepts, templates, the text tower or the score have changed",
			ErrCalibration)
	}
	copied := *z
	copied.kinds = slices.Clone(z.kinds)
	for kind, fitted := range f.Kinds {
		k, err := copied.kindOf(kind)
		if err != nil {
			return nil, err
		}
		k.calibration = fitted.Calibration
	}
	return &copied, nil
}
