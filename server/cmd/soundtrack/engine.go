package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// open makes the recommender that the flags describe, with a progress bar while a model is fetched. taggers are the
// options that change the default ones.
func open(
	ctx context.Context, io streams, models modelFlags, taggers []soundtrack.Option, songs songFlags, logger *slog.Logger,
) (*soundtrack.Recommender, error) {
	own, err := songs.load(io.err)
	if err != nil {
		return nil, err
	}
	bar := newDownloadBar(io.err)
	defer bar.close()
	hub, err := models.hub(bar.update)
	if err != nil {
		return nil, err
	}
	opts, err := models.choose(hub)
	if err != nil {
		return nil, err
	}
	prompts := &promptBar{out: io.err}
	defer prompts.close()
	opts = append(opts, soundtrack.WithSongs(own...), soundtrack.WithLogger(logger), soundtrack.WithPromptProgress(prompts.update))
	opts = append(opts, taggers...)
	if songs.NoSeed {
		opts = append(opts, soundtrack.WithoutSeed())
	}
	return soundtrack.Open(ctx, opts...)
}

// readSongs reads one songs file; audio files in it are relative to its folder.
func readSongs(name string) ([]catalog.Song, []*catalog.RowError, error) {
	return readSongsOf(name, catalog.SourceUser)
}

// readSongsOf reads a songs file that comes from source.
func readSongsOf(name string, source catalog.Source) ([]catalog.Song, []*catalog.RowError, error) {
	format, err := catalog.FormatOf(name)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return catalog.Read(file, format, catalog.ReadOptions{Dir: filepath.Dir(name), Source: source})
}
