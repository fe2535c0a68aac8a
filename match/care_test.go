package match

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

func TestSadPicturesGetNoCheerfulSongs(t *testing.T) {
	t.Parallel()
	r := newRanker(t, WithWeights(map[PartName]float64{PartConcepts: 1, PartAffect: 1e-6})) // imagery decides all the rest
	var candidates []catalog.Candidate
	for step := range 21 {
		v := float64(step-10) / 10
		candidates = append(candidates, song(fmt.Sprint("step ", step), v, v/2, "war", "sad", "dancing", "happy"))
	}
	silent := song("unjudged", 0, 0, "war", "sad")
	silent.Song.Affect = tagging.Estimate{}
	candidates = append(candidates, silent)
	for _, row := range []struct {
		name    string
		query   Query
		highest float64 // valence that may be picked
	}{
		{"violent", picture(-.7, .7, "war", "sad"), 0},
		{"mourning", picture(-.9, -.4, "war", "sad"), -.2},
		{"a little sad", picture(-.36, 0, "war", "sad"), .25},
		{"may be sad", picture(-.2, 0, "war", "sad"), .25},
		{"unsure", picture(-.05, 0, "war", "sad"), .29},
		{"hardly pleasant", picture(.39, 0, "war", "sad"), 1},
		{"hardly pleasant and unsure", unsurely(picture(.39, 0, "war", "sad")), .29},
		{"sad colours", spread(picture(-.34, -.1, "war", "sad"), .58), 1}, // of a palette, which knows nothing of sadness
		{"as sad, and hardly known", spread(picture(-.34, -.1, "war", "sad"), .54), .25},
		{"pleasant and unsure", unsurely(picture(.42, 0, "war", "sad")), 1},
		{"a funeral, whatever its mood", caring(picture(.4, .2, "war", "sad"), tagging.CareGrief, .4), .25},
		{"perhaps a funeral", caring(picture(.4, .2, "war", "sad"), tagging.CareGrief, .39), 1},
		{"perhaps a funeral, strictly", strictly(caring(picture(.4, .2, "war", "sad"), tagging.CareGrief, .39)), .1},
		{"a funeral, care turned off", Query{Tags: caring(picture(-.7, 0, "war", "sad"), tagging.CareGrief, 1).Tags, Care: CareOff}, 1},
		{"a funeral with a little contrast", Query{Tags: caring(picture(.4, .2, "war"), tagging.CareGrief, 1).Tags, Dials: Dials{Contrast: .1}}, .4},
		{"contrast", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Dials: Dials{Contrast: 1}}, 1},
		{"a little contrast", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Dials: Dials{Contrast: .1}}, .14},
		{"cheer asked for", Query{Tags: picture(-.7, .7, "war", "sad").Tags, Mood: &tagging.Affect{Valence: .5}}, 1},
		{"sadness asked for", Query{Tags: picture(.7, .7, "war", "happy").Tags, Mood: &tagging.Affect{Valence: -.7}}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			q := row.query
			q.Count = MaxCount
			target, err := r.Target(q)
			require.NoError(t, err)
			require.InDelta(t, row.highest, target.Care.MaxValence, 1e-9)
			require.Equal(t, row.highest < 1, target.Care.Guards())
			picks := rank(t, r, q, candidates)
			highest := slices.MaxFunc(picks, func(a, b Pick) int {
				if a.Song.Affect.Valence < b.Song.Affect.Valence {
					return -1
				}
				return 1
			}).Song.Affect.Valence
			require.LessOrEqual(t, highest, row.highest+1e-9)
			require.Greater(t, highest, row.highest-.15, "gentler songs stay")
			require.Equal(t, !target.Care.Guards(), slices.Contains(titles(picks), "unjudged"))
		})
	}
}

func caring(q Query, topic tagging.CareTopic, confidence float64) Query {
	q.Tags.Care = []tagging.Care{{Topic: topic, Confidence: confidence}}
	return q
}

func unsurely(q Query) Query { return spread(q, .4) }

func spread(q Query, spread float64) Query {
	q.Tags.Affect.Spread = spread
	return q
}

func strictly(q Query) Query {
	q.Care = CareStrict
	return q
}

// The answer says why, and a heavy picture stays heavy when other songs are wished for: they are the user's to start.
func TestCareExplainsItself(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	mourning := caring(picture(.3, 0, "sea"), tagging.CareGrief, .9)
	cheered := mourning
	cheered.Mood = &tagging.Affect{Valence: .7, Arousal: .4}
	contrast := mourning
	contrast.Dials.Contrast = 1
	off := mourning
	off.Care = CareOff
	for _, row := range []struct {
		name   string
		query  Query
		heavy  bool
		guards bool
		reason string
	}{
		{"grief", mourning, true, true, "The picture seems to show grief, so songs with a valence above .25 are held back."},
		{"two topics", Query{Tags: tagging.Tags{Affect: estimate(.3, 0, .2), Care: []tagging.Care{
			{Topic: tagging.CareDisaster, Confidence: .8}, {Topic: tagging.CareMedical, Confidence: .7}, {Topic: tagging.CareGrief, Confidence: .1},
		}}}, true, true, "The picture seems to show a disaster and illness or injury, so songs with a valence above .25 are held back."},
		{"sad", picture(-.6, 0, "sea"), true, true, "The picture seems to show something sad, so songs with a valence above .10 are held back."},
		{"another mood", cheered, true, false, "The picture seems to show grief; another mood was asked for, so no song is held back."},
		{"contrast", contrast, true, false, "The picture seems to show grief; contrast was asked for, so no song is held back."},
		{"unsure", picture(-.1, 0, "sea"), false, true, "Songs with a valence above .29 are held back, since it is not sure that the picture is that pleasant."},
		{"sadness asked for", Query{Tags: picture(.5, 0, "sea").Tags, Mood: &tagging.Affect{Valence: -.6}}, false, true,
			"A sad mood is wanted, so songs with a valence above .10 are held back."},
		{"pleasant", picture(.5, 0, "sea"), false, false, ""},
		{"nobody judged", Query{Tags: tagging.Tags{Affect: tagging.Estimate{Spread: .6}, Concepts: vector("sea")}}, false, false, ""},
		{"off", off, false, false, ""},
	} {
		target, err := r.Target(row.query)
		require.NoError(t, err, row.name)
		require.Equal(t, row.heavy, target.Care.Heavy, row.name)
		require.Equal(t, row.guards, target.Care.Guards(), row.name)
		require.Equal(t, row.reason, target.Care.Reason, row.name)
	}
	require.Equal(t, []tagging.Care{{Topic: tagging.CareGrief, Confidence: .9}}, PictureCare(mourning.Tags, CareUsual).Topics)
	_, err := r.Target(Query{Tags: mourning.Tags, Care: "tender"})
	require.ErrorIs(t, err, ErrInvalid)
	_, err = r.Target(caring(picture(.3, 0, "sea"), "boredom", .9))
	require.ErrorIs(t, err, ErrInvalid)
}

