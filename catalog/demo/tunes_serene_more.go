package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

// orchardGate is a country waltz for nylon strings and a whistle.
func orchardGate() tune {
	hand := score.Voicing{Centre: 57, Voices: 4, Root: true}
	lane := []score.Line{
		score.Arpeggio("guitar", .62, hand, "0.2312"), score.Bass("bass", .6, 31, "R--|R-5"),
		score.Comp("ukulele", .4, score.Voicing{Centre: 66, Voices: 3, Root: true}, ".xx"),
	}
	return tune{
		name: "orchard-gate", title: "Orchard Gate", artist: folk, key: "G", mode: Major,
		affect: tagging.Affect{Valence: .65, Arousal: -.35}, sound: catalog.Sound{Mode: .9, Loudness: .25, Tempo: .35},
		concepts: []string{"garden", "tree", "countryside", "farm", "village", "fruit", "peaceful", "sheep", "grass", "country-life"},
		genres:   []string{"folk", "acoustic", "instrumental"},
		band: []synth.Channel{
			nylonGuitar(-19), whistle(-19.5), uprightBass(-21.5), ukulele(-27),
		},
		room: room(1.4, .7, 4200), tail: 2.8, loud: -17,
		song: score.Song{
			Tempo: 94, Beats: 3, Loose: .008,
			Sections: []score.Section{
				{Name: "intro", Chords: "G | C/G", Level: 1.15, Lines: []score.Line{
					score.Arpeggio("guitar", .62, hand, "0.2312"), score.Bass("bass", .55, 31, "R--"),
				}},
				{Name: "A", Chords: "G | Em | C | D", Lines: slices.Concat(lane, []score.Line{
					score.Melody("whistle", .7, `B4:1 D5:1 G5:1 | F#5:.5 G5:1.5 E5:1 | E5:1 G5:1 E5:1 | D5:2 A4:1`),
				})},
				{Name: "B", Chords: "C | G/B | Am7 | D7", Level: 1.05, Lines: slices.Concat(lane, []score.Line{
					score.Melody("whistle", .76, `G5:1.5 E5:.5 C5:1 | D5:1.5 B4:.5 G4:1 | A4:1 C5:1 E5:1 | F#5:1 D5:1 A4:1`),
				})},
				{Name: "outro", Chords: "C/G | G", Lines: []score.Line{
					score.Arpeggio("guitar", .6, hand, "0.2312|012345"), score.Bass("bass", .55, 31, "R--"),
					score.Melody("whistle", .68, `G5:1 E5:1 C5:1 | B4:1 G4:2`),
				}},
			},
		},
	}
}

// mossAndWater is kalimba, vibraphone and a hand drum.
func mossAndWater() tune {
	thumb, low := score.Voicing{Centre: 69, Voices: 3, Root: true}, score.Voicing{Centre: 57, Voices: 3}
	stream := []score.Line{
		score.Arpeggio("kalimba", .6, thumb, "0.12.10.2.10.21."), score.Pad("pad", .4, low), score.Bass("marimba", .55, 38, "R.....5.R......."),
		beat("low drum", "x.......x..o...."), beat("high drum", "....o..o....o..."), beat("shaker", "o...o...o...o..."),
	}
	return tune{
		name: "moss-and-water", title: "Moss and Water", artist: mallets, key: "D", mode: Major,
		affect: tagging.Affect{Valence: .55, Arousal: -.45}, sound: catalog.Sound{Mode: .8, Loudness: .25, Tempo: .3},
		concepts: []string{"forest", "river", "waterfall", "leaf", "peaceful", "nature", "temple", "frog", "contemplative", "stone"},
		genres:   []string{"world", "ambient", "instrumental"},
		band: slices.Concat([]synth.Channel{
			kalimba(-20.5), vibes(-18.5), marimba(-22), glassPad(-26),
		}, kit(-3, "low drum", "high drum", "shaker")),
		room: room(2.1, .95, 4600), tail: 3, loud: -17.5,
		song: score.Song{
			Tempo: 80, Beats: 4, Loose: .006,
			Sections: []score.Section{
				{Name: "intro", Chords: "D", Level: 1.15, Lines: []score.Line{
					score.Arpeggio("kalimba", .6, thumb, "0.12.10.2.10.21."), score.Pad("pad", .35, low),
				}},
				{Name: "A", Chords: "D | Bm7 | Gmaj7 | Asus4", Lines: slices.Concat(stream, []score.Line{
					score.Melody("vibes", .7, `A5:1 F#5:1 E5:1.5 D5:.5 | F#5:1.5 D5:.5 B4:2 | B4:1 D5:1 F#5:2 | E5:2 D5:1 A4:1`),
				})},
				{Name: "B", Chords: "Em7 A | D/F# G", Level: 1.05, Lines: slices.Concat(stream, []score.Line{
					score.Melody("vibes", .75, `G5:1 B5:1 A5:1 E5:1 | F#5:1 A5:1 B5:1 D5:1`),
				})},
				{Name: "outro", Chords: "D", Lines: []score.Line{
					score.Arpeggio("kalimba", .55, thumb, "0.12.10.2.3....."), score.Pad("pad", .4, low), score.Bass("marimba", .55, 38, "R..............."),
					score.Melody("vibes", .66, `A5:1 F#5:1 D5:2`),
				}},
			},
		},
	}
}

