package demo

import (
	"errors"
	"slices"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
	"github.com/soundtrack-go/sdk/tagging"
)

// ErrNotFound reports a name that no demo track has.
var ErrNotFound = errors.New("demo: no such track")

// The house ensembles. Each has one track in each quadrant, so that an answer which allows one song an artist can still
// hold six demo tracks.
const (
	houseBand = "Soundtrack House Band"
	chamber   = "Soundtrack Chamber Players"
	electric  = "Soundtrack Electric"
	folk      = "Soundtrack Folk Trio"
	mallets   = "Soundtrack Mallet Club"
	quartet   = "Soundtrack Late Quartet"
)

// tune is a track with its music.
type tune struct {
	name, title, artist string
	key                 string
	mode                Mode
	affect              tagging.Affect
	sound               catalog.Sound
	concepts            []string
	genres              []string

	song score.Song
	band []synth.Channel
	room synth.Room

	lead float64 // seconds before the first beat; 0 means defaultLead
	tail float64 // seconds in which the last chord rings on and fades
	loud float64 // loudness of the whole in LUFS
}

// defaultLead is the silence before the first beat, in seconds.
const defaultLead = .12

// tunes composes all tracks, six a quadrant.
func tunes() []tune {
	return slices.Concat(joyfulTunes(), tenseTunes(), melancholicTunes(), sereneTunes())
}

// find returns the tune of a name.
func find(name string) (tune, error) {
	for _, t := range tunes() {
		if t.name == name {
			return t, nil
		}
	}
	return tune{}, &NotFoundError{Name: name}
}

// frames is the length of the track in samples.
func (t tune) frames() int {
	seconds, err := t.song.Length()
	if err != nil {
		panic(err) // the score is part of the program, and a test reads it
	}
	return int(float64((seconds+t.before()+t.tail)*synth.Rate) + .5)
}

func (t tune) before() float64 {
	if t.lead == 0 {
		return defaultLead
	}
	return t.lead
}

func (t tune) track() Track {
	return Track{
		Name: t.name, Title: t.title, Artist: t.artist,
		Tempo: t.song.Tempo, Beats: int(t.song.Beats), Key: t.key, Mode: t.mode,
		Affect: t.affect, Quadrant: t.affect.Quadrant(),
		Concepts: slices.Clone(t.concepts), Genres: slices.Clone(t.genres),
		Duration: time.Duration(t.frames()) * time.Second / synth.Rate,
	}
}

// room is what the players share: seconds of reverberation, size and hertz above which it is dull.
func room(seconds, size, dark float64) synth.Room {
	return synth.Room{Reverb: synth.Reverb{Seconds: seconds, Size: size, Dark: dark, Before: .018}}
}

// withEcho adds an echo of three quarters of a beat to a room.
func withEcho(r synth.Room, tempo, feedback, tone float64) synth.Room {
	const beats = .75
	r.Echo = synth.Echo{Seconds: float64(60*beats) / tempo, Feedback: feedback, Tone: tone}
	return r
}

// named gives a channel another name, for a second player of the same instrument.
func named(name string, c synth.Channel) synth.Channel {
	c.Name = name
	return c
}

// pumped makes a channel give way on every beat of a tempo, as dance music does for its bass drum.
func pumped(c synth.Channel, tempo float64) synth.Channel {
	c.Effects = append(c.Effects, synth.Pump{Seconds: 60 / tempo, Start: defaultLead, Depth: .75})
	return c
}
