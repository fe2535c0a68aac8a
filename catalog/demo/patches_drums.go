package demo

import (
	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
)

// piece is one part of a drum kit.
type piece struct {
	voice              synth.Voice
	level, pan, reverb float64
	pitch              int
}

// pieces are the drums of the house by name, with the level at which they usually sit and the pitch at which they are
// struck.
func pieces() map[string]piece {
	return map[string]piece{
		"kick":       {voice: synth.SoftKick(), level: -20, reverb: .04},
		"boom":       {voice: synth.DeepKick(), level: -18, reverb: .02},
		"snare":      {voice: synth.StickSnare(), level: -22, pan: .05, reverb: .16},
		"dusty":      {voice: synth.DustySnare(), level: -23, pan: .04, reverb: .14},
		"tap":        {voice: synth.BrushTap(), level: -27, pan: .1, reverb: .18},
		"sweep":      {voice: synth.BrushSweep(), level: -36, pan: -.15, reverb: .15},
		"rim":        {voice: synth.CrossStick(), level: -28, pan: .12, reverb: .2, pitch: 81},
		"hat":        {voice: synth.ClosedHat(), level: -34, pan: .28, reverb: .05},
		"open":       {voice: synth.OpenHat(), level: -34, pan: .28, reverb: .08},
		"ride":       {voice: synth.Ride(), level: -35, pan: -.3, reverb: .12},
		"crash":      {voice: synth.Crash(), level: -31, pan: -.25, reverb: .2},
		"swell":      {voice: synth.Swell(1.6), level: -33, pan: .2, reverb: .3},
		"shaker":     {voice: synth.Shaker(), level: -35, pan: -.35, reverb: .1},
		"tambourine": {voice: synth.Tambourine(), level: -34, pan: .4, reverb: .12},
		"clap":       {voice: synth.Clap(), level: -24, pan: -.05, reverb: .2},
		"snap":       {voice: synth.Snap(), level: -28, pan: .15, reverb: .25},
		"tom":        {voice: synth.Tom(), level: -23, pan: .2, reverb: .2, pitch: 43},
		"taiko":      {voice: synth.Taiko(), level: -19, reverb: .28, pitch: 38},
		"timpani":    {voice: synth.Timpani(), level: -21, pan: .15, reverb: .3, pitch: 43},
		"low drum":   {voice: synth.HandDrum(), level: -25, pan: -.2, reverb: .16, pitch: 50},
		"high drum":  {voice: synth.HandDrum(), level: -27, pan: .25, reverb: .16, pitch: 57},
		"block":      {voice: synth.WoodBlock(), level: -30, pan: .3, reverb: .2, pitch: 84},
		"low block":  {voice: synth.WoodBlock(), level: -30, pan: -.3, reverb: .2, pitch: 79},
		"triangle":   {voice: synth.SteelTriangle(), level: -36, pan: .4, reverb: .3, pitch: 96},
	}
}

// kit returns the channels of some drums, all made louder or softer by trim decibels.
func kit(trim float64, names ...string) []synth.Channel {
	all := pieces()
	var channels []synth.Channel
	for _, name := range names {
		p := all[name]
		voice := p.voice
		if p.pitch != 0 {
			voice = synth.Tuned{Voice: voice, Pitch: float64(p.pitch)}
		}
		channels = append(channels, channel(name, voice, p.level+trim, p.pan, p.reverb))
	}
	return channels
}

// beat strikes a drum at the steps of a pattern.
func beat(name, pattern string) score.Line { return score.Drum(name, .8, 60, pattern) }
