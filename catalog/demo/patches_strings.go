package demo

import "github.com/soundtrack-go/sdk/catalog/demo/internal/synth"

func steelGuitar(level float64) synth.Channel {
	return channel("guitar", synth.Pluck{Bright: 6000, Ring: 5, Damp: .15, Position: .17, Finger: .5, Mute: .22}, level, -.25, .18,
		synth.Cut{Low: 75}, synth.Peak{Hz: 110, Quality: 1.2, Gain: 2.5}, synth.Peak{Hz: 230, Quality: 1.4, Gain: 2}, synth.Peak{Hz: 3200, Quality: .8, Gain: 2})
}

func nylonGuitar(level float64) synth.Channel {
	return channel("guitar", synth.Pluck{Bright: 2700, Ring: 3.4, Damp: .32, Position: .27, Finger: .25, Mute: .3}, level, -.2, .22,
		synth.Cut{Low: 70, High: 7000}, synth.Peak{Hz: 105, Quality: 1.2, Gain: 3}, synth.Peak{Hz: 210, Quality: 1.3, Gain: 2.5})
}

// twang is an electric guitar near the bridge, with the amplifier's tremolo.
func twang(level float64) synth.Channel {
	return channel("guitar", synth.Pluck{Bright: 5200, Ring: 7, Damp: .12, Position: .10, Finger: .4, Mute: .18}, level, .1, .34,
		synth.Drive{Gain: 2.5}, synth.Tremolo{Rate: 6.3, Depth: .4}, synth.Cut{Low: 110, High: 5500}, synth.Peak{Hz: 900, Quality: .8, Gain: 2})
}

// jazzGuitar is a hollow body with the tone control turned down.
func jazzGuitar(level float64) synth.Channel {
	return channel("guitar", synth.Pluck{Bright: 1900, Ring: 4.5, Damp: .26, Position: .24, Finger: .3, Mute: .2}, level, .15, .26,
		synth.Chorus{Rate: .7, Depth: 1.2, Mix: .22}, synth.Cut{Low: 90, High: 4500}, synth.Peak{Hz: 320, Quality: 1, Gain: 2})
}

// clav is a clavinet behind a wah.
func clav(level float64) synth.Channel {
	return channel("clav", synth.Pluck{Bright: 5500, Ring: 1.6, Damp: .16, Position: .12, Finger: .3, Mute: .05}, level, -.35, .10,
		synth.Wah{Low: 500, High: 2600, Quality: 1.8}, synth.Cut{Low: 160, High: 7000})
}

func ukulele(level float64) synth.Channel {
	return channel("ukulele", synth.Pluck{Bright: 3400, Ring: 1.5, Damp: .3, Position: .3, Finger: .4, Mute: .12}, level, .3, .16,
		synth.Cut{Low: 180}, synth.Peak{Hz: 420, Quality: 1.2, Gain: 2.5})
}

func harp(level float64) synth.Channel {
	return channel("harp", synth.Pluck{Bright: 3600, Ring: 5, Damp: .24, Position: .42, Finger: .1}, level, -.2, .36,
		synth.Cut{Low: 60, High: 8000}, synth.Peak{Hz: 200, Quality: 1, Gain: 1.5})
}

// pizzicato is the string section plucking.
func pizzicato(level float64) synth.Channel {
	return channel("pizzicato", synth.Pluck{Bright: 2600, Ring: .9, Damp: .42, Position: .34, Finger: .2, Mute: .2}, level, -.1, .32,
		synth.Chorus{Rate: .6, Depth: 1.5, Mix: .3}, synth.Cut{Low: 60}, synth.Peak{Hz: 450, Quality: 1, Gain: 2})
}

func electricBass(level float64) synth.Channel {
	return channel("bass", synth.Pluck{Bright: 1500, Ring: 7, Damp: .12, Position: .22, Finger: .25, Mute: .07}, level, 0, .03,
		synth.Drive{Gain: 2}, synth.Cut{Low: 35, High: 3000}, synth.Peak{Hz: 90, Quality: .9, Gain: 2})
}

// uprightBass is a double bass.
func uprightBass(level float64) synth.Channel {
	return channel("bass", synth.Pluck{Bright: 1000, Ring: 3, Damp: .13, Position: .3, Finger: .5, Mute: .1}, level, .05, .07,
		synth.Cut{Low: 38, High: 2600}, synth.Peak{Hz: 95, Quality: 1.2, Gain: 3}, synth.Peak{Hz: 260, Quality: 1, Gain: -2})
}

