package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

func joyfulTunes() []tune {
	return []tune{saturdayMarket(), paperKites(), neonConfetti(), longRoadSinging(), coconutClock(), hatTrickSwing()}
}

// saturdayMarket is Motown-like soul: clavinet against electric piano, a horn riff, claps.
func saturdayMarket() tune {
	low, mid := score.Voicing{Centre: 57, Voices: 4}, score.Voicing{Centre: 64, Voices: 3}
	groove := []score.Line{
		beat("kick", "X.....x.x.x....."),
		beat("snare", "....X..o.o..X..o"),
		beat("hat", "x.xox.x.x.xox.xo"),
		beat("tambourine", "..x...x...x...x."),
		score.Bass("bass", .85, 28, "R--R..5.8-.5R.a.|R--R..3.5-.8..a."),
		score.Comp("rhodes", .55, low, "..x-..x-.x-...x-"),
		score.Comp("clav", .6, mid, "x.o..xo.x.o.x.oo"),
	}
	with := func(lines ...score.Line) []score.Line { return slices.Concat(groove, lines) }
	return tune{
		name: "saturday-market", title: "Saturday Market", artist: houseBand, key: "G", mode: Major,
		affect: tagging.Affect{Valence: .75, Arousal: .55}, sound: catalog.Sound{Mode: .85, Loudness: .6, Tempo: .6},
		concepts: []string{"market", "city", "street", "friends", "joyful", "sunshine", "fruit", "shopping"},
		genres:   []string{"soul", "funk", "instrumental"},
		band: slices.Concat([]synth.Channel{
			electricBass(-18.5), rhodes(-23), clav(-27), horns(-18.5),
		}, kit(0, "kick", "snare", "hat", "tambourine", "clap", "crash")),
		room: room(1.1, .6, 5200), tail: 2, loud: -15,
		song: score.Song{
			Tempo: 112, Beats: 4, Shuffle: .10,
			Sections: []score.Section{
				{Name: "intro", Chords: "G | C/G", Level: 1.1, Lines: []score.Line{
					beat("kick", "X.....x.x.x....."), beat("hat", "x.xox.x.x.xox.xo"), beat("clap", "....x.......x..."),
					score.Bass("bass", .85, 28, "R--R..5.8-.5R.a."), score.Comp("clav", .6, mid, "x.o..xo.x.o.x.oo"),
				}},
				{Name: "A", Chords: "G | Em7 | Am7 | D7sus4 D7", Lines: with(
					score.Drum("crash", .7, 60, "x...............|................|................|................"),
					score.Melody("horns", .8, `D5:.75 B4:.25 D5:.5 E5:1 D5:.5 B4:1 | G4:.75 B4:.25 D5:.5 E5:1 D5:.5 B4:1 |
						C5:.75 E5:.25 E5:.5 G5:1 E5:.5 C5:1 | D5:.75 C5:.25 A4:.5 B4:.5 A4:1 _:1`))},
				{Name: "B", Chords: "Cmaj7 | Bm7 | Am7 | D7", Level: 1.05, Lines: with(
					beat("clap", "....x.......x..."),
					score.Melody("horns", .85, `E5:1.5 D5:.5 E5:1 G5:1 | F#5:1.5 D5:.5 B4:2 |
						C5:.5 D5 E5 G5 A5:1! G5:.5 E5 | F#5:1 E5:.5 D5 C5:.5 B4 A4:1`))},
				{Name: "outro", Chords: "G C | G", Lines: []score.Line{
					beat("kick", "X.....x.x.x.....|X..............."), beat("snare", "....X..o.o..X.XX|................"),
					beat("hat", "x.xox.x.x.xox.x.|................"), beat("crash", "................|x..............."),
					score.Bass("bass", .85, 28, "R--R..5.R--R5.a.|R---------------"),
					score.Comp("rhodes", .6, low, "..x-..x-.x-...x-|x---------------"),
					score.Melody("horns", .85, `B4:.5 D5 G5:1 E5:.5 G5 A5:1 | G5:4`),
				}},
			},
		},
	}
}

