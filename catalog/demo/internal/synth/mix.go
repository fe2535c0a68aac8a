package synth

import "context"

// Channel is an instrument in the mix.
type Channel struct {
	Name    string
	Voice   Voice
	Level   float64 // loudness where it plays, in LUFS: about −18 for a lead, −30 for a shaker
	Pan     float64 // −1 left … 1 right, added to that of each hit
	Reverb  float64 // how much of it goes to the room, 0 to 1
	Echo    float64 // how much of it goes to the echo, 0 to 1
	Effects []Effect
}

// Event is a hit at a frame.
type Event struct {
	Frame int
	Hit
}

// Room is what the channels share.
type Room struct {
	Reverb Reverb
	Echo   Echo
}

// Mix plays the events of each channel, sets its loudness and adds it up. Noise is drawn from sources that belong to
// seed and the channel's name, so channels do not disturb each other.
func Mix(ctx context.Context, seed string, length int, room Room, channels []Channel, events map[string][]Event) (Stereo, error) {
	mix, bus := NewStereo(length), NewStereo(length)
	hall, echo := NewStereo(length), NewStereo(length)
	for _, c := range channels {
		start, end, err := c.play(ctx, bus, events[c.Name], NewRand(seed+"/"+c.Name))
		if err != nil {
			return Stereo{}, err
		}
		c.add(bus.slice(start, end), mix.slice(start, end), hall.slice(start, end), echo.slice(start, end))
		bus.slice(start, end).Clear()
	}
	if err := ctx.Err(); err != nil {
		return Stereo{}, err
	}
	if room.Echo.Seconds > 0 {
		bus.Clear()
		room.Echo.Add(bus, echo)
		for i := range mix.L {
			mix.L[i] += bus.L[i]
			mix.R[i] += bus.R[i]
			hall.L[i] += float64(.3 * bus.L[i])
			hall.R[i] += float64(.3 * bus.R[i])
		}
	}
	room.Reverb.Add(mix, hall)
	return mix, ctx.Err()
}

// play puts the channel's hits on the silent bus and returns the frames between which it sounds.
func (c Channel) play(ctx context.Context, bus Stereo, events []Event, noise *Rand) (start, end int, err error) {
	start = len(bus.L)
	for i, e := range events {
		if i%8 == 0 && ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		if e.Frame >= len(bus.L) {
			continue
		}
		start = min(start, max(0, e.Frame))
		e.Pan += c.Pan
		c.Voice.Play(bus.slice(max(0, e.Frame), len(bus.L)), e.Hit, noise)
	}
	if len(c.Effects) > 0 {
		for _, effect := range c.Effects {
			effect.Apply(bus)
		}
		return 0, len(bus.L), nil
	}
	for end = len(bus.L); end > start && bus.L[end-1] == 0 && bus.R[end-1] == 0; end-- {
	}
	return start, end, nil
}

// add sets the channel's loudness and sends it where it goes.
func (c Channel) add(bus, mix, hall, echo Stereo) {
	gain := scaleTo(bus.power(15, true), c.Level)
	for _, to := range [...]struct {
		stereo Stereo
		gain   float64
	}{{mix, gain}, {hall, gain * c.Reverb}, {echo, gain * c.Echo}} {
		if to.gain == 0 {
			continue
		}
		for i, x := range bus.L {
			to.stereo.L[i] += float64(x * to.gain)
		}
		for i, x := range bus.R {
			to.stereo.R[i] += float64(x * to.gain)
		}
	}
}
