package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

// beforeTheFlood is a guitar that circles over barrel drums, and a whistle above.
func beforeTheFlood() tune {
	strings5 := score.Voicing{Centre: 55, Voices: 4, Root: true}
	storm := []score.Line{
		score.Arpeggio("guitar", .75, strings5, "0213021302130231"),
		beat("taiko", "X.....x...x.x..."), beat("low drum", "..x..x...x...x.x"), beat("shaker", "xoxoxoxoxoxoxoxo"),
		score.Bass("bass", .8, 33, "R-----R-R-----5-"), score.Bass("cello", .5, 38, "R-------"),
	}
	return tune{
		name: "before-the-flood", title: "Before the Flood", artist: folk, key: "D", mode: Minor,
		affect: tagging.Affect{Valence: -.3, Arousal: .5}, sound: catalog.Sound{Mode: .2, Loudness: .55, Tempo: .6},
		concepts: []string{"storm", "thunderstorm", "flood", "sea", "lightning", "wind", "dramatic", "rain", "ship"},
		genres:   []string{"folk", "celtic", "instrumental"},
		band: slices.Concat([]synth.Channel{
			steelGuitar(-19), whistle(-18.5), uprightBass(-20), cello(-25),
		}, kit(0, "taiko", "low drum", "shaker", "swell")),
		room: room(1.9, .9, 4500), tail: 2.8, loud: -15.5,
		song: score.Song{
			Tempo: 100, Beats: 4,
			Sections: []score.Section{
				{Name: "intro", Chords: "Dm", Level: 1, Lines: []score.Line{
					score.Arpeggio("guitar", .75, strings5, "0213021302130231"), score.Bass("cello", .5, 38, "R-------"), beat("swell", ".x.."),
				}},
				{Name: "A", Chords: "Dm | Bb | Gm | A", Lines: slices.Concat(storm, []score.Line{
					score.Melody("whistle", .8, `D5:1.5 E5:.5 F5:1 A5:1 | F5:1.5 G5:.5 F5:1 D5:1 | G5:1.5 A5:.5 Bb5:1 G5:1 | E5:1 F5:.5 E5 C#5:2`),
				})},
				{Name: "B", Chords: "Bb | C | Dm/A | A7", Level: 1.1, Lines: slices.Concat(storm, []score.Line{
					beat("swell", "....|....|....|.x.."),
					score.Melody("whistle", .9, `D5:.5 F5 Bb5:1.5 A5:.5 F5:1 | G5:.5 A5 C6:1.5 Bb5:.5 G5:1 | A5:1 G5:.5 F5 E5:1 F5:1 | G5:1 F5:.5 E5 C#5 E5 A5:1`),
				})},
				{Name: "outro", Chords: "Dm", Lines: []score.Line{
					score.Arpeggio("guitar", .8, strings5, "0213021302130..."), beat("taiko", "X.....x...x.X..."),
					score.Bass("bass", .8, 33, "R-----R-R---R---"), score.Bass("cello", .6, 38, "R-------"), score.Melody("whistle", .85, `D5:4`),
				}},
			},
		},
	}
}

// clockworkSpiders ticks: marimba in canon, wood blocks, a celesta that knows something.
func clockworkSpiders() tune {
	low, high := score.Voicing{Centre: 55, Voices: 3, Root: true}, score.Voicing{Centre: 67, Voices: 3}
	clock := []score.Line{
		beat("block", "x...x...x...x..."), beat("low block", "..x...x...x...x."), beat("hat", "..o...o...o...o."), beat("kick", "x.....x..x......"),
		score.Arpeggio("marimba", .75, low, "0.1.2.1.3.2.1.2."), score.Arpeggio("answer", .5, high, ".2..1..2..1..0.1"),
		score.Bass("low", .8, 35, "R...5...R.5...a."),
	}
	return tune{
		name: "clockwork-spiders", title: "Clockwork Spiders", artist: mallets, key: "B", mode: Minor,
		affect: tagging.Affect{Valence: -.25, Arousal: .4}, sound: catalog.Sound{Mode: .15, Loudness: .35, Tempo: .8},
		concepts: []string{"spider", "insect", "clock", "eerie", "mysterious", "forest", "night", "mouse", "magic"},
		genres:   []string{"soundtrack", "minimal", "instrumental"},
		band: slices.Concat([]synth.Channel{
			marimba(-19.5), named("answer", kalimba(-25)), celesta(-19), named("low", pizzicato(-20)),
		}, kit(-1, "block", "low block", "hat", "kick", "swell")),
		room: room(1.6, .8, 5000), tail: 2.6, loud: -16.5,
		song: score.Song{
			Tempo: 140, Beats: 4, Loose: .003,
			Sections: []score.Section{
				{Name: "intro", Chords: "Bm | Bm", Level: 1.2, Lines: []score.Line{
					beat("block", "x...x...x...x..."), beat("low block", "..x...x...x...x."), score.Arpeggio("marimba", .7, low, "0.1.2.1.3.2.1.2."),
				}},
				{Name: "A", Chords: "Bm | Bm | G | F#", Lines: slices.Concat(clock, []score.Line{
					score.Melody("celesta", .75, `F#5:.5 G5 F#5 D5 B4:1 _:1 | F#5:.5 G5 A#5 B5 F#5:1 _:1 | B5:.5 A5 G5 E5 D5:1 _:1 | C#5:.5 D5 C#5 A#4 F#4:1 _:1`),
				})},
				{Name: "B", Chords: "Em | Bm/D | C | F#7", Level: 1.08, Lines: slices.Concat(clock, []score.Line{
					beat("swell", "....|....|....|.x.."),
					score.Melody("celesta", .85, `E5:.5 G5 B5 G5 E6:1 B5:1 | D5:.5 F#5 B5 F#5 D6:1 B5:1 | C5:.5 E5 G5 E5 C6:1 G5:1 | A#4:.5 C#5 E5 F#5 A#5:1 C#6:1`),
				})},
				{Name: "outro", Chords: "Bm | Bm", Lines: []score.Line{
					beat("block", "x...x...x...x...|x..............."), beat("low block", "..x...x...x...x.|................"),
					score.Arpeggio("marimba", .75, low, "0.1.2.1.3.2.1.2.|0.1.2...3-------"), score.Bass("low", .85, 35, "R...5...R.5.R...|R.....R---------"),
					score.Melody("celesta", .75, `B5:.5 F#5 D5 B4 A#4:1 C#5:1 | B4:.5 D5 F#5 B5:2.5`),
				}},
			},
		},
	}
}

