package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

// lettersInTheRain is a picked guitar, a flute in its low register and a cello.
func lettersInTheRain() tune {
	hand := score.Voicing{Centre: 56, Voices: 4, Root: true}
	picking := []score.Line{
		score.Arpeggio("guitar", .65, hand, "0.2.1.3.0.2.1.3."), score.Bass("bass", .6, 33, "R-------R-----5-"), score.Pad("cello", .4, score.Voicing{Centre: 52, Voices: 2}),
	}
	return tune{
		name: "letters-in-the-rain", title: "Letters in the Rain", artist: folk, key: "A", mode: Minor,
		affect: tagging.Affect{Valence: -.4, Arousal: -.45}, sound: catalog.Sound{Mode: .25, Loudness: .25, Tempo: .3},
		concepts: []string{"rain", "letter", "farewell", "leaving", "autumn", "window", "wistful", "leaf", "heartbreak", "waiting"},
		genres:   []string{"folk", "acoustic", "instrumental"},
		band: []synth.Channel{
			nylonGuitar(-19), flute(-19), uprightBass(-22), cello(-25),
		},
		room: room(1.9, .85, 3600), tail: 3, loud: -17.5,
		song: score.Song{
			Tempo: 78, Beats: 4, Loose: .008,
			Sections: []score.Section{
				{Name: "intro", Chords: "Am", Level: 1.2, Lines: []score.Line{
					score.Arpeggio("guitar", .65, hand, "0.2.1.3.0.2.1.3."), score.Bass("bass", .5, 33, "R---------------"),
				}},
				{Name: "A", Chords: "Am | Dm | F | E", Lines: slices.Concat(picking, []score.Line{
					score.Melody("flute", .7, `E5:1.5 D5:.5 C5:1 A4:1 | F5:1.5 E5:.5 D5:2 | C5:1 A4:.5 C5 F5:1 C5:1 | E5:1.5 D5:.5 B4:1 G#4:1`),
				})},
				{Name: "B", Chords: "F C/E | Dm E7", Level: 1.06, Lines: slices.Concat(picking, []score.Line{
					score.Melody("flute", .78, `A4:.5 C5 F5:1 E5:.5 D5 C5:1 | D5:.5 F5 A5:1 G#5:.5 F5 E5:1`),
				})},
				{Name: "outro", Chords: "Am", Lines: []score.Line{
					score.Arpeggio("guitar", .6, hand, "0.2.1.3.0.2.3---"), score.Bass("bass", .55, 33, "R---------------"), score.Pad("cello", .4, score.Voicing{Centre: 52, Voices: 2}),
					score.Melody("flute", .65, `A4:1 C5:1 A4:2`),
				}},
			},
		},
	}
}

