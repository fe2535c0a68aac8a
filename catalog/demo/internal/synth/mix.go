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
		noise := NewRand(seed + "/" + c.Name)
		bus.Clear()
		for i, e := range events[c.Name] {
			if i%8 == 0 && ctx.Err() != nil {
				return Stereo{}, ctx.Err()
			}
			if e.Frame >= length {
				continue
			}
			e.Pan += c.Pan
			c.Voice.Play(bus.From(max(0, e.Frame)), e.Hit, noise)
		}
		for _, effect := range c.Effects {
			effect.Apply(bus)
		}
		gain := scaleTo(bus.power(15), c.Level)
		for i := range mix.L {
			l, r := float64(bus.L[i]*gain), float64(bus.R[i]*gain)
			mix.L[i] += l
			mix.R[i] += r
			hall.L[i] += float64(l * c.Reverb)
			hall.R[i] += float64(r * c.Reverb)
			echo.L[i] += float64(l * c.Echo)
			echo.R[i] += float64(r * c.Echo)
		}
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
