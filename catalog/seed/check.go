package seed

import (
	"fmt"
	"sort"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
)

// Rules are the promises of a catalogue. The zero value of a field makes no promise.
type Rules struct {
	MinSongs         int
	MinYear, MaxYear int
	MinPerDecade     int // for the decades from DecadesFrom to DecadesTo
	DecadesFrom      int
	DecadesTo        int
	MinLanguages     int
	MinQuadrant      float64 // smallest share of any affect quadrant
	MaxPerArtist     int
	MinConcepts      int     // concepts of a song, of which one at least must be a mood
	MaxSamePair      int     // songs that may share one pair of valence and arousal
	MaxUnexplained   float64 // largest distance between a song's affect and what its sound lets expect
}

// Promises are the rules that this package keeps in its own file.
func Promises() Rules {
	return Rules{
		MinSongs: 600, MinYear: 1920, MaxYear: 2029, MinPerDecade: 40, DecadesFrom: 1950, DecadesTo: 2020,
		MinLanguages: 15, MinQuadrant: .15, MaxPerArtist: 2, MinConcepts: 3, MaxSamePair: 6, MaxUnexplained: .75,
	}
}

// Check reports everything in which songs break the rules, one finding a string; none means that all hold. Duplicates
// within a file are found by [catalog.Read] already.
func Check(songs []catalog.Song, rules Rules) []string {
	var findings []string
	add := func(format string, args ...any) { findings = append(findings, fmt.Sprintf(format, args...)) }
	decades, languages, artists := map[int]int{}, map[string]int{}, map[string]int{}
	quadrants, pairs, known := map[tagging.Quadrant]int{}, map[tagging.Affect]int{}, 0
	for _, s := range songs {
		decades[s.Year/10*10]++
		languages[s.Language]++
		artists[catalog.Fold(s.Artist)]++
		if s.Affect.Known {
			known++
			quadrants[s.Affect.Quadrant()]++
			pairs[s.Affect.Affect]++
		}
		if rules.MinYear != 0 && s.Year < rules.MinYear || rules.MaxYear != 0 && s.Year > rules.MaxYear {
			add("%v: impossible year %d", s, s.Year)
		}
		if finding := checkConcepts(s, rules.MinConcepts); finding != "" {
			add("%v: %s", s, finding)
		}
		if d := unexplained(s); rules.MaxUnexplained > 0 && d > rules.MaxUnexplained {
			add("%v: affect lies %.2f from what its sound lets expect", s, d)
		}
	}
	if len(songs) < rules.MinSongs {
		add("%d songs: want at least %d", len(songs), rules.MinSongs)
	}
	for decade := rules.DecadesFrom; rules.MinPerDecade > 0 && decade <= rules.DecadesTo; decade += 10 {
		if n := decades[decade]; n < rules.MinPerDecade {
			add("%ds: %d songs, want at least %d", decade, n, rules.MinPerDecade)
		}
	}
	if n := len(languages); n < rules.MinLanguages {
		add("%d languages: want at least %d", n, rules.MinLanguages)
	}
	for _, q := range []tagging.Quadrant{tagging.Joyful, tagging.Tense, tagging.Melancholic, tagging.Serene} {
		if share := float64(quadrants[q]) / float64(max(1, known)); share < rules.MinQuadrant {
			add("quadrant %s: %.0f %% of the songs, want at least %.0f %%", q, 100*share, 100*rules.MinQuadrant)
		}
	}
	for artist, n := range artists {
		if rules.MaxPerArtist > 0 && n > rules.MaxPerArtist {
			add("artist %q: %d songs, want at most %d", artist, n, rules.MaxPerArtist)
		}
	}
	for pair, n := range pairs {
		if rules.MaxSamePair > 0 && n > rules.MaxSamePair {
			add("affect %+.2f/%+.2f: %d songs share it, want at most %d", pair.Valence, pair.Arousal, n, rules.MaxSamePair)
		}
	}
	sort.Strings(findings)
	return findings
}

func checkConcepts(s catalog.Song, least int) string {
	if len(s.Concepts) < least {
		return fmt.Sprintf("%d concepts, want at least %d", len(s.Concepts), least)
	}
	vocabulary := tagging.DefaultVocabulary()
	for _, c := range s.Concepts {
		if concept, ok := vocabulary.Lookup(c.Concept); ok && concept.Kind == tagging.KindMood {
			return ""
		}
	}
	if least > 0 {
		return "no mood among its concepts"
	}
	return ""
}

// unexplained is how far a song's affect lies from a plain reading of its sound: valence from mode and words, arousal
// from loudness and tempo. Large values are typing errors more often than insights.
func unexplained(s catalog.Song) float64 {
	if s.Sound == nil || !s.Affect.Known {
		return 0
	}
	expected := tagging.Affect{
		Valence: .9*(2*s.Sound.Mode-1)*.6 + .4*s.Sound.Lyric + .1,
		Arousal: 1.1*(s.Sound.Loudness+s.Sound.Tempo) - .85,
	}
	return s.Affect.Distance(expected.Clamp())
}
