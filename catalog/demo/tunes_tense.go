package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

func tenseTunes() []tune {
	return []tune{wrongTurn(), stairwell(), redLine(), beforeTheFlood(), clockworkSpiders(), alibi()}
}

// wrongTurn is a spy film's surf guitar over a bass that does not stop.
func wrongTurn() tune {
	mid := score.Voicing{Centre: 59, Voices: 3}
	drive := []score.Line{
		beat("kick", "x..x..x.x..x..x."), beat("snare", "....X.......X..o"), beat("ride", "x.x.x.x.x.x.x.x."),
		score.Bass("bass", .85, 28, "RRRRRRRR"),
		score.Comp("organ", .5, mid, "x--.x-..x--.x-.."),
	}
	return tune{
		name: "wrong-turn", title: "Wrong Turn", artist: houseBand, key: "E", mode: Minor,
		affect: tagging.Affect{Valence: -.35, Arousal: .6}, sound: catalog.Sound{Mode: .2, Loudness: .65, Tempo: .7},
		concepts: []string{"driving", "night", "crime", "car", "highway", "tense", "street", "racing", "1960s"},
		genres:   []string{"surf", "rock", "instrumental"},
		band: slices.Concat([]synth.Channel{
			electricBass(-18.5), twang(-17.5), organ(-26),
		}, kit(0, "kick", "snare", "ride", "crash", "tom")),
		room: room(1.8, .8, 4500), tail: 2.4, loud: -15,
		song: score.Song{
			Tempo: 126, Beats: 4,
			Sections: []score.Section{
				{Name: "intro", Chords: "Em | Em", Level: .92, Lines: []score.Line{
					score.Bass("bass", .85, 28, "RRRRRRRR|RRRRRR7R"), beat("kick", "x..x..x.x..x..x."),
					beat("tom", "................|........x.xxX.XX"), score.Melody("guitar", .6, `E3:.5 G3 A#3 B3 _:2 | E3:.5 G3 A#3 B3 _:2`),
				}},
				{Name: "A", Chords: "Em | C | Am | B7", Lines: slices.Concat(drive, []score.Line{
					beat("crash", "x...|....|....|...."),
					score.Melody("guitar", .8, `E4:.5 G4 B4:1 A#4:.5 B4 G4:1 | E4:.5 G4 C5:1 B4:.5 C5 G4:1 |
						A4:.5 C5 E5:1 D#5:.5 E5 C5:1 | D#5:.5 F#5 A5:1 F#5:.5 D#5 B4:1`),
				})},
				{Name: "B", Chords: "Am | Em | F#m7b5 | B7", Level: 1.06, Lines: slices.Concat(drive, []score.Line{
					beat("crash", "x...|....|x...|...."),
					score.Melody("guitar", .85, `E5:1.5 D5:.5 C5:1 A4:1 | B4:1.5 A4:.5 G4:1 E4:1 |
						A4:.5 C5 E5:1 C5:.5 A4 F#4:1 | D#4:.5 F#4 A4 B4 D#5:1 F#5:1`),
				})},
				{Name: "outro", Chords: "Em F | Em", Lines: []score.Line{
					beat("kick", "x..x..x.x..x..x.|X..............."), beat("snare", "....X.......X.XX|................"),
					beat("ride", "x.x.x.x.x.x.x.x.|................"), beat("crash", "....|x..."),
					score.Bass("bass", .85, 28, "RRRRRRRR|R-------"), score.Comp("organ", .5, mid, "x--.x-..x--.x-..|x---------------"),
					score.Melody("guitar", .85, `E5:.5 B4 G4 E4 F4 A4 C5:1 | E4:4`),
				}},
			},
		},
	}
}

// stairwell is a chase for strings and kettledrums.
func stairwell() tune {
	low := score.Voicing{Centre: 52, Voices: 3, Root: true}
	chase := []score.Line{
		score.Arpeggio("spiccato", .75, low, "0010200103010201"),
		score.Bass("cello", .6, 36, "R-------R-------"), score.Bass("low", .8, 24, "R...R.....R.R..."),
		score.Bass("timpani", .7, 36, "R.......r.r....."),
	}
	return tune{
		name: "the-stairwell", title: "The Stairwell", artist: chamber, key: "C", mode: Minor,
		affect: tagging.Affect{Valence: -.6, Arousal: .7}, sound: catalog.Sound{Mode: .1, Loudness: .6, Tempo: .8},
		concepts: []string{"stairs", "running", "darkness", "scary", "tense", "castle", "dark", "ghost", "hospital"},
		genres:   []string{"soundtrack", "orchestral", "instrumental"},
		band: slices.Concat([]synth.Channel{
			spiccato(-19), cello(-24), horns(-19), tremolando(-25), named("low", felt(-22)), timpani(-22),
		}, kit(0, "swell", "crash")),
		room: room(2.2, 1, 4200), tail: 2.8, loud: -15.5,
		song: score.Song{
			Tempo: 138, Beats: 4, Loose: .004,
			Sections: []score.Section{
				{Name: "intro", Chords: "Cm | Cm", Level: 1.1, Lines: []score.Line{
					score.Arpeggio("spiccato", .7, low, "0.1.0.2.0.1.0.2."), score.Bass("low", .7, 24, "R..............."),
					beat("swell", "....|..x."),
				}},
				{Name: "A", Chords: "Cm | Ab/C | Fm/C | G7/B", Lines: slices.Concat(chase, []score.Line{
					score.Pad("tremolando", .5, score.Voicing{Centre: 72, Voices: 3}),
					score.Melody("horns", .7, `G4:2 Ab4:1 G4:1 | Eb5:2 D5:1 C5:1 | C5:2 Db5:1 C5:1 | B4:3 D5:1`),
				})},
				{Name: "B", Chords: "Cm/Eb | Db | Fm | G7", Level: 1.1, Lines: slices.Concat(chase, []score.Line{
					beat("crash", "x...|....|....|...."), beat("swell", "....|....|....|..x."),
					score.Pad("tremolando", .65, score.Voicing{Centre: 75, Voices: 3}),
					score.Melody("horns", .85, `Eb5:1.5 D5:.5 C5:1 G5:1 | F5:1.5 Eb5:.5 Db5:1 Ab4:1 | Ab5:1.5 G5:.5 F5:1 C5:1 | D5:1 F5:1 B4:1 D5:1`),
				})},
				{Name: "outro", Chords: "Cm | Cm", Lines: []score.Line{
					beat("crash", "x...|x..."), score.Arpeggio("spiccato", .8, low, "0010200103010201|0..............."),
					score.Bass("low", .9, 24, "R...R.....R.R...|R---------------"), score.Bass("timpani", .8, 36, "R.......r.r.RRRR|R..............."),
					score.Bass("cello", .7, 36, "R---------------|R---............"), score.Pad("tremolando", .6, score.Voicing{Centre: 75, Voices: 3}),
					score.Melody("horns", .9, `Eb5:2 D5:1 B4:1 | C5:.5! _:3.5`),
				}},
			},
		},
	}
}

