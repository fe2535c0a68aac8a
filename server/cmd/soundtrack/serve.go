package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"time"

	"github.com/adrg/xdg"

	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/server"
	"github.com/soundtrack-go/sdk/server/page"
	"github.com/soundtrack-go/sdk/soundtrack"
)

type serveCmd struct {
	Listen        string        `help:"Address to listen on." default:"localhost:8080" placeholder:"HOST:PORT"`
	DataDir       string        `help:"Folder for the demo tracks. Default: the user's data folder." type:"path" placeholder:"DIR"`
	LogLevel      string        `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat     string        `help:"text or json." enum:"text,json" default:"text"`
	ShutdownDelay time.Duration `help:"Time between telling load balancers that the server ends and refusing connections." default:"0s"`

	Library songFlags `embed:""`

	lookFlags `embed:""`
}

// Run implements the command. It listens at once and says that it is not ready until the model is there.
func (c *serveCmd) Run(ctx context.Context, io streams) error {
	if err := c.Models.check(); err != nil { // before anybody is told to come
		return err
	}
	heads, err := c.Heads.options()
	if err != nil {
		return err
	}
	logger := c.logger(io)
	asked, err := c.LLM.open(c.Models.Offline, logger)
	if err != nil {
		return err
	}
	library := demo.NewLibrary(c.dataDir())
	var engine server.Deferred
	options := []server.Option{
		server.WithLogger(logger),
		server.WithPage(page.Handler(page.WithVersion(version))),
		server.WithDemos(demos{library}),
		server.WithShutdown(c.ShutdownDelay, shutdownGrace),
	}
	options = append(options, asked.serving(runtime.GOMAXPROCS(0))...)
	if asked != nil {
		logger.InfoContext(ctx, "pictures are also sent to a language model", "model", asked.client.String(), "address", asked.base)
	}
	if !c.Models.Offline { // without a network, songs that have nothing of their own say so at once
		resolver, err := preview.New(preview.WithLogger(logger))
		if err != nil {
			return err
		}
		options = append(options, server.WithPreviews(resolver))
	}
	srv, err := server.New(&engine, options...)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	var recommender *soundtrack.Recommender
	opened := make(chan error, 1)
	go func() {
		var err error
		if recommender, err = open(serving, io, c.Models, append(heads, asked.options()...), c.Library, logger); err != nil {
			stop() // a server that can never answer ends
		} else {
			engine.Set(recommender)
			fmt.Fprintf(io.out, "soundtrack is ready: http://%s\n", listener.Addr())
			prerender(serving, library, logger)
		}
		opened <- err
	}()
	err = srv.Serve(serving, listener)
	stop()
	openErr := <-opened
	if recommender != nil { // only now: Serve has waited for all work
		return errors.Join(err, recommender.Close())
	}
	if ctx.Err() != nil { // stopped while the model was being fetched
		return err
	}
	return errors.Join(err, openErr)
}

// shutdownGrace bounds how long calls may run on after the server was told to end.
const shutdownGrace = 20 * time.Second

// prerender synthesises the demo tracks while nobody waits for them.
func prerender(ctx context.Context, library *demo.Library, logger *slog.Logger) {
	if err := library.Ensure(ctx, nil); err != nil && ctx.Err() == nil {
		logger.WarnContext(ctx, "demo tracks cannot be written; they will not play", "error", err)
	}
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