// paperKites is pizzicato and flute, with a glockenspiel on top.
func paperKites() tune {
	mid := score.Voicing{Centre: 64, Voices: 3, Root: true}
	a := `A5:1 F#5:.5 G5 A5:1 D6:1 | C#6:1 B5:.5 C#6 D6:1 B5:1 | G5:.5 A5 B5 A5 G5:1 D5:1 | E5:.5 F#5 G5 E5 C#5:1 A4:1`
	b := `B5:1.5 A5:.5 G5:1 B5:1 | A5:1.5 F#5:.5 D5:2 | G5:.5 F#5 E5 F#5 G5:1 B5:1 | A5:1 G5:.5 E5 C#5:.5 E5 A5:1`
	return tune{
		name: "paper-kites", title: "Paper Kites", artist: chamber, key: "D", mode: Major,
		affect: tagging.Affect{Valence: .8, Arousal: .4}, sound: catalog.Sound{Mode: .95, Loudness: .4, Tempo: .75},
		concepts: []string{"flying", "sky", "playful", "child", "wind", "meadow", "spring", "balloon", "playing"},
		genres:   []string{"classical", "chamber", "instrumental"},
		band: slices.Concat([]synth.Channel{
			pizzicato(-21), flute(-18), glockenspiel(-27), section(-28), named("low", pizzicato(-21)),
		}, kit(0, "triangle", "tambourine")),
		room: room(1.7, .85, 5200), tail: 2.4, loud: -16.5,
		song: score.Song{
			Tempo: 132, Beats: 4, Loose: .006,
			Sections: []score.Section{
				{Name: "intro", Chords: "D | G/D A", Level: 1.1, Lines: []score.Line{
					score.Bass("low", .8, 38, "R...5...|R...R..."),
					score.Arpeggio("pizzicato", .65, mid, ".012.210"),
					score.Melody("glockenspiel", .5, `_:2 A5:.5 F#5 D6:1 | _:2 E6:.5 C#6 A5:1`),
				}},
				{Name: "A", Chords: "D | Bm | G | A", Lines: []score.Line{
					score.Bass("low", .8, 38, "R...5..."),
					score.Comp("pizzicato", .55, mid, "..x...x.|..x.x.x."),
					beat("triangle", "....x..."), score.Pad("strings", .5, score.Voicing{Centre: 62, Voices: 3}),
					score.Melody("flute", .8, a),
				}},
				{Name: "B", Chords: "G | D/F# | Em7 | A7", Level: 1.08, Lines: []score.Line{
					score.Bass("low", .85, 38, "R.5.8.5."),
					score.Arpeggio("pizzicato", .6, mid, "01210121"),
					beat("triangle", "....x..."), beat("tambourine", "..x...x."),
					score.Pad("strings", .6, score.Voicing{Centre: 66, Voices: 3}),
					score.Melody("flute", .85, b),
					score.Melody("glockenspiel", .5, `B6:1.5 A6:.5 G6:1 B6:1 | A6:1.5 F#6:.5 D6:2 | _:2 G6:1 B6:1 | A6:1 _:2 A6:1`),
				}},
				{Name: "outro", Chords: "D G/D | D", Lines: []score.Line{
					score.Bass("low", .85, 38, "R.5.R.5.|R...R..."),
					score.Comp("pizzicato", .6, mid, "..x...x.|..x.X..."),
					score.Pad("strings", .6, score.Voicing{Centre: 66, Voices: 3}),
					score.Melody("flute", .85, `D6:1 A5:.5 F#5 G5:.5 B5 D6:1 | F#5:.5 A5 D6:3`),
					score.Melody("glockenspiel", .5, `_:4 | _:1 D6:.5 A6 D7:2`),
				}},
			},
		},
	}
}

