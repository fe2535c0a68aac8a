package synth

// Envelope is the course of a level while a key is held and after: up in Attack seconds, down to Sustain (0 to 1)
// with a time constant of Decay, and after the key is up to silence within about Release seconds.
type Envelope struct{ Attack, Decay, Sustain, Release float64 }

// contour is an Envelope in motion.
type contour struct {
	level, rise, decay, sustain, release float64
	gate                                 int // frames until the key is up
	rising                               bool
}

func (e Envelope) start(gate int) contour {
	return contour{
		rise: 1 / max(1, e.Attack*Rate), decay: approach(e.Decay), sustain: e.Sustain, release: fade60(e.Release * 1.3),
		gate: gate, rising: true,
	}
}

// next returns the level of the next sample.
func (c *contour) next() float64 {
	switch {
	case c.gate <= 0:
		c.level = mul(c.level, c.release)
	case c.rising:
		if c.level += c.rise; c.level >= 1 {
			c.level, c.rising = 1, false
		}
	default:
		c.level += float64(c.decay * (c.sustain - c.level))
	}
	c.gate--
	return c.level
}

// over reports that nothing more is to be heard.
func (c *contour) over() bool {
	return c.level < silence && (c.gate <= 0 || !c.rising && c.sustain == 0)
}
