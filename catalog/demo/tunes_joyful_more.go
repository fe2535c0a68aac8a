package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

// longRoadSinging is a strummed guitar, somebody whistling and feet on the floor.
func longRoadSinging() tune {
	guitar := score.Voicing{Centre: 57, Voices: 5, Root: true}
	band := []score.Line{
		beat("kick", "X...x...X...x..."), beat("tambourine", "..x.x.x...x.x.xx"), beat("clap", "....x.......x..."),
		score.Bass("bass", .8, 33, "R-----5-R---5-a-"),
		score.Strum("guitar", .7, guitar, "D..d.u.udud.d.u."),
	}
	return tune{
		name: "long-road-singing", title: "Long Road, Singing", artist: folk, key: "A", mode: Major,
		affect: tagging.Affect{Valence: .7, Arousal: .45}, sound: catalog.Sound{Mode: .9, Loudness: .5, Tempo: .58},
		concepts: []string{"road", "driving", "travelling", "freedom", "country-life", "friends", "carefree", "highway", "singing"},
		genres:   []string{"folk", "indie-folk", "instrumental"},
		band: slices.Concat([]synth.Channel{
			steelGuitar(-19.5), whistle(-18), uprightBass(-20.5), named("answer", steelGuitar(-23)),
		}, kit(-2, "kick", "tambourine", "clap")),
		room: room(1.0, .55, 5500), tail: 2.3, loud: -15.5,
		song: score.Song{
			Tempo: 108, Beats: 4, Shuffle: .06,
			Sections: []score.Section{
				{Name: "intro", Chords: "A | D/A", Level: 1.1, Lines: []score.Line{
					score.Strum("guitar", .7, guitar, "D..d.u.udud.d.u."), beat("kick", "X.......X......."),
					score.Melody("answer", .6, `_:2 E5:.5 C#5 A4:1 | _:2 F#5:.5 D5 A4:1`),
				}},
				{Name: "A", Chords: "A | D | F#m | E", Lines: slices.Concat(band, []score.Line{
					score.Melody("whistle", .8, `E5:1 C#5:.5 E5 A5:1.5 G#5:.5 | F#5:1 D5:.5 F#5 A5:2 | C#6:1 B5:.5 A5 B5:1 A5:.5 F#5 | G#5:1.5 F#5:.5 E5:2`),
				})},
				{Name: "B", Chords: "D | A/C# | Bm7 | E", Level: 1.06, Lines: slices.Concat(band, []score.Line{
					score.Melody("whistle", .85, `F#5:.5 A5 D6:1.5 C#6:.5 A5:1 | E5:.5 A5 C#6:1.5 B5:.5 A5:1 | B5:1 A5:.5 F#5 D5:1 F#5:1 | E5:1 F#5:.5 G#5 B5:2`),
					score.Melody("answer", .55, `_:3 F#5:.5 E5 | _:3 E5:.5 C#5 | _:2 B4:.5 D5 F#5:1 | _:2 G#4:.5 B4 E5:1`),
				})},
				{Name: "outro", Chords: "D E | A", Lines: []score.Line{
					beat("kick", "X...x...X...x...|X..............."), beat("tambourine", "..x.x.x...x.x.xx|x..............."),
					beat("clap", "....x.......x...|................"), score.Bass("bass", .8, 33, "R---5---R---5-a-|R---------------"),
					score.Strum("guitar", .7, guitar, "D..d.u.uD..d.u.u|D---------------"),
					score.Melody("whistle", .8, `A5:1 F#5:.5 A5 B5:1 G#5:1 | A5:4`),
				}},
			},
		},
	}
}

// coconutClock is a calypso for steel pan and marimba.
func coconutClock() tune {
	mid := score.Voicing{Centre: 60, Voices: 3, Root: true}
	rhythm := []score.Line{
		beat("kick", "x.....x.x.....x."), beat("shaker", "xoxoxoxoxoxoxoxo"), beat("block", "x..x..x...x.x..."),
		beat("low drum", "...x..xx...x..xx"), beat("high drum", "x.....x...x...x."), beat("rim", "....x.......x..."),
		score.Bass("bass", .85, 33, "R-.5--8-..R-5-a."),
		score.Comp("marimba", .6, mid, "x.xx.x.xx.x.xx.x"),
		score.Comp("ukulele", .5, score.Voicing{Centre: 67, Voices: 4, Root: true}, "..x...x...x...x."),
	}
	return tune{
		name: "coconut-clock", title: "Coconut Clock", artist: mallets, key: "C", mode: Major,
		affect: tagging.Affect{Valence: .85, Arousal: .5}, sound: catalog.Sound{Mode: .95, Loudness: .5, Tempo: .65},
		concepts: []string{"beach", "summer", "holiday", "carnival", "dancing", "sea", "carefree", "sunshine", "parrot", "island"},
		genres:   []string{"calypso", "latin", "instrumental"},
		band: slices.Concat([]synth.Channel{
			steelPan(-17.5), marimba(-23), ukulele(-27), electricBass(-19.5),
		}, kit(-1, "kick", "shaker", "block", "low drum", "high drum", "rim")),
		room: room(1.0, .6, 6000), tail: 2.1, loud: -15.5,
		song: score.Song{
			Tempo: 116, Beats: 4, Shuffle: .04,
			Sections: []score.Section{
				{Name: "intro", Chords: "C | F G", Level: 1.15, Lines: []score.Line{
					beat("shaker", "xoxoxoxoxoxoxoxo"), beat("block", "x..x..x...x.x..."), score.Comp("marimba", .65, mid, "x.xx.x.xx.x.xx.x"),
					score.Bass("bass", .8, 33, "R-.5--8-..R-5-a."),
				}},
				{Name: "A", Chords: "C | F G | C | G7", Lines: slices.Concat(rhythm, []score.Line{
					score.Melody("pan", .8, `E5:.5 G5 _ E5 G5 A5 G5:1 | A5:.75 G5:.75 F5:.5 D5:.75 E5:.75 D5:.5 |
						C5:.5 E5 G5 C6 B5 A5 G5:1 | F5:.75 E5:.75 D5:.5 B4:1 G4:1`),
				})},
				{Name: "B", Chords: "Am | F | Dm7 | G7", Level: 1.05, Lines: slices.Concat(rhythm, []score.Line{
					score.Melody("pan", .85, `A4:.5 C5 E5 A5:1 G5:.5 E5:1 | F5:.75 A5:.75 C6:.5 A5:1 F5:1 |
						D5:.5 F5 A5 C6:1 A5:.5 F5:1 | G5:.75 F5:.75 D5:.5 B4:.5 D5 G5:1`),
				})},
				{Name: "outro", Chords: "F G | C", Lines: []score.Line{
					beat("shaker", "xoxoxoxoxoxoxoxo|x..............."), beat("block", "x..x..x...x.x...|x..x..x........."),
					beat("kick", "x.....x.x.....x.|x..............."), score.Comp("marimba", .65, mid, "x.xx.x.xx.x.xx.x|x..x..X---------"),
					score.Bass("bass", .85, 33, "R-.5--8-R-.5--a-|R..5..R---------"),
					score.Melody("pan", .85, `A5:.5 C6 A5 F5 G5 B5 D6:1 | C6:.75 G5:.75 C6:2.5!`),
				}},
			},
		},
	}
}