// redLine is a night train of sequencers.
func redLine() tune {
	mid := score.Voicing{Centre: 60, Voices: 3}
	machine := []score.Line{
		beat("boom", "x...x...x...x..."), beat("clap", "....x.......x..o"), beat("hat", "x.xxx.xxx.xxx.xx"), beat("low block", "..x..x..x....x.."),
		score.Bass("bass", .85, 29, "RRR8RRR7RR8RR5R7"),
	}
	return tune{
		name: "red-line", title: "Red Line", artist: electric, key: "F", mode: Minor,
		affect: tagging.Affect{Valence: -.4, Arousal: .8}, sound: catalog.Sound{Mode: .15, Loudness: .8, Tempo: .75},
		concepts: []string{"train", "tunnel", "city-lights", "technology", "futuristic", "factory", "night", "anxious", "computer"},
		genres:   []string{"electronic", "techno", "synthwave", "instrumental"},
		band: slices.Concat([]synth.Channel{
			synthBass(-17.5), sharpLead(-19), pumped(warmPad(-24), 128), synthPluck("arp", -24),
		}, kit(0, "boom", "clap", "hat", "low block", "swell", "crash")),
		room: withEcho(room(1.9, .9, 3800), 128, .42, 2400), tail: 2.6, loud: -14.5,
		song: score.Song{
			Tempo: 128, Beats: 4, Loose: .001,
			Sections: []score.Section{
				{Name: "intro", Chords: "Fm | Fm", Level: 1.05, Lines: []score.Line{
					score.Bass("bass", .8, 29, "RRR8RRR7RR8RR5R7"), beat("hat", "x.xxx.xxx.xxx.xx"), beat("boom", "x...x...x...x..."),
					beat("swell", "....|.x.."), score.Arpeggio("arp", .5, score.Voicing{Centre: 72, Voices: 3}, "0.1.2.1.0.1.2.3."),
				}},
				{Name: "A", Chords: "Fm | Db | Bbm | C", Lines: slices.Concat(machine, []score.Line{
					beat("crash", "x...|....|....|...."), score.Pad("pad", .6, mid),
					score.Melody("lead", .75, `_:1 C5:.5 Db5 C5:1 Ab4:1 | _:1 Ab4:.5 Bb4 Ab4:1 F4:1 | _:1 Db5:.5 Eb5 Db5:1 Bb4:1 | _:1 G4:.5 Ab4 G4:1 E4:1`),
				})},
				{Name: "B", Chords: "Fm | Gb | Bbm | C7", Level: 1.06, Lines: slices.Concat(machine, []score.Line{
					beat("crash", "x...|....|x...|...."), score.Pad("pad", .7, mid),
					score.Arpeggio("arp", .6, score.Voicing{Centre: 72, Voices: 3}, "0121032101210321"),
					score.Melody("lead", .85, `F5:1.5 Eb5:1.5 C5:1 | Db5:1.5 Bb4:1.5 Gb4:1 | F5:1.5 Db5:1.5 Bb4:1 | E5:1 G5:1 Bb5:1 C6:1`),
				})},
				{Name: "outro", Chords: "Fm | Fm", Lines: []score.Line{
					beat("boom", "x...x...x...x...|x..............."), beat("hat", "x.xxx.xxx.xxx.xx|................"), beat("crash", "....|x..."),
					beat("clap", "....x.......x.xx|................"), score.Bass("bass", .85, 29, "RRR8RRR7RR8RR5R7|R---------------"),
					score.Pad("pad", .7, mid), score.Arpeggio("arp", .6, score.Voicing{Centre: 72, Voices: 3}, "0121032101210321|3..............."),
					score.Melody("lead", .8, `C5:.5 Db5 C5 Ab4 Bb4:1 G4:1 | F4:4!`),
				}},
			},
		},
	}
}
