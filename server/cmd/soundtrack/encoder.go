package main

import (
	"context"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/vision"
)

// pictureManifest is that of the encoder that the flags name, or the only one that the user brings, or the small one.
func (f modelFlags) pictureManifest() (vision.Manifest, error) {
	own, err := f.own()
	if err != nil {
		return vision.Manifest{}, err
	}
	name := f.Encoder
	switch {
	case name == "" && len(own) == 1:
		name = own[0].ID
	case name == "":
		name = soundtrack.PresetCompact
	}
	return f.manifest(name)
}

// pictureEncoder opens the encoder of pictureManifest, fetching it if need be. The caller closes it.
func (f modelFlags) pictureEncoder(ctx context.Context, io streams) (*vision.ModelEncoder, error) {
	m, err := f.pictureManifest()
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

// zeroShot opens the tagger that reads the encoder of a manifest by its texts, from the cache.
func (f modelFlags) zeroShot(ctx context.Context, io streams, m vision.Manifest) (*tagging.ZeroShotTagger, error) {
	hub, err := f.hub(nil)
	if err != nil {
		return nil, err
	}
	backend, err := f.run(hub)
	if err != nil {
		return nil, err
	}
	prompts := &promptBar{out: io.err}
	defer prompts.close()
	return soundtrack.OpenZeroShot(ctx, m,
		soundtrack.WithModelHub(hub), soundtrack.WithBackend(backend), soundtrack.WithPromptProgress(prompts.update))
}

// serve is the command line that serves an encoder by name, for what is fitted to one reads no other.
func (f modelFlags) serve(encoder string) string {
	line := "soundtrack serve --encoder " + encoder
	for _, manifest := range f.Manifest {
		line += " --manifest " + manifest
	}
	return line
}
