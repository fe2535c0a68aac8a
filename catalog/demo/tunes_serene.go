package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

func sereneTunes() []tune {
	return []tune{slowCoffee(), lakeBeforeBreakfast(), cloudIndex(), orchardGate(), mossAndWater(), twoGlasses()}
}

// slowCoffee is soul at the pace of a Sunday.
func slowCoffee() tune {
	warm := score.Voicing{Centre: 60, Voices: 4}
	sunday := []score.Line{
		beat("kick", "x.......x.o....."), beat("rim", "....x.......x..."), beat("shaker", "x.o.x.o.x.o.x.o."),
		score.Bass("bass", .75, 29, "R-----5-R-----a-"), score.Comp("rhodes", .55, warm, "x-------x--o----"),
	}
	return tune{
		name: "slow-coffee", title: "Slow Coffee", artist: houseBand, key: "F", mode: Major,
		affect: tagging.Affect{Valence: .6, Arousal: -.4}, sound: catalog.Sound{Mode: .75, Loudness: .3, Tempo: .3},
		concepts: []string{"coffee", "kitchen", "house", "cosy", "sunshine", "window", "warm", "bread", "reading", "cat"},
		genres:   []string{"soul", "lounge", "instrumental"},
		band: slices.Concat([]synth.Channel{
			electricBass(-19.5), rhodes(-20.5), nylonGuitar(-18.5),
		}, kit(-3, "kick", "rim", "shaker")),
		room: room(1.3, .65, 4000), tail: 2.7, loud: -17,
		song: score.Song{
			Tempo: 84, Beats: 4, Shuffle: .10, Loose: .008,
			Sections: []score.Section{
				{Name: "intro", Chords: "Fmaj7", Level: 1.1, Lines: []score.Line{
					score.Comp("rhodes", .55, warm, "x-------x--o----"), score.Bass("bass", .7, 29, "R-----------..5-"), beat("shaker", "x.o.x.o.x.o.x.o."),
				}},
				{Name: "A", Chords: "Fmaj7 | Dm7 | Gm9 | C9sus4 C9", Lines: slices.Concat(sunday, []score.Line{
					score.Melody("guitar", .72, `C5:1 A4:.5 C5 E5:1.5 D5:.5 | F5:1 E5:.5 C5 A4:2 | Bb4:.5 D5 F5:1.5 D5:.5 A4:1 | G4:.5 Bb4 D5:1 C5:2`),
				})},
				{Name: "B", Chords: "Bbmaj7 Am7 | Gm7 C9", Level: 1.04, Lines: slices.Concat(sunday, []score.Line{
					score.Melody("guitar", .76, `D5:.5 F5 A5:1 G5:.5 E5 C5:1 | Bb4:.5 D5 F5:1 E5:.5 D5 C5:1`),
				})},
				{Name: "outro", Chords: "Fmaj7", Lines: []score.Line{
					score.Comp("rhodes", .55, warm, "x---------------"), score.Bass("bass", .7, 29, "R---------------"), beat("kick", "x..............."),
					score.Melody("guitar", .68, `A4:.5 C5 F5:3`),
				}},
			},
		},
	}
}

