package demo

import (
	"slices"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

func melancholicTunes() []tune {
	return []tune{lastBusHome(), emptyBallroom(), greySatellite(), lettersInTheRain(), snowOnTheCarousel(), closingTime()}
}

// lastBusHome is an electric piano, a dusty beat and a guitar that has said it all before.
func lastBusHome() tune {
	warm := score.Voicing{Centre: 58, Voices: 4}
	dusty := []score.Line{
		beat("kick", "x......x..x....."), beat("dusty", "....x.......x..."), beat("hat", "x.x.x.xox.x.x.x."),
		score.Bass("bass", .8, 28, "R-----5-R-----a-"), score.Comp("rhodes", .6, warm, "x------o---x----"),
	}
	return tune{
		name: "last-bus-home", title: "Last Bus Home", artist: houseBand, key: "C#", mode: Minor,
		affect: tagging.Affect{Valence: -.35, Arousal: -.4}, sound: catalog.Sound{Mode: .3, Loudness: .3, Tempo: .25},
		concepts: []string{"bus", "night", "rain", "window", "lonely", "city-lights", "homecoming", "weary", "melancholic"},
		genres:   []string{"lo-fi", "hip-hop", "instrumental"},
		band: slices.Concat([]synth.Channel{
			electricBass(-19), rhodes(-20), jazzGuitar(-18.5),
		}, kit(-2.5, "kick", "dusty", "hat")),
		room: room(1.6, .75, 3200), tail: 2.6, loud: -17,
		song: score.Song{
			Tempo: 76, Beats: 4, Shuffle: .14, Loose: .010,
			Sections: []score.Section{
				{Name: "intro", Chords: "C#m9", Level: 1.1, Lines: []score.Line{
					score.Comp("rhodes", .6, warm, "x------o---x----"), score.Bass("bass", .7, 28, "R-----------...."), beat("hat", "........x.x.x.x."),
				}},
				{Name: "A", Chords: "C#m9 | Amaj7 | F#m9 | G#7", Lines: slices.Concat(dusty, []score.Line{
					score.Melody("guitar", .75, `G#4:1.5 E4:.5 D#4 E4 G#4:1 | C#5:1.5 B4:.5 G#4:2 | A4:1.5 G#4:.5 F#4 E4 C#4:1 | D#4:1.5 C4:.5 G#3:2`),
				})},
				{Name: "B", Chords: "F#m9 G#m7 | Amaj7 G#7", Level: 1.04, Lines: slices.Concat(dusty, []score.Line{
					score.Melody("guitar", .8, `A4:.5 C#5 E5:1 D#5:.5 B4 G#4:1 | E5:.5 C#5 G#4:1 F#4:.5 G#4 C5:1`),
				})},
				{Name: "outro", Chords: "C#m9", Lines: []score.Line{
					score.Comp("rhodes", .6, warm, "x---------------"), score.Bass("bass", .75, 28, "R---------------"), beat("kick", "x..............."),
					score.Melody("guitar", .7, `C#5:1 G#4:.5 E4 C#4:2`),
				}},
			},
		},
	}
}

// emptyBallroom is a waltz for strings that nobody dances.
func emptyBallroom() tune {
	left, high := score.Voicing{Centre: 58, Voices: 3}, score.Voicing{Centre: 63, Voices: 4}
	waltz := []score.Line{
		score.Bass("low", .6, 36, "R..|R.."), score.Comp("piano", .45, left, ".xx"), score.Pad("strings", .5, high), score.Bass("cello", .5, 38, "R--"),
	}
	return tune{
		name: "empty-ballroom", title: "Empty Ballroom", artist: chamber, key: "G", mode: Minor,
		affect: tagging.Affect{Valence: -.45, Arousal: -.35}, sound: catalog.Sound{Mode: .2, Loudness: .3, Tempo: .4},
		concepts: []string{"palace", "memory", "ruins", "nostalgic", "wistful", "dancing", "dress", "vintage", "loss"},
		genres:   []string{"classical", "waltz", "instrumental"},
		band: []synth.Channel{
			felt(-22), named("low", felt(-22)), violin(-18), section(-24), cello(-24),
		},
		room: room(2.6, 1.1, 3800), tail: 3.2, loud: -17,
		song: score.Song{
			Tempo: 96, Beats: 3, Loose: .010,
			Sections: []score.Section{
				{Name: "intro", Chords: "Gm | D7/F#", Level: 1.15, Lines: []score.Line{
					score.Bass("low", .6, 36, "R.."), score.Comp("piano", .5, left, ".xx"), score.Pad("strings", .4, high),
				}},
				{Name: "A", Chords: "Gm | Cm | F7 | Bbmaj7", Lines: slices.Concat(waltz, []score.Line{
					score.Melody("violin", .75, `D5:2 Bb4:1 | C5:1.5 D5:.5 Eb5:1 | Eb5:2 C5:1 | D5:2.5 _:.5`),
				})},
				{Name: "B", Chords: "Ebmaj7 | Am7b5 | Gm/D | D7", Level: 1.08, Lines: slices.Concat(waltz, []score.Line{
					score.Melody("violin", .85, `G5:1.5 F5:.5 Eb5:1 | C5:1.5 Eb5:.5 G5:1 | Bb5:1.5 A5:.5 G5:1 | F#5:2 A4:1`),
				})},
				{Name: "outro", Chords: "Gm | Gm", Level: .92, Lines: []score.Line{
					score.Bass("low", .6, 36, "R.."), score.Comp("piano", .45, left, ".xx|.x-"), score.Pad("strings", .5, high), score.Bass("cello", .5, 38, "R--"),
					score.Melody("violin", .7, `Bb4:2 A4:1 | G4:3`),
				}},
			},
		},
	}
}

// greySatellite turns slowly: pads, a plucked pattern with echoes, a hollow lead.
func greySatellite() tune {
	mid, high := score.Voicing{Centre: 59, Voices: 4}, score.Voicing{Centre: 66, Voices: 3}
	orbit := []score.Line{
		score.Pad("pad", .6, mid), score.Arpeggio("arp", .55, high, "0.1.2.1.0.2.1.2."), score.Bass("bass", .7, 30, "R-------R-----5-"),
		beat("kick", "x..............."), beat("rim", "........x......."),
	}
	return tune{
		name: "grey-satellite", title: "Grey Satellite", artist: electric, key: "F#", mode: Minor,
		affect: tagging.Affect{Valence: -.3, Arousal: -.5}, sound: catalog.Sound{Mode: .25, Loudness: .3, Tempo: .15},
		concepts: []string{"outer-space", "loneliness", "moon", "stars", "night", "longing", "technology", "melancholic", "fog"},
		genres:   []string{"ambient", "electronic", "instrumental"},
		band: slices.Concat([]synth.Channel{
			warmPad(-21), softLead(-19), synthPluck("arp", -24), subBass(-25),
		}, kit(-4, "kick", "rim")),
		room: withEcho(room(3.2, 1.2, 3400), 68, .45, 1800), tail: 3.6, loud: -17.5,
		song: score.Song{
			Tempo: 68, Beats: 4, Loose: .003,
			Sections: []score.Section{
				{Name: "intro", Chords: "F#m9", Level: 1.1, Lines: []score.Line{
					score.Pad("pad", .6, mid), score.Arpeggio("arp", .5, high, "0.1.2.1.0.2.1.2."), score.Bass("bass", .6, 30, "R---------------"),
				}},
				{Name: "A", Chords: "F#m9 Dmaj7 | Amaj7 C#7", Lines: slices.Concat(orbit, []score.Line{
					score.Melody("lead", .7, `C#5:1.5 A4:.5 F#4:1 A4:1 | E5:1.5 C#5:.5 B4:1 F5:1`),
				})},
				{Name: "B", Chords: "Bm7 F#m7 | Dmaj7 C#7", Level: 1.06, Lines: slices.Concat(orbit, []score.Line{
					score.Melody("lead", .75, `D5:1.5 F#5:.5 E5:1 C#5:1 | F#5:1 E5:.5 D5 C#5:1 F5:1`),
				})},
				{Name: "outro", Chords: "F#m", Lines: []score.Line{
					score.Pad("pad", .55, mid), score.Arpeggio("arp", .5, high, "0.1.2.1.0......."), score.Bass("bass", .7, 30, "R---------------"),
					score.Melody("lead", .7, `F#5:4`),
				}},
			},
		},
	}
}