// cello bows long low notes.
func cello(level float64) synth.Channel {
	return channel("cello", synth.Synth{
		Wave: synth.Saw, Unison: 2, Detune: 7, Amp: synth.Envelope{Attack: .14, Decay: 1, Sustain: .9, Release: .35},
		Cutoff: 1300, Track: .5, Vibrato: 10, Noise: .015,
	}, level, -.08, .28, synth.Cut{Low: 45}, synth.Peak{Hz: 220, Quality: 1, Gain: 3}, synth.Peak{Hz: 650, Quality: 1.3, Gain: 2})
}

// synthBass has a short filter sweep on each note.
func synthBass(level float64) synth.Channel {
	return channel("bass", synth.Synth{
		Wave: synth.Saw, Sub: .5, Amp: synth.Envelope{Attack: .004, Decay: .22, Sustain: .55, Release: .06},
		Cutoff: 420, Track: .35, Resonance: 1.1, Sweep: 2.3, Filter: synth.Envelope{Attack: .003, Decay: .11, Sustain: .1, Release: .08},
	}, level, 0, .02, synth.Drive{Gain: 1.6}, synth.Cut{Low: 30})
}

// subBass is little more than its fundamental.
func subBass(level float64) synth.Channel {
	return channel("bass", synth.Synth{
		Wave: synth.Triangle, Amp: synth.Envelope{Attack: .02, Decay: .6, Sustain: .8, Release: .18}, Cutoff: 700, Track: .4,
	}, level, 0, .05, synth.Drive{Gain: 3}, synth.Cut{Low: 28})
}

// synthPluck is a bright chord stab that closes at once.
func synthPluck(name string, level float64) synth.Channel {
	c := channel(name, synth.Synth{
		Wave: synth.Saw, Unison: 3, Detune: 13, Amp: synth.Envelope{Attack: .003, Decay: .16, Sustain: .05, Release: .18},
		Cutoff: 650, Track: .5, Resonance: .9, Sweep: 3, Filter: synth.Envelope{Attack: .001, Decay: .10, Sustain: 0, Release: .1},
	}, level, 0, .22, synth.Cut{Low: 160})
	c.Echo = .22
	return c
}

// warmPad is an analogue pad.
func warmPad(level float64) synth.Channel {
	return channel("pad", synth.Synth{
		Wave: synth.Saw, Unison: 3, Detune: 19, Amp: synth.Envelope{Attack: .5, Decay: 1.5, Sustain: .85, Release: 1.1},
		Cutoff: 900, Track: .3, Sweep: 1.2, Filter: synth.Envelope{Attack: 1.2, Decay: 2, Sustain: .5, Release: 1},
	}, level, 0, .36, synth.Chorus{Rate: .35, Depth: 3, Mix: .4}, synth.Cut{Low: 140})
}

// glassPad is a pad of almost pure tones.
func glassPad(level float64) synth.Channel {
	return channel("pad", synth.Synth{
		Wave: synth.Glass, Unison: 3, Detune: 9, Amp: synth.Envelope{Attack: .6, Decay: 1.5, Sustain: .9, Release: 1.4},
	}, level, 0, .42, synth.Chorus{Rate: .3, Depth: 3, Mix: .45}, synth.Cut{Low: 160, High: 7000})
}

// softLead is a hollow wave with the edges taken off.
func softLead(level float64) synth.Channel {
	c := channel("lead", synth.Synth{
		Wave: synth.Square, Amp: synth.Envelope{Attack: .04, Decay: .5, Sustain: .75, Release: .3},
		Cutoff: 1500, Track: .5, Sweep: .8, Filter: synth.Envelope{Attack: .03, Decay: .4, Sustain: .3, Release: .3}, Vibrato: 12,
	}, level, .05, .30, synth.Chorus{Rate: .6, Depth: 1.6, Mix: .3}, synth.Cut{Low: 180})
	c.Echo = .30
	return c
}

// sharpLead cuts through.
func sharpLead(level float64) synth.Channel {
	c := channel("lead", synth.Synth{
		Wave: synth.Saw, Unison: 3, Detune: 16, Amp: synth.Envelope{Attack: .008, Decay: .4, Sustain: .7, Release: .18},
		Cutoff: 1500, Track: .5, Resonance: 1.2, Sweep: 1.6, Filter: synth.Envelope{Attack: .01, Decay: .3, Sustain: .4, Release: .2}, Vibrato: 10,
	}, level, 0, .22, synth.Drive{Gain: 1.5}, synth.Cut{Low: 180, High: 9000})
	c.Echo = .28
	return c
}

func timpani(level float64) synth.Channel {
	return channel("timpani", synth.Timpani(), level, .15, .34)
}
