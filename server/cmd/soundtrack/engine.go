package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// modelFlags say which encoder to use and where models come from.
type modelFlags struct {
	Preset   string `help:"Encoder: compact, or palette for colours only. Default: the best at hand." enum:"compact,palette," default:""`
	Offline  bool   `help:"Use no network: only models that are cached."`
	CacheDir string `help:"Folder for models. Default: the user's cache folder." type:"path" placeholder:"DIR"`
	From     string `help:"Take the model's package from this file or address instead of a registry." placeholder:"FILE|URL"`
}

func (f modelFlags) hub(progress func(modelhub.Progress)) (*modelhub.Hub, error) {
	opts := soundtrack.Converters()
	if f.Offline {
		opts = append(opts, modelhub.WithOffline())
	}
	if f.CacheDir != "" {
		opts = append(opts, modelhub.WithCacheDir(f.CacheDir))
	}
	if f.From != "" {
		opts = append(opts, modelhub.WithFrom(f.From))
	}
	if progress != nil {
		opts = append(opts, modelhub.WithProgress(progress))
	}
	return modelhub.New(opts...)
}

// open makes the recommender that the flags describe, with a progress bar while a model is fetched.
func open(ctx context.Context, io streams, models modelFlags, songs songFlags, logger *slog.Logger) (*soundtrack.Recommender, error) {
	own, err := songs.load(io.err)
	if err != nil {
		return nil, err
	}
	bar := newDownloadBar(io.err)
	defer bar.close()
	hub, err := models.hub(bar.update)
	if err != nil {
		return nil, &usageError{err}
	}
	opts := []soundtrack.Option{soundtrack.WithModelHub(hub), soundtrack.WithSongs(own...), soundtrack.WithLogger(logger)}
	if models.Preset != "" {
		opts = append(opts, soundtrack.WithPreset(models.Preset))
	}
	if songs.NoSeed {
		opts = append(opts, soundtrack.WithoutSeed())
	}
	return soundtrack.Open(ctx, opts...)
}

// readSongs reads one songs file; audio files in it are relative to its folder.
func readSongs(name string) ([]catalog.Song, []*catalog.RowError, error) {
	format, err := catalog.FormatOf(name)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return catalog.Read(file, format, catalog.ReadOptions{Dir: filepath.Dir(name)})
}