// A catalogue with songs of every mood and every imagery must not answer pictures of opposite moods alike.
func TestOppositePicturesShareNoSong(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 600, 13)
	corners := map[tagging.Quadrant]tagging.Affect{
		tagging.Joyful: {Valence: .6, Arousal: .5}, tagging.Melancholic: {Valence: -.6, Arousal: -.5},
		tagging.Tense: {Valence: -.6, Arousal: .6}, tagging.Serene: {Valence: .5, Arousal: -.6},
	}
	opposite := map[tagging.Quadrant]tagging.Quadrant{tagging.Joyful: tagging.Melancholic, tagging.Tense: tagging.Serene}
	for _, imagery := range [][]string{nil, {"sea"}, {"city", "night"}, {"dog", "tree", "forest"}} {
		for _, spread := range []float64{.2, .3, .4} {
			for a, b := range opposite {
				answer := func(corner tagging.Quadrant) []string {
					q := picture(corners[corner].Valence, corners[corner].Arousal, imagery...)
					q.Tags.Affect.Spread = spread
					return titles(rank(t, r, q, candidates))
				}
				for _, title := range answer(a) {
					require.NotContains(t, answer(b), title, "%s and %s with %v, spread %v", a, b, imagery, spread)
				}
			}
		}
	}
}

func TestDialsMoveTheRightWay(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	// One song fits the mood only, the other the imagery only.
	mood, imagery := song("mood", .6, -.3, "city"), song("imagery", -.1, .2, "sea", "beach", "dog")
	gap := func(atmosphere float64) float64 {
		q := picture(.6, -.3, "sea", "beach", "dog")
		q.Dials.Atmosphere = atmosphere
		scores := map[string]float64{}
		for _, p := range rank(t, r, q, []catalog.Candidate{mood, imagery}) {
			scores[p.Song.Title] = p.Score
		}
		return scores["mood"] - scores["imagery"]
	}
	last := gap(-1)
	require.Negative(t, last)
	for dial := -.9; dial <= 1; dial += .1 {
		require.Greater(t, gap(dial), last)
		last = gap(dial)
	}
	require.Positive(t, last)

	candidates := songs(r.config.vocabulary, 500, 14)
	mean := func(contrast float64) (valence float64) {
		q := picture(.7, .2, "sea")
		q.Dials.Contrast, q.Count = contrast, 10
		picks := rank(t, r, q, candidates)
		for _, p := range picks {
			valence += p.Song.Affect.Valence / float64(len(picks))
		}
		return valence
	}
	require.Greater(t, mean(0), .3)
	require.InDelta(t, 0, mean(.5), .3)
	require.Less(t, mean(1), -.3)
}

// soberLabels are labels that ask for care although the pictures that they fire on are not unpleasant on average.
var soberLabels = map[string]string{
	"memorial plaque":  "the network has no class for gravestones and answers with this",
	"military uniform": "soldiers are on parade as often as at war, and care rather errs",
	"stethoscope":      "it is seen where people are ill",
}

// What a label that people like shows, or no more than suggests, must not make a picture a heavy one: a lab beaker is no
// hospital, a triumphal arch no grave. Even a network that is sure of it.
func TestPleasantLabelsAskForNoCare(t *testing.T) {
	t.Parallel()
	fusion, err := tagging.NewFusion(tagging.Named{Name: tagging.LabelsName, Tagger: tagging.LabelTagger{}})
	require.NoError(t, err)
	cared, sober := 0, map[string]bool{}
	for _, label := range tagging.ImageNetLabels() {
		logits := make([]float32, len(tagging.ImageNetLabels()))
		logits[label.Index] = 30
		tags, err := fusion.Tag(t.Context(), &vision.Observation{Encoding: &vision.Encoding{
			Model: vision.ModelInfo{Labels: "imagenet-1k"}, Outputs: map[string][]float32{"logits": logits},
		}})
		require.NoError(t, err)
		require.Empty(t, tags.Degraded)
		topics := PictureCare(tags, CareUsual).Topics
		if len(topics) == 0 {
			continue
		}
		cared++
		if label.Affect.Valence > -.15 {
			sober[label.Name] = true
			require.Contains(t, soberLabels, label.Name, "valence %+.2f: %v", label.Affect.Valence, topics)
		}
	}
	require.Len(t, sober, len(soberLabels), "an exception that is none: %v", sober)
	require.Greater(t, cared, 20, "weapons, ambulances and prisons do ask for care")
}
