package tagging

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

// filed is a file for z with one kind, after it was written and read again.
func filed(t *testing.T, z *ZeroShotTagger, c Calibration) *CalibrationFile {
	t.Helper()
	f := z.NewCalibrationFile()
	leftOut := CalibrationReport{Samples: 40, Fitted: CalibrationScore{ECE: .03}}
	f.Kinds[KindScene] = KindCalibration{Calibration: c, LeftOut: leftOut}
	var text bytes.Buffer
	require.NoError(t, f.Write(&text))
	read, err := ReadCalibrationFile(&text)
	require.NoError(t, err)
	require.Equal(t, f, read)
	return read
}

// What was fitted is used, for its kinds and by the copy only.
func TestCalibratedTagger(t *testing.T) {
	t.Parallel()
	a, plain := newAxes(t)
	cool := Calibration{Temperature: 4, Bias: -1}
	calibrated, err := plain.Calibrated(filed(t, plain, cool))
	require.NoError(t, err)
	_, want := newAxes(t, WithCalibration(map[Kind]Calibration{KindScene: cool}))
	o := a.sees(map[string]float64{"beach": .28, "dog": .25})
	require.Equal(t, zeroShotTags(t, want, o), zeroShotTags(t, calibrated, o))
	require.NotEqual(t, zeroShotTags(t, plain, o).Scenes, zeroShotTags(t, calibrated, o).Scenes)
	require.Equal(t, zeroShotTags(t, plain, o).Objects, zeroShotTags(t, calibrated, o).Objects)
}

func TestCalibratedRefusesWhatIsNotForIt(t *testing.T) {
	t.Parallel()
	_, z := newAxes(t)
	_, other := newAxes(t, WithScore(&vision.Score{Kind: vision.ScoreSoftmax, Scale: 50}))
	for _, row := range []struct {
		name   string
		change func(f *CalibrationFile)
		err    string
	}{
		{
			"another encoder", func(f *CalibrationFile) { f.Encoder.Digest = "fedcba" },
			"it is for axes@fedcba, and pictures are looked at by axes@0123456789ab",
		},
		{"another score", func(f *CalibrationFile) { f.Prompts = other.NewCalibrationFile().Prompts }, "other prompts"},
		{"a kind that is not read", func(f *CalibrationFile) { f.Kinds[KindFood] = f.Kinds[KindScene] }, `kind "food"`},
		{"a kind that does not exist", func(f *CalibrationFile) { f.Kinds["smell"] = f.Kinds[KindScene] }, `unknown kind "smell"`},
		{"no temperature", func(f *CalibrationFile) { f.Kinds[KindScene] = KindCalibration{} }, "temperature"},
		{"nothing in it", func(f *CalibrationFile) { f.Kinds = nil }, "one kind at least"},
		{"another version", func(f *CalibrationFile) { f.Version = 2 }, "version 2, this program reads 1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := filed(t, z, Calibration{Temperature: 2})
			row.change(f)
			_, err := z.Calibrated(f)
			require.ErrorIs(t, err, ErrCalibration)
			require.ErrorContains(t, err, row.err)
		})
	}
	_, err := z.Calibrated(nil)
	require.ErrorIs(t, err, ErrCalibration)
	for _, text := range []string{"", "[]", `{"version":1,"more":2}`, `{"version":1}{}`, strings.Repeat(" ", mostCalibrationBytes) + "{}"} {
		_, err := ReadCalibrationFile(strings.NewReader(text))
		require.ErrorIs(t, err, ErrCalibration, "%.30q", text)
	}
}

// A file is good for the same weights under another name, and for another vocabulary it is not.
func TestCalibrationIsBoundToWhatWasAsked(t *testing.T) {
	t.Parallel()
	_, z := newAxes(t)
	f := filed(t, z, Calibration{Temperature: 2})
	f.Encoder.ID = "renamed"
	_, err := z.Calibrated(f)
	require.NoError(t, err)
	more, err := ReadVocabulary(strings.NewReader(zeroShotConcepts + "cat,object,.5,0,.3,,,,\n"))
	require.NoError(t, err)
	grown, err := NewZeroShot(t.Context(), &axes{}, WithZeroShotVocabulary(more))
	require.NoError(t, err)
	f.Encoder.ID, f.Encoder.Digest = grown.model.ID, grown.model.Digest
	_, err = grown.Calibrated(f)
	require.ErrorContains(t, err, "other prompts")
}

