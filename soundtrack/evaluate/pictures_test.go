package evaluate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/internal/testenv"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/soundtrack/evaluate"
)

// TestPictures holds what soundtrack eval pictures prints, with tolerances for decoders, kernels and judgements, so that it
// cannot rot. Controls must stay where there is no understanding.
//
//	go test ./soundtrack/evaluate -run TestPictures -v
func TestPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at five hundred photographs, twice")
	}
	t.Parallel()
	last := 0
	report, err := evaluate.Pictures(t.Context(), evaluate.PictureOptions{
		Data: os.DirFS(testenv.Data(t)), Encoder: testenv.CompactEncoder(t), Era: true,
		Progress: func(done, all int) {
			require.Equal(t, last+1, done)
			require.Equal(t, 491, all)
			last = done
		},
	})
	require.NoError(t, err)
	require.Equal(t, 491, last)
	var text strings.Builder
	require.NoError(t, report.Write(&text))
	t.Log("\n" + text.String())
	require.NotContains(t, text.String(), "NaN")

	with, without := report.WithHead.All, report.WithoutHead.All
	require.Greater(t, with.Valence, .62)
	require.Greater(t, with.Arousal, .69)
	require.Greater(t, without.Valence, .50)
	require.Greater(t, without.Arousal, .45)
	require.Greater(t, report.WithHead.Held.Valence, .60, "themes on which no setting of the head was chosen")
	require.Greater(t, report.WithHead.Held.Arousal, .60)
	require.InDelta(t, .68, with.Inside, .08, "calibrated spread")
	require.True(t, report.HeadShips)
	require.Equal(t, []string{"labels", "scenes", "palette"}, report.Fused)
	require.Less(t, with.ValenceMAE, .25)
	require.Less(t, with.ArousalMAE, .20)
	for _, part := range report.Parts {
		if part.Name == "scenes alone" { // TestNothingIsLearntFromNoise says what a leak does
			require.Less(t, part.All.Valence, .55, "too good for probes that have not seen the pictures")
		}
	}
	for _, control := range report.Controls {
		if !strings.Contains(control.Name, "label table alone") {
			require.Less(t, control.All.Valence, .3, control.Name)
			require.Less(t, control.All.Arousal, .3, control.Name)
		}
	}
	require.InDelta(t, .96, report.Teacher.All.Valence, .01)
	require.InDelta(t, .89, report.Teacher.All.Arousal, .01)

	require.Greater(t, report.Objects.HitAt5.Share, .55)
	require.Greater(t, report.Objects.HitAt5.Share, 3*report.Objects.HitAt5.Control)
	require.Greater(t, report.Objects.Places.Named.Share, 3*report.Objects.Places.Named.Control)

	era := report.Era
	require.Greater(t, era.AUC, .98)
	require.Less(t, era.AUC, .9995, "too good for a probe that has not seen the pictures")
	require.Greater(t, era.AUCGrey, .97)
	for _, rates := range []evaluate.EraRates{era.At85, era.Shipped} {
		require.GreaterOrEqual(t, rates.Recall, .85)
		require.LessOrEqual(t, rates.False, .03)
		require.LessOrEqual(t, rates.FalseGrey, .03)
		require.LessOrEqual(t, rates.FalseMono, .08, "two of 27")
	}
	require.Zero(t, era.UndatedDecades)

	care := report.Care
	require.Greater(t, care.Heavy.Recall.Share, 2*care.Heavy.Recall.Control)
	require.Greater(t, care.AnyTopic.Recall.Share, 2*care.AnyTopic.Recall.Control)
	require.Less(t, care.AnyTopic.FalseAlarms.Share, .1)

	checkCheer(t, report.Rated)

	folder := t.TempDir()
	require.NoError(t, report.Plot(filepath.Join(folder, "new")))
	for _, name := range []string{"predicted-valence", "predicted-arousal", "spread"} {
		for _, format := range []string{".png", ".svg"} {
			info, err := os.Stat(filepath.Join(folder, "new", name+format))
			require.NoError(t, err)
			require.Greater(t, info.Size(), int64(2000))
		}
	}
	raw, err := json.Marshal(report)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"with_head"`)
}

// checkCheer measures how often photographs that people find sad get cheerful songs, by taggers that have not seen their
// themes. The limits of care were chosen on these same photographs, so that they are no proof for others; the share that
// random songs would have is the control, and what care takes from pleasant pictures its price.
func checkCheer(t *testing.T, pictures []evaluate.RatedPicture) {
	t.Helper()
	rec, err := soundtrack.Open(t.Context(), soundtrack.WithPreset(soundtrack.PresetPalette)) // pictures come analysed
	require.NoError(t, err)
	defer func() { require.NoError(t, rec.Close()) }()
	cheer, err := evaluate.FalseCheer(t.Context(), rec, pictures)
	require.NoError(t, err)
	t.Log(cheer)
	require.Greater(t, cheer.Pictures, 40)
	require.LessOrEqual(t, cheer.With.Top5, .02)
	require.LessOrEqual(t, cheer.With.Top1, .02)
	require.Greater(t, cheer.Without.Top5, 2*cheer.With.Top5, "care does something")
	require.Greater(t, cheer.Random, .3, "cheerful songs are not rare")
	require.Less(t, cheer.PleasantHeavy, .05, "pleasant pictures are not treated as sad ones")
	require.Less(t, cheer.PleasantLoss, .1, "and keep their pleasant songs")
	require.Zero(t, cheer.Short)
}

func TestPicturesRefuses(t *testing.T) {
	t.Parallel()
	_, err := evaluate.Pictures(t.Context(), evaluate.PictureOptions{})
	require.ErrorIs(t, err, evaluate.ErrOptions)
}

func TestReadData(t *testing.T) {
	t.Parallel()
	data := fstest.MapFS{
		"oasis/oasis.csv":           {Data: []byte("theme,group,category,image,valence_mean,arousal_mean\nDog 1,Dog,Animal,images/Dog_1.jpg,7,1\n")},
		"coco-mini/coco_mini.jsonl": {Data: []byte(`{"image":"images/1.jpg","captions":["a dog"],"objects":["dog"]}` + "\n" + `{"image":null}` + "\n")},
		"historic/historic.csv":     {Data: []byte("file,year,image\na,1900,images/a.jpg\n")},
	}
	photographs, err := evaluate.ReadOASIS(data)
	require.NoError(t, err)
	require.Len(t, photographs, 1)
	require.Equal(t, "oasis/images/Dog_1.jpg", photographs[0].Picture)
	require.InDelta(t, 1, photographs[0].Norm.Valence, 1e-12)
	require.InDelta(t, -1, photographs[0].Norm.Arousal, 1e-12)
	captioned, err := evaluate.ReadCOCO(data)
	require.NoError(t, err)
	require.Equal(t, []evaluate.Captioned{{Picture: "coco-mini/images/1.jpg", Captions: []string{"a dog"}, Classes: []string{"dog"}}}, captioned)

	for name, broken := range map[string]string{
		"oasis/oasis.csv": "group,image\na,b\n", "coco-mini/coco_mini.jsonl": "{", "historic": "",
	} {
		other := fstest.MapFS{name: {Data: []byte(broken)}}
		_, err1 := evaluate.ReadOASIS(other)
		_, err2 := evaluate.ReadCOCO(other)
		require.ErrorIs(t, err1, evaluate.ErrData)
		require.ErrorIs(t, err2, evaluate.ErrData)
	}
	_, err = evaluate.ReadOASIS(fstest.MapFS{"oasis/oasis.csv": {Data: []byte("group,category,image,valence_mean,arousal_mean\nDog,Animal,a.jpg,?,1\n")}})
	require.ErrorIs(t, err, evaluate.ErrData)
	require.ErrorContains(t, err, "line 2")
}
