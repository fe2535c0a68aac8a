package main

import (
	"context"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// pictureEncoder opens the encoder that the flags name, or the only one that the user brings, or the small one; fetching it
// if need be. The caller closes it.
func (f modelFlags) pictureEncoder(ctx context.Context, io streams) (*vision.ModelEncoder, error) {
	own, err := f.own()
	if err != nil {
		return nil, err
	}
	name := f.Encoder
	switch {
	case name == "" && len(own) == 1:
		name = own[0].ID
	case name == "":
		name = soundtrack.PresetCompact
	}
	m, err := f.manifest(name)
	if err != nil {
		return nil, err
	}
	model, backend, err := f.pictureModel(ctx, io, m)
	if err != nil {
		return nil, err
	}
	return vision.NewEncoder(ctx, model, backend)
}

// pictureModel fetches the picture tower of a model, without its texts, with a progress bar, and says what shall run it.
func (f modelFlags) pictureModel(ctx context.Context, io streams, m vision.Manifest) (vision.Model, vision.Backend, error) {
	bar := newDownloadBar(io.err)
	defer bar.close()
	hub, err := f.hub(bar.update)
	if err != nil {
		return vision.Model{}, nil, err
	}
	backend, err := f.run(hub)
	if err != nil {
		return vision.Model{}, nil, err
	}
	m.Textual = nil
	model, err := hub.Fetch(ctx, m)
	return model, backend, err
}