// hatTrickSwing is fast swing: clarinet, piano, bass and a ride cymbal over rhythm changes.
func hatTrickSwing() tune {
	left := score.Voicing{Centre: 58, Voices: 4}
	swing := []score.Line{
		beat("ride", "x.x.X.xo"), beat("hat", "..x...x."), beat("kick", "o.o.o.o."), beat("tap", "...o...x|.....o.."),
	}
	return tune{
		name: "hat-trick-swing", title: "Hat-Trick Swing", artist: quartet, key: "Bb", mode: Major,
		affect: tagging.Affect{Valence: .7, Arousal: .6}, sound: catalog.Sound{Mode: .75, Loudness: .5, Tempo: .85},
		concepts: []string{"hat", "cafe", "dancing", "bar", "vintage", "1930s", "funny", "city-life", "playful"},
		genres:   []string{"jazz", "swing", "instrumental"},
		band: slices.Concat([]synth.Channel{
			clarinet(-17.5), piano(-22), uprightBass(-18.5),
		}, kit(-3, "ride", "hat", "kick", "tap", "crash")),
		room: room(.9, .5, 5000), tail: 2, loud: -16,
		song: score.Song{
			Tempo: 148, Beats: 4, Swing: .15, Loose: .007,
			Sections: []score.Section{
				{Name: "intro", Chords: "Cm7 F7 | Bb6 F7", Level: 1.1, Lines: slices.Concat(swing, []score.Line{
					score.Bass("bass", .8, 34, "R3Ra"), score.Comp("piano", .65, left, "x..x....|..x..x.."),
				})},
				{Name: "A", Chords: "Bb6 | Cm7 F7 | Bb6 G7 | Cm7 F7 | Bb7 | Eb6 Ebm6 | Bb6/F G7 | Cm7 F7", Lines: slices.Concat(swing, []score.Line{
					score.Bass("bass", .8, 34, "R356|R5R5|R3Ra|R3R5|R356|R5R3|R5Ra|R3Ra"),
					score.Comp("piano", .6, left, "..x...x.|.x....x.|x..x....|..x..x.."),
					score.Melody("clarinet", .8, `D5:.5 F5 G5 F5 _ D5 F5:1 | Eb5:.5 G5 A5 G5 _ Eb5 F5:1 | F5:.5 A5 Bb5 A5 _ F5 G5:1 | G5:.5 Eb5 C5:1 A4:.5 C5 F5:1 |
						D5:.5 F5 Ab5:1 G5:.5 F5 D5:1 | G5:.5 Bb5 C6:1! Bb5:.5 Gb5 Eb5:1 | F5:.5 G5 F5 D5 B4 D5 F5:1 | Eb5:.5 D5 C5 A4 Bb4:1 _:1`),
				})},
				{Name: "B", Chords: "Eb6 | Bb6/D | C7 | F7", Level: 1.06, Lines: slices.Concat(swing, []score.Line{
					score.Bass("bass", .85, 34, "R358|R357|R35a|R35a"),
					score.Comp("piano", .65, left, "..x..x..|x..x..x."),
					score.Melody("clarinet", .85, `G5:1.5 Bb5:.5 C6:1 Bb5:1 | F5:1.5 G5:.5 D5:2 | E5:1.5 G5:.5 Bb5:1 G5:1 | A5:1 G5:.5 F5 Eb5 D5 C5:1`),
				})},
				{Name: "outro", Chords: "Cm7 F7 | Bb6", Lines: []score.Line{
					beat("ride", "x.x.X.xo|x......."), beat("hat", "..x...x.|........"), beat("kick", "o.o.o.o.|x...x..."), beat("crash", "........|....x..."),
					score.Bass("bass", .85, 34, "R3R5|R.R-"), score.Comp("piano", .7, left, "..x..x..|x...X---"),
					score.Melody("clarinet", .85, `D5:.5 F5 G5 F5 A5 F5 G5:1 | Bb5:1 F5:.5 D5 Bb4:2!`),
				}},
			},
		},
	}
}
