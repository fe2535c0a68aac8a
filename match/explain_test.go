package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// Each clause of a reason must be a piece of evidence, word for word.
func TestWhyIsReadOffTheEvidence(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	candidates := songs(r.config.vocabulary, 400, 17)
	for name, q := range queries(t) {
		for _, p := range rank(t, r, q, candidates) {
			facts := map[string]bool{}
			for _, part := range p.Parts {
				for _, fact := range part.Evidence {
					facts[strings.ToLower(fact)] = true
				}
			}
			require.True(t, strings.HasSuffix(p.Why(), "."))
			clauses := strings.Split(strings.ToLower(strings.TrimSuffix(p.Why(), ".")), "; ")
			require.LessOrEqual(t, len(clauses), maxClauses)
			for _, clause := range clauses {
				require.Contains(t, facts, clause, "%s: %q", name, p.Why())
			}
		}
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	old := picture(.42, -.3, "sea", "summer", "happy")
	old.Tags.Era = tagging.Era{Label: tagging.EraOld, Confidence: .9}
	opposed := picture(.6, .4, "sea")
	opposed.Dials.Contrast = 1
	asked := picture(.6, .4, "sea")
	asked.Mood = &tagging.Affect{Valence: -.3, Arousal: -.3}
	then := picture(.6, .4, "sea")
	then.Dials.Era = -1
	early := func(c catalog.Candidate) catalog.Candidate { c.Song.Year = 1934; return c }
	for _, row := range []struct {
		name  string
		query Query
		song  catalog.Candidate
		want  string
	}{
		{
			"all of it", old, early(song("a", .5, -.25, "sea", "summer", "happy")),
			"Both feel calm and pleasant; both evoke sea, summer and a happy mood; it is from 1934, and the picture looks old.",
		},
		{"the wrong time is not praised", old, song("b", .5, -.25, "sea"), "Both feel calm and pleasant; both evoke sea."},
		{
			"contrast", opposed, song("c", -.5, -.3, "sea"),
			"The picture feels joyful and lively, the song melancholic and subdued: the contrast asked for; both evoke sea.",
		},
		{
			"asked mood", asked, song("d", -.3, -.3, "sea"),
			"The song feels a little melancholic, near the mood asked for; both evoke sea.",
		},
		{
			"years asked for", then, early(song("e", .2, .05, "sea", "1930s")),
			"It is from 1934, as asked; both evoke sea; the picture feels joyful and lively, the song a little pleasant.",
		},
		{"nothing in common", picture(.6, .4, "sea"), song("f", -.6, -.4, "city"), "The picture feels joyful and lively, the song melancholic and subdued."},
		{"nothing known", Query{}, song("g", .1, .1), "2 of 7 facts known, all but sound, themes, language, genre and preview."},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, rank(t, r, row.query, []catalog.Candidate{row.song})[0].Why())
		})
	}
}

func TestEvidenceOfMood(t *testing.T) {
	t.Parallel()
	r := newRanker(t)
	q := picture(.42, -.3)
	picks := rank(t, r, q, []catalog.Candidate{song("a", .5, -.25)})
	require.Equal(t, []string{"both feel calm and pleasant", "picture .42/−.30, song .50/−.25: close"}, part(t, picks[0], PartAffect).Evidence)
	q.Tags.Affect.Spread, q.Care = .5, CareOff
	q.Dials.Contrast = .25
	picks = rank(t, r, q, []catalog.Candidate{song("a", 1, -1)})
	require.Equal(t, []string{
		"the picture feels calm and pleasant, the song calm and pleasant", "picture .42/−.30, wanted .21/−.15, song 1.00/−1.00: far apart",
		"the picture's mood is unsure (±.50), so it counts less",
	}[1:], part(t, picks[0], PartAffect).Evidence[1:])
}

func TestWordsForPeople(t *testing.T) {
	t.Parallel()
	for a, want := range map[tagging.Affect]string{
		{}:                            "balanced",
		{Valence: .1, Arousal: -.1}:   "balanced",
		{Valence: .3}:                 "a little pleasant",
		{Valence: .6, Arousal: .6}:    "joyful and lively",
		{Arousal: .8}:                 "stirring and restless",
		{Valence: -.6, Arousal: .6}:   "tense and fierce",
		{Valence: -.8}:                "troubled and sombre",
		{Valence: -.3, Arousal: -.25}: "a little melancholic",
		{Arousal: -.9}:                "quiet and still",
		{Valence: .5, Arousal: -.5}:   "calm and pleasant",
	} {
		require.Equal(t, want, feeling(a), "%v", a)
	}
	for v, want := range map[float64]string{0: ".00", -.004: ".00", .42: ".42", -.3: "−.30", 1: "1.00", -1: "−1.00"} {
		require.Equal(t, want, axis(v))
	}
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		require.Equal(t, want, enumerate(words))
	}
	for want, concepts := range map[string][]tagging.Concept{
		"sea, the 1930s and a calm, happy mood": {
			{ID: "calm", Kind: tagging.KindMood}, {ID: "sea", Kind: tagging.KindScene}, {ID: "1930s", Kind: tagging.KindEra}, {ID: "happy", Kind: tagging.KindMood},
		},
		"an eerie mood":                 {{ID: "eerie", Kind: tagging.KindMood}},
		"vintage times and living room": {{ID: "vintage", Kind: tagging.KindEra}, {ID: "living-room", Kind: tagging.KindScene}},
	} {
		require.Equal(t, want, describe(concepts))
	}
}