// alibi is film noir: a muted trumpet, a bass that climbs by semitones, brushes.
func alibi() tune {
	left := score.Voicing{Centre: 57, Voices: 4}
	prowl := []score.Line{
		beat("ride", "x.x.X.xo"), beat("hat", "..x...x."), beat("tap", "..x...x.|..x..ox."), beat("kick", "o...o..."),
		beat("snap", "..x...x."),
	}
	return tune{
		name: "alibi", title: "Alibi", artist: quartet, key: "A", mode: Minor,
		affect: tagging.Affect{Valence: -.25, Arousal: .25}, sound: catalog.Sound{Mode: .2, Loudness: .4, Tempo: .6},
		concepts: []string{"alley", "smoke", "crime", "night", "mysterious", "hat", "cool", "1950s", "bar", "money"},
		genres:   []string{"jazz", "noir", "instrumental"},
		band: slices.Concat([]synth.Channel{
			trumpet(-17.5), piano(-22.5), uprightBass(-18),
		}, kit(-3, "ride", "hat", "tap", "kick", "snap")),
		room: room(1.4, .75, 4200), tail: 2.6, loud: -16,
		song: score.Song{
			Tempo: 120, Beats: 4, Swing: .16, Loose: .007,
			Sections: []score.Section{
				{Name: "intro", Chords: "Am | Am", Level: 1.1, Lines: []score.Line{
					score.Bass("bass", .85, 28, "R35a|R53R"), beat("snap", "..x...x."), beat("hat", "..x...x."),
					score.Comp("piano", .6, left, "...x....|..x.x..."),
				}},
				{Name: "A", Chords: "Am | Am/G | F7 | E7b9", Lines: slices.Concat(prowl, []score.Line{
					score.Bass("bass", .85, 28, "R35a|R5Ra|R35a|R35a"), score.Comp("piano", .6, left, "...x..x.|..x....x"),
					score.Melody("trumpet", .8, `E5:1 _:.5 C5 B4 C5 A4:1 | E5:1 _:.5 C5 B4 A4 G4:1 | A4:.5 C5 Eb5:1 D5:.5 C5 A4:1 | G#4:.5 B4 D5:1 F5:.5 E5 B4:1`),
				})},
				{Name: "B", Chords: "Dm7 | Am7 | Bm7b5 E7 | Am", Level: 1.06, Lines: slices.Concat(prowl, []score.Line{
					score.Bass("bass", .9, 28, "R35a|R35a|R3R3|R35a"), score.Comp("piano", .65, left, "..x..x..|x..x..x."),
					score.Melody("trumpet", .85, `F5:1.5 E5:.5 D5:1 A4:1 | C5:1.5 B4:.5 A4:1 E5:1 | D5:.5 F5 A5! F5 G#5:1 E5:1 | C5:.5 E5 A5:1 E5:.5 C5 A4:1`),
				})},
				{Name: "outro", Chords: "F7 E7b9 | Am", Lines: []score.Line{
					beat("ride", "x.x.X.xo|x......."), beat("hat", "..x...x.|....x..."), beat("snap", "..x...x.|........"), beat("kick", "o...o...|x......."),
					score.Bass("bass", .9, 28, "R3Ra|R---"), score.Comp("piano", .65, left, "..x..x..|..x-----"),
					score.Melody("trumpet", .85, `Eb5:.5 C5 A4:1 D5:.5 B4 G#4:1 | A4:4`),
				}},
			},
		},
	}
}
