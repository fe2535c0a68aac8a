package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

type modelsVerifyCmd struct {
	Names  []string   `arg:"" optional:"" name:"name" help:"Models to verify. Default: all that are cached."`
	Models modelFlags `embed:""`
}

// Run implements the command.
func (c *modelsVerifyCmd) Run(ctx context.Context, io streams) error {
	if c.Models.Encoder != "" {
		c.Names = append(c.Names, c.Models.Encoder)
	}
	hub, err := c.Models.hub(nil)
	if err != nil {
		return err
	}
	known, err := c.Models.known()
	if err != nil {
		return err
	}
	var chosen []vision.Manifest
	for _, name := range c.Names {
		i := indexOf(known, name)
		if i < 0 {
			return unknownModel(name, known)
		}
		chosen = append(chosen, known[i])
	}
	for _, m := range known {
		if _, ok := hub.Cached(m); ok && len(c.Names) == 0 {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return errors.New("no model is cached; fetch one with: soundtrack models pull compact")
	}
	backend, err := c.Models.run(hub)
	if err != nil {
		return err
	}
	failed := false
	for _, m := range chosen {
		state, err := verify(ctx, hub, m, backend)
		if err != nil {
			failed = true
			fmt.Fprintf(io.err, "%s: %v\n", m.ID, err)
			continue
		}
		fmt.Fprintf(io.out, "%s: %s\n", m.ID, state)
	}
	if failed {
		return errReported
	}
	return nil
}

// verify hashes the files of a model that are cached, loads it and lets it check its known answer. It says what it found.
func verify(ctx context.Context, hub *modelhub.Hub, m vision.Manifest, backend vision.Backend) (string, error) {
	digests, open := "digest is right", openPictures
	if model, ok := hub.Cached(m); ok && m.Textual != nil {
		digests, open = "digests are right", openBoth
		if model.Textual.Path == "" {
			m.Textual = nil
			digests, open = "digest is right, the text tower is not cached", openPictures
		}
	}
	if err := hub.Verify(ctx, m); err != nil {
		return "", err
	}
	model, _ := hub.Cached(m)
	encoder, err := open(ctx, model, backend)
	if err != nil {
		return "", err
	}
	session := encoder.Session()
	answer := "the known answer is right"
	if m.Known == nil {
		answer = "its output is usable (there is no known answer)"
	}
	return fmt.Sprintf("%s; loaded by %s on %s; %s", digests, session.Backend, session.Device, answer), encoder.Close()
}

// loaded is an encoder that says what runs it.
type loaded interface {
	Session() vision.SessionInfo
	Close() error
}

func openPictures(ctx context.Context, model vision.Model, b vision.Backend) (loaded, error) {
	return vision.NewEncoder(ctx, model, b)
}

func openBoth(ctx context.Context, model vision.Model, b vision.Backend) (loaded, error) {
	return vision.NewJointEncoder(ctx, model, b)
}
