package demo

import "github.com/soundtrack-go/sdk/catalog/demo/internal/synth"

// A patch is a channel with its voice, effects and the level at which it usually sits. Tunes change name, level, pan
// and sends where they must.

func channel(name string, voice synth.Voice, level, pan, reverb float64, effects ...synth.Effect) synth.Channel {
	return synth.Channel{Name: name, Voice: voice, Level: level, Pan: pan, Reverb: reverb, Effects: effects}
}

// rhodes is an electric piano that swings slowly between the sides.
func rhodes(level float64) synth.Channel {
	return channel("rhodes", synth.ElectricPiano{Bark: .55, Tine: .8, Ring: 5.5, Mellow: 4200}, level, 0, .22,
		synth.Tremolo{Rate: 4.3, Depth: .32, Pan: true}, synth.Chorus{Rate: .5, Depth: 1.6, Mix: .25}, synth.Cut{Low: 90})
}

// felt is an upright piano with felt between hammers and strings.
func felt(level float64) synth.Channel {
	return channel("piano", synth.Piano{Bright: -.15, Ring: 6, Knock: .5}, level, 0, .30, synth.Cut{Low: 60, High: 6500})
}

// piano is a brighter one for small bands.
func piano(level float64) synth.Channel {
	return channel("piano", synth.Piano{Bright: .8, Ring: 6, Knock: .3}, level, -.15, .20, synth.Cut{Low: 80},
		synth.Peak{Hz: 2800, Quality: .8, Gain: 2})
}

func organ(level float64) synth.Channel {
	return channel("organ", synth.Synth{Wave: synth.Drawbars, Amp: synth.Envelope{Attack: .012, Decay: 1, Sustain: 1, Release: .09}}, level, .25, .25,
		synth.Chorus{Rate: 5.9, Depth: .45, Mix: .6}, synth.Drive{Gain: 1.5}, synth.Cut{Low: 120, High: 4200})
}

func marimba(level float64) synth.Channel {
	return channel("marimba", synth.Marimba(), level, -.15, .22, synth.Cut{Low: 60})
}

// vibes is a vibraphone with its motor on.
func vibes(level float64) synth.Channel {
	return channel("vibes", synth.Vibraphone(), level, .12, .32, synth.Tremolo{Rate: 4.6, Depth: .28}, synth.Cut{Low: 120})
}

func kalimba(level float64) synth.Channel {
	return channel("kalimba", synth.Kalimba(), level, .2, .28, synth.Cut{Low: 150})
}

func celesta(level float64) synth.Channel {
	return channel("celesta", synth.Celesta(), level, .1, .35, synth.Cut{Low: 150, High: 9000})
}

func glockenspiel(level float64) synth.Channel {
	return channel("glockenspiel", synth.Glockenspiel(), level, .3, .32, synth.Cut{High: 10_000})
}

func steelPan(level float64) synth.Channel {
	return channel("pan", synth.SteelPan(), level, .1, .24, synth.Cut{Low: 150, High: 9000})
}

// violin is one bowed string with the body of a violin round it.
func violin(level float64) synth.Channel {
	return channel("violin", synth.Synth{
		Wave: synth.Saw, Amp: synth.Envelope{Attack: .11, Decay: .8, Sustain: .85, Release: .22},
		Cutoff: 3000, Track: .4, Sweep: .5, Filter: synth.Envelope{Attack: .25, Decay: 1, Sustain: .6, Release: .2},
		Vibrato: 17, Rate: 5.4, Noise: .02,
	}, level, .1, .34, synth.Cut{Low: 180, High: 7000},
		synth.Peak{Hz: 490, Quality: 1.4, Gain: 4}, synth.Peak{Hz: 1100, Quality: 2, Gain: -3}, synth.Peak{Hz: 2600, Quality: 1.2, Gain: 3})
}

// section is a string section that swells and recedes.
func section(level float64) synth.Channel {
	return channel("strings", synth.Synth{
		Wave: synth.Saw, Unison: 4, Detune: 17, Amp: synth.Envelope{Attack: .38, Decay: 1, Sustain: .9, Release: .7},
		Cutoff: 1900, Track: .4, Vibrato: 6, Noise: .012,
	}, level, 0, .36, synth.Chorus{Rate: .45, Depth: 2.2, Mix: .35}, synth.Cut{Low: 130}, synth.Peak{Hz: 480, Quality: 1, Gain: 2})
}

// spiccato is the section with bouncing bows.
func spiccato(level float64) synth.Channel {
	return channel("spiccato", synth.Synth{
		Wave: synth.Saw, Unison: 3, Detune: 15, Amp: synth.Envelope{Attack: .010, Decay: .13, Sustain: .10, Release: .14},
		Cutoff: 2600, Track: .4, Sweep: .6, Filter: synth.Envelope{Attack: .004, Decay: .1, Sustain: 0, Release: .1}, Noise: .08,
	}, level, -.2, .28, synth.Cut{Low: 90}, synth.Peak{Hz: 420, Quality: 1, Gain: 2.5})
}

// tremolando is the section with trembling bows, high and thin.
func tremolando(level float64) synth.Channel {
	return channel("tremolando", synth.Synth{
		Wave: synth.Saw, Unison: 4, Detune: 22, Amp: synth.Envelope{Attack: .25, Decay: 1, Sustain: .9, Release: .5},
		Cutoff: 2800, Track: .5, Noise: .05,
	}, level, .25, .36, synth.Tremolo{Rate: 9.2, Depth: .55}, synth.Cut{Low: 250})
}

// horns is a small brass section.
func horns(level float64) synth.Channel {
	return channel("horns", synth.Synth{
		Wave: synth.Saw, Unison: 3, Detune: 10, Amp: synth.Envelope{Attack: .028, Decay: .25, Sustain: .75, Release: .12},
		Cutoff: 950, Track: .5, Sweep: 2.1, Filter: synth.Envelope{Attack: .05, Decay: .3, Sustain: .55, Release: .15}, Vibrato: 5,
	}, level, .1, .22, synth.Cut{Low: 150, High: 8000}, synth.Peak{Hz: 1300, Quality: 1, Gain: 2})
}

func flute(level float64) synth.Channel {
	return channel("flute", synth.FluteVoice(), level, .05, .34, synth.Cut{Low: 200})
}

func clarinet(level float64) synth.Channel {
	return channel("clarinet", synth.ClarinetVoice(), level, .1, .28, synth.Cut{Low: 130})
}

func trumpet(level float64) synth.Channel {
	return channel("trumpet", synth.MutedTrumpet(), level, .12, .30, synth.Cut{Low: 220})
}

func whistle(level float64) synth.Channel {
	return channel("whistle", synth.TinWhistle(), level, .05, .30, synth.Cut{Low: 250})
}