// lakeBeforeBreakfast is harp and flute over strings.
func lakeBeforeBreakfast() tune {
	hands, high := score.Voicing{Centre: 56, Voices: 4, Root: true}, score.Voicing{Centre: 63, Voices: 4}
	water := []score.Line{
		score.Arpeggio("harp", .6, hands, "01234321"), score.Pad("strings", .5, high), score.Bass("cello", .5, 39, "R-------"),
	}
	return tune{
		name: "lake-before-breakfast", title: "Lake Before Breakfast", artist: chamber, key: "Eb", mode: Major,
		affect: tagging.Affect{Valence: .65, Arousal: -.5}, sound: catalog.Sound{Mode: .9, Loudness: .25, Tempo: .2},
		concepts: []string{"lake", "sunrise", "swan", "calm", "fog", "peaceful", "mountain", "nature", "duck", "valley"},
		genres:   []string{"classical", "pastoral", "instrumental"},
		band: []synth.Channel{
			harp(-20), flute(-18), section(-23.5), cello(-25),
		},
		room: room(2.6, 1.1, 4200), tail: 3.3, loud: -17.5,
		song: score.Song{
			Tempo: 74, Beats: 4, Loose: .009,
			Sections: []score.Section{
				{Name: "intro", Chords: "Ebadd9", Level: 1.2, Lines: []score.Line{
					score.Arpeggio("harp", .6, hands, "01234321"), score.Pad("strings", .4, high),
				}},
				{Name: "A", Chords: "Eb | Cm7 | Abmaj7 | Bbsus4 Bb", Lines: slices.Concat(water, []score.Line{
					score.Melody("flute", .7, `G5:2 F5:.5 Eb5 Bb4:1 | Eb5:1.5 G5:.5 Bb5:2 | C6:1.5 Bb5:.5 G5:1 Eb5:1 | F5:1.5 Eb5:.5 D5:2`),
				})},
				{Name: "B", Chords: "Gm7 Abmaj7 | Fm7 Bb7", Level: 1.06, Lines: slices.Concat(water, []score.Line{
					score.Melody("flute", .76, `D5:.5 F5 Bb5:1 Ab5:.5 G5 Eb5:1 | Ab5:1 G5:.5 F5 Eb5:.5 D5 F5:1`),
				})},
				{Name: "outro", Chords: "Ebadd9", Lines: []score.Line{
					score.Arpeggio("harp", .55, hands, "0123456."), score.Pad("strings", .5, high), score.Bass("cello", .5, 39, "R-------"),
					score.Melody("flute", .68, `Eb5:4`),
				}},
			},
		},
	}
}

// cloudIndex drifts: glassy pads, a plucked figure with echoes, hardly a beat.
func cloudIndex() tune {
	mid, high := score.Voicing{Centre: 61, Voices: 4}, score.Voicing{Centre: 71, Voices: 3}
	drift := []score.Line{
		score.Pad("pad", .6, mid), score.Arpeggio("arp", .5, high, "0.2.1.2.0.2.1.3."), score.Bass("bass", .65, 35, "R-------R-------"),
		beat("kick", "x.......o......."), beat("shaker", "....o.......o..."),
	}
	return tune{
		name: "cloud-index", title: "Cloud Index", artist: electric, key: "B", mode: Major,
		affect: tagging.Affect{Valence: .5, Arousal: -.6}, sound: catalog.Sound{Mode: .8, Loudness: .25, Tempo: .2},
		concepts: []string{"cloud", "sky", "dreamy", "dreaming", "flying", "sleeping", "aeroplane", "calm", "underwater"},
		genres:   []string{"ambient", "chillout", "electronic", "instrumental"},
		band: slices.Concat([]synth.Channel{
			glassPad(-20.5), softLead(-19.5), synthPluck("arp", -24.5), subBass(-26),
		}, kit(-5, "kick", "shaker")),
		room: withEcho(room(3.4, 1.25, 4200), 76, .45, 2600), tail: 3.6, loud: -17.5,
		song: score.Song{
			Tempo: 76, Beats: 4, Loose: .003,
			Sections: []score.Section{
				{Name: "intro", Chords: "Badd9", Level: 1.1, Lines: []score.Line{
					score.Pad("pad", .6, mid), score.Arpeggio("arp", .45, high, "0.2.1.2.0.2.1.3."),
				}},
				{Name: "A", Chords: "B E/B | G#m7 Eadd9", Lines: slices.Concat(drift, []score.Line{
					score.Melody("lead", .66, `F#5:1.5 D#5:.5 E5:1 B4:1 | D#5:1.5 B4:.5 G#5:1 F#5:1`),
				})},
				{Name: "B", Chords: "C#m7 F#sus4 | B/D# F#", Level: 1.05, Lines: slices.Concat(drift, []score.Line{
					score.Melody("lead", .7, `E5:1 G#5:1 F#5:1 C#5:1 | D#5:1 F#5:1 C#6:1 A#5:1`),
				})},
				{Name: "outro", Chords: "Emaj7 | Badd9", Lines: []score.Line{
					score.Pad("pad", .55, mid), score.Arpeggio("arp", .45, high, "0.2.1.2.0.2.1.3.|0.2.1.2.3......."), score.Bass("bass", .6, 35, "R---------------"),
					score.Melody("lead", .62, `B5:2 G#5:2 | F#5:4`),
				}},
			},
		},
	}
}
