package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"

	"github.com/adrg/xdg"

	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/server"
	"github.com/soundtrack-go/sdk/server/page"
)

type serveCmd struct {
	Listen    string `help:"Address to listen on." default:"localhost:8080" placeholder:"HOST:PORT"`
	DataDir   string `help:"Folder for the demo tracks. Default: the user's data folder." type:"path" placeholder:"DIR"`
	LogLevel  string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat string `help:"text or json." enum:"text,json" default:"text"`

	Models  modelFlags `embed:""`
	Library songFlags  `embed:""`
}

// Run implements the command. It listens at once and says that it is not ready until the model is there.
func (c *serveCmd) Run(ctx context.Context, io streams) error {
	logger := c.logger(io)
	previews := []preview.Option{preview.WithLogger(logger)}
	if c.Models.Offline {
		previews = append(previews, preview.WithOffline())
	}
	resolver, err := preview.New(previews...)
	if err != nil {
		return err
	}
	library := demo.NewLibrary(c.dataDir())
	var engine server.Deferred
	srv, err := server.New(&engine,
		server.WithLogger(logger),
		server.WithPage(page.Handler(page.WithVersion(version))),
		server.WithPreviews(resolver),
		server.WithDemos(demos{library}),
	)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	serving, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	opened := make(chan error, 1)
	go func() {
		opened <- c.open(serving, io, logger, &engine, library, listener.Addr())
	}()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(serving, listener) }()
	select {
	case err := <-opened:
		if err != nil {
			stop(err)
			return errors.Join(err, <-served)
		}
		return <-served
	case err := <-served:
		stop(err)
		return errors.Join(err, ignoreCancelled(<-opened))
	}
}

// open makes the recommender and puts it to work, then renders the demo tracks while nobody waits for them.
func (c *serveCmd) open(ctx context.Context, io streams, logger *slog.Logger, engine *server.Deferred, library *demo.Library, address net.Addr) error {
	r, err := open(ctx, io, c.Models, c.Library, logger)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = r.Close() })
	engine.Set(r)
	fmt.Fprintf(io.out, "soundtrack is ready: http://%s\n", address)
	if err := library.Ensure(ctx, nil); err != nil && ctx.Err() == nil {
		logger.WarnContext(ctx, "demo tracks cannot be written; they will not play", "error", err)
	}
	return nil
}

func (c *serveCmd) dataDir() string {
	if c.DataDir != "" {
		return c.DataDir
	}
	return filepath.Join(xdg.DataHome, "soundtrack", "demo")
}

func (c *serveCmd) logger(io streams) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the flag's enum lets only valid ones pass
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(io.err, options))
	}
	return slog.New(slog.NewTextHandler(io.err, options))
}

// demos gives the server the demo tracks.
type demos struct{ library *demo.Library }

// OpenDemo implements [server.DemoOpener].
func (d demos) OpenDemo(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	file, err := d.library.Open(ctx, name)
	if errors.Is(err, demo.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", preview.ErrNoPreview, err)
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