// snowOnTheCarousel is a music box that runs down.
func snowOnTheCarousel() tune {
	box, low := score.Voicing{Centre: 67, Voices: 3}, score.Voicing{Centre: 56, Voices: 3}
	turning := []score.Line{
		score.Comp("vibes", .45, low, ".xx"), score.Bass("marimba", .55, 41, "R.."), score.Arpeggio("box", .4, box, "0121.."), score.Pad("strings", .4, low),
	}
	return tune{
		name: "snow-on-the-carousel", title: "Snow on the Carousel", artist: mallets, key: "F", mode: Minor,
		affect: tagging.Affect{Valence: -.3, Arousal: -.5}, sound: catalog.Sound{Mode: .25, Loudness: .2, Tempo: .3},
		concepts: []string{"snow", "winter", "childhood", "funfair", "toy", "memory", "nostalgic", "doll", "playground", "bittersweet"},
		genres:   []string{"soundtrack", "waltz", "instrumental"},
		band: []synth.Channel{
			celesta(-18), named("box", celesta(-26)), vibes(-24), marimba(-23), section(-30),
		},
		room: room(2.4, 1, 4500), tail: 3, loud: -17.5,
		song: score.Song{
			Tempo: 88, Beats: 3, Loose: .006,
			Sections: []score.Section{
				{Name: "intro", Chords: "Fm", Level: 1.2, Lines: []score.Line{
					score.Comp("vibes", .45, low, ".xx"), score.Bass("marimba", .55, 41, "R.."), score.Arpeggio("box", .45, box, "012121"),
				}},
				{Name: "A", Chords: "Fm | Db | Bbm | C7", Lines: slices.Concat(turning, []score.Line{
					score.Melody("celesta", .7, `C6:1 Ab5:1 F5:1 | F5:1.5 Ab5:.5 Db6:1 | Bb5:1 Db6:1 F5:1 | G5:2 E5:1`),
				})},
				{Name: "B", Chords: "Ab | Eb/G | Db | C7", Level: 1.06, Lines: slices.Concat(turning, []score.Line{
					score.Melody("celesta", .75, `C6:1.5 Bb5:.5 Ab5:1 | Bb5:1.5 Ab5:.5 G5:1 | Ab5:1 F5:1 Db5:1 | E5:1 G5:1 Bb5:1`),
				})},
				{Name: "outro", Chords: "Fm | Fm", Level: .92, Lines: []score.Line{
					score.Comp("vibes", .45, low, ".xx|.x-"), score.Bass("marimba", .55, 41, "R.."), score.Arpeggio("box", .4, box, "0121..|0....."), score.Pad("strings", .4, low),
					score.Melody("celesta", .65, `Ab5:1 C6:1 G5:1 | F5:3`),
				}},
			},
		},
	}
}

// closingTime is a ballad: the chairs are on the tables already.
func closingTime() tune {
	hand := score.Voicing{Centre: 58, Voices: 4}
	ballad := []score.Line{
		score.Comp("piano", .5, hand, "x-----o-x---..o-"), score.Bass("bass", .75, 28, "R-----5-R-----a-"),
		beat("sweep", "x...x...x...x..."), beat("tap", "....o.......o..."), beat("ride", "x..ox...x..ox..."),
	}
	return tune{
		name: "closing-time-harbour-street", title: "Closing Time, Harbour Street", artist: quartet, key: "D", mode: Minor,
		affect: tagging.Affect{Valence: -.3, Arousal: -.45}, sound: catalog.Sound{Mode: .3, Loudness: .25, Tempo: .15},
		concepts: []string{"harbour", "bar", "night", "smoking", "wine", "longing", "lonely", "street", "farewell", "1950s"},
		genres:   []string{"jazz", "ballad", "instrumental"},
		band: slices.Concat([]synth.Channel{
			clarinet(-18), piano(-21.5), uprightBass(-19.5),
		}, kit(-3, "sweep", "tap", "ride")),
		room: room(1.7, .8, 3600), tail: 3.2, loud: -17.5,
		song: score.Song{
			Tempo: 66, Beats: 4, Shuffle: .12, Loose: .010,
			Sections: []score.Section{
				{Name: "intro", Chords: "Dm9 A7b9", Level: 1.1, Lines: []score.Line{
					score.Comp("piano", .55, hand, "x---.x--x-----x-"), score.Bass("bass", .7, 28, "R-------R-----5-"),
				}},
				{Name: "A", Chords: "Dm9 Bbmaj7 | Em7b5 A7", Lines: slices.Concat(ballad, []score.Line{
					score.Melody("clarinet", .75, `A4:.5 D5 F5:1.5 E5:.5 D5:1 | G4:.5 Bb4 D5:1 C#5:1.5 E5:.5`),
				})},
				{Name: "B", Chords: "Gm9 C9 | Fmaj7 A7b9", Level: 1.06, Lines: slices.Concat(ballad, []score.Line{
					score.Melody("clarinet", .82, `F5:1.5 D5:.5 E5:1 C5:1 | A5:1.5 G5:.5 E5:1 C#5:1`),
				})},
				{Name: "outro", Chords: "Dm", Lines: []score.Line{
					score.Comp("piano", .5, hand, "..x-------------"), score.Bass("bass", .7, 28, "R---------------"), beat("sweep", "x..............."), beat("ride", "x..............."),
					score.Melody("clarinet", .7, `F5:.5 E5 D5:3`),
				}},
			},
		},
	}
}