// neonConfetti is house music: four to the floor, a pumping pad, a plucked hook.
func neonConfetti() tune {
	mid, high := score.Voicing{Centre: 62, Voices: 4}, score.Voicing{Centre: 69, Voices: 3}
	drums := []score.Line{
		beat("boom", "x...x...x...x..."), beat("clap", "....x.......x..."), beat("open", "..x...x...x...x."),
		beat("shaker", "x.ox.ox.x.ox.oxo"),
	}
	hook := `B4:.75 E5:.75 G#5:.5 F#5:.75 E5:.75 F#5:.5 | D#5:.75 F#5:.75 B5:.5 A5:.75 F#5:.75 D#5:.5 |
		E5:.75 G#5:.75 B5:.5 G#5:.75 E5:.75 G#5:.5 | A5:.75 G#5:.75 E5:.5 C#5:1 B4:1`
	return tune{
		name: "neon-confetti", title: "Neon Confetti", artist: electric, key: "E", mode: Major,
		affect: tagging.Affect{Valence: .7, Arousal: .8}, sound: catalog.Sound{Mode: .85, Loudness: .8, Tempo: .72},
		concepts: []string{"party", "dancing", "nightclub", "neon", "excited", "fireworks", "crowd", "festival", "nightlife"},
		genres:   []string{"house", "electronic", "dance", "instrumental"},
		band: slices.Concat([]synth.Channel{
			synthBass(-18.5), synthPluck("stab", -23), synthPluck("lead", -18), pumped(warmPad(-23), 124),
		}, kit(0, "boom", "clap", "open", "shaker", "swell", "crash")),
		room: withEcho(room(1.6, .8, 5000), 124, .38, 3200), tail: 2.4, loud: -14.5,
		song: score.Song{
			Tempo: 124, Beats: 4, Loose: .0015,
			Sections: []score.Section{
				{Name: "intro", Chords: "E | A", Level: 1.1, Lines: []score.Line{
					beat("boom", "x...x...x...x..."), beat("open", "..x...x...x...x."), beat("swell", "........|x......."),
					score.Comp("stab", .55, mid, "x..x..x...x..x.."), score.Pad("pad", .5, mid),
				}},
				{Name: "A", Chords: "E | B/D# | C#m7 | A", Lines: slices.Concat(drums, []score.Line{
					beat("crash", "x...|....|....|...."),
					score.Bass("bass", .8, 28, "..R-..R-..R-.R8."),
					score.Pad("pad", .6, mid), score.Melody("lead", .8, hook),
				})},
				{Name: "B", Chords: "A | B | C#m7 | E/G#", Level: 1.05, Lines: slices.Concat(drums, []score.Line{
					beat("crash", "x...|....|....|...."),
					score.Bass("bass", .85, 28, "..R-.RR-..R-.R8R"),
					score.Comp("stab", .6, high, "x..x..x...x..x.x"), score.Pad("pad", .7, high),
					score.Melody("lead", .85, `C#6:1.5 B5:1.5 A5:1 | B5:1.5 F#5:1.5 D#5:1 | E5:.5 F#5 G#5 B5 C#6:1! B5:1 | G#5:1.5 F#5:.5 E5:2`),
				})},
				{Name: "outro", Chords: "A B | E", Lines: []score.Line{
					beat("boom", "x...x...x...x...|x..............."), beat("clap", "....x.......x.xx|................"),
					beat("open", "..x...x...x...x.|................"), beat("crash", "....|x..."),
					score.Bass("bass", .85, 28, "..R-..R-..R-..R-|R-------........"),
					score.Pad("pad", .7, mid), score.Comp("stab", .6, mid, "x..x..x...x..x..|x..............."),
					score.Melody("lead", .85, `E5:.75 A5:.75 C#6:.5 B5:.75 F#5:.75 D#5:.5 | E5:.75 G#5:.75 B5:.5 E6:2!`),
				}},
			},
		},
	}
}
