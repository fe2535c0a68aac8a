package demo

import (
	"context"
	"fmt"
	"io"

	"github.com/soundtrack-go/sdk/catalog/demo/internal/score"
	"github.com/soundtrack-go/sdk/catalog/demo/internal/synth"
)

// Render synthesises a track and writes it as a WAV file: RIFF, PCM, 44.1 kHz, 16 bits, stereo. The bytes are the same
// on every platform and in every run. It takes about half a second of one core and 100 MB while it works, and looks at ctx
// throughout. An unknown name is a [NotFoundError]; errors of w are returned wrapped.
func Render(ctx context.Context, w io.Writer, name string) error {
	t, err := find(name)
	if err != nil {
		return err
	}
	pcm, err := t.render(ctx)
	if err != nil {
		return err
	}
	if _, err := w.Write(wav(t, pcm)); err != nil {
		return fmt.Errorf("demo: writing %s: %w", name, err)
	}
	return nil
}

// render returns the samples: interleaved, 16 bits, little-endian.
func (t tune) render(ctx context.Context) ([]byte, error) {
	events, err := t.perform()
	if err != nil {
		return nil, fmt.Errorf("demo: composing %s: %w", t.name, err)
	}
	mix, err := synth.Mix(ctx, t.name, t.frames(), t.room, t.band, events)
	if err != nil {
		return nil, fmt.Errorf("demo: rendering %s: %w", t.name, err)
	}
	synth.Master(mix, t.loud, .02, t.tail)
	return synth.PCM(mix, synth.NewRand(t.name+"/dither")), nil
}

// perform turns the score into events by channel.
func (t tune) perform() (map[string][]synth.Event, error) {
	notes, seconds, err := t.song.Arrange(func(instrument string) score.Jitter {
		return synth.NewRand(t.name + "/" + instrument + "/time").Bell
	})
	if err != nil {
		return nil, err
	}
	channels := map[string]bool{}
	for _, c := range t.band {
		channels[c.Name] = true
	}
	events := map[string][]synth.Event{}
	for instrument, played := range notes {
		if !channels[instrument] {
			return nil, fmt.Errorf("nobody plays %q", instrument)
		}
		for _, n := range played {
			if n.Start+n.Length > seconds-.05 {
				n.Length += t.tail // the last chord is held into the fade
			}
			events[instrument] = append(events[instrument], synth.Event{
				Frame: int(float64((n.Start+t.before())*synth.Rate) + .5),
				Hit: synth.Hit{
					Frames:   max(1, int(float64(n.Length*synth.Rate)+.5)),
					Pitch:    float64(n.Pitch),
					Velocity: n.Velocity,
				},
			})
		}
	}
	return events, nil
}