// twoGlasses is a slow bossa nova.
func twoGlasses() tune {
	hand, right := score.Voicing{Centre: 57, Voices: 4}, score.Voicing{Centre: 63, Voices: 4}
	bossa := []score.Line{
		score.Comp("guitar", .6, hand, "x--x--x---x--x--|x--x---x--x---x-"), score.Bass("bass", .7, 32, "R-----5-R-----a-"),
		beat("rim", "o..o..o...o..o.."), beat("sweep", "x...x...x...x..."), beat("kick", "o.....o.o.....o."),
		score.Comp("piano", .35, right, "..........x-----|................"),
	}
	return tune{
		name: "two-glasses-by-candlelight", title: "Two Glasses by Candlelight", artist: quartet, key: "Ab", mode: Major,
		affect: tagging.Affect{Valence: .6, Arousal: -.3}, sound: catalog.Sound{Mode: .7, Loudness: .25, Tempo: .25},
		concepts: []string{"candlelight", "wine", "romantic", "restaurant", "couple", "love", "sensual", "tender", "balcony", "rose"},
		genres:   []string{"bossa-nova", "jazz", "instrumental"},
		band: slices.Concat([]synth.Channel{
			nylonGuitar(-20), clarinet(-18.5), uprightBass(-20), piano(-25),
		}, kit(-4, "rim", "sweep", "kick")),
		room: room(1.6, .75, 3800), tail: 3, loud: -17,
		song: score.Song{
			Tempo: 66, Beats: 4, Loose: .006,
			Sections: []score.Section{
				{Name: "intro", Chords: "Abmaj7", Level: 1.1, Lines: []score.Line{
					score.Comp("guitar", .6, hand, "x--x--x---x--x--"), score.Bass("bass", .65, 32, "R-----5-R-----5-"),
				}},
				{Name: "A", Chords: "Abmaj7 Fm9 | Bbm9 Eb13", Lines: slices.Concat(bossa, []score.Line{
					score.Melody("clarinet", .72, `Eb5:1.5 C5:.5 Ab4:1 G4:1 | F4:.5 Ab4 C5:1 Db5:.5 C5 Bb4:1`),
				})},
				{Name: "B", Chords: "Cm7 F7b9 | Bbm9 Eb7b9", Level: 1.05, Lines: slices.Concat(bossa, []score.Line{
					score.Melody("clarinet", .78, `G5:1.5 Eb5:.5 Gb5:.5 F5 A4:1 | Db5:.5 F5 Ab5:1 G5:.5 E5 Db5:1`),
				})},
				{Name: "outro", Chords: "Abmaj7", Lines: []score.Line{
					score.Comp("guitar", .55, hand, "x--x--x---------"), score.Bass("bass", .65, 32, "R---------------"), score.Comp("piano", .35, right, "......x---------"),
					score.Melody("clarinet", .68, `C5:.5 Eb5 Ab4:3`),
				}},
			},
		},
	}
}