func TestSample(t *testing.T) {
	t.Parallel()
	a, z := newAxes(t, WithCalibration(map[Kind]Calibration{KindScene: {Temperature: 3, Bias: 1}}))
	o := a.sees(map[string]float64{"forest": .28})
	got, err := z.Sample(o, KindScene, "forest", "beach", "forest")
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{15, 28}, got.Logits, 1e-4, "logits, whatever the calibration")
	require.InDelta(t, 20, got.Background, 1e-4)
	require.Equal(t, []int{0, 1}, got.True)
	none, err := z.Sample(o, KindObject)
	require.NoError(t, err)
	require.Empty(t, none.True)

	_, sigmoid := newAxes(t, WithScore(&vision.Score{Kind: vision.ScoreSigmoid, Scale: 100}))
	other := a.sees(nil)
	other.Encoding.Model.Digest = "of other weights"
	for name, sample := range map[string]func() error{
		"kind":    func() error { _, err := z.Sample(o, KindGenre); return err },
		"concept": func() error { _, err := z.Sample(o, KindScene, "dog"); return err },
		"encoder": func() error { _, err := z.Sample(other, KindScene); return err },
		"blind":   func() error { _, err := z.Sample(&vision.Observation{}, KindScene); return err },
		"sigmoid": func() error { _, err := sigmoid.Sample(o, KindScene); return err },
	} {
		require.ErrorIs(t, sample(), ErrCalibration, name)
	}
}

func TestReadPictureLabels(t *testing.T) {
	t.Parallel()
	v, err := ReadVocabulary(strings.NewReader(zeroShotConcepts))
	require.NoError(t, err)
	labels, err := ReadPictureLabels(strings.NewReader("picture,by,concepts,group\n"+
		"a.jpg,me,beach; dog;no:mood,shore\nb.jpg,me,dog ;coffin,\nc.jpg,me,,shore\n"), v)
	require.NoError(t, err)
	require.Equal(t, []PictureLabels{
		{"a.jpg", "shore", map[Kind][]string{KindScene: {"beach"}, KindObject: {"dog"}, KindMood: {}}},
		{"b.jpg", "b.jpg", map[Kind][]string{KindObject: {"dog", "coffin"}}},
		{"c.jpg", "shore", map[Kind][]string{}},
	}, labels, "silence about a kind is no label")

	const header = "picture,concepts\n"
	for name, row := range map[string]struct{ text, err string }{
		"empty":             {"", "EOF"},
		"no rows":           {header, "no rows"},
		"columns":           {"picture,words\n", "line 1: want the columns picture, concepts"},
		"no picture":        {header + ",dog\n", "line 2: no picture"},
		"twice":             {header + "a,dog\na,dog\n", "line 3: picture \"a\" is there twice"},
		"no concept":        {header + "a,ghost\n", `"ghost" is no id of a concept`},
		"another word":      {header + "a,Dogs\n", `write "dog"`},
		"cannot be seen":    {header + "a,anthemic\n", `no picture is tagged by kind "music"`},
		"unknown kind":      {header + "a,no:smell\n", `no picture is tagged by kind "smell"`},
		"some and none":     {header + "a,dog;no:object\n", `no:object, but there is "dog"`},
		"none and some":     {header + "a,no:object;dog\n", `no:object, but there is "dog"`},
		"ragged":            {header + "a\n", "wrong number of fields"},
		"none of a concept": {header + "a,no:dog\n", `no picture is tagged by kind "dog"`},
	} {
		_, err := ReadPictureLabels(strings.NewReader(row.text), v)
		require.ErrorIs(t, err, ErrCalibration, name)
		require.ErrorContains(t, err, row.err, name)
	}
}
