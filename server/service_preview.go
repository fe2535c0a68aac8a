package server

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/preview"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// PreviewResolver finds something to play for a song. A *preview.Resolver is one. Implementations are safe for concurrent
// use.
type PreviewResolver interface {
	// Resolve returns what to play now. An error that matches preview.ErrNoPreview means that there is nothing.
	Resolve(ctx context.Context, song catalog.Song) (preview.Playable, error)
}

// DemoOpener opens demo tracks by name. Implementations are safe for concurrent use.
type DemoOpener interface {
	// OpenDemo returns the bytes of a track; an error that matches preview.ErrNoPreview means that there is no such one.
	OpenDemo(ctx context.Context, name string) (io.ReadSeekCloser, error)
}

// Addresses of previews on this server.
const (
	demoPath = "/v1/previews/demo/"
	filePath = "/v1/previews/file/"
)

// Kinds of previews as clients see them; see Preview.kind in the schema.
const (
	kindDemo   = "demo"
	kindFile   = "file"
	kindLookup = "lookup"
	kindNone   = "none"
)

// ResolvePreview finds something to play for a song.
func (s *service) ResolvePreview(ctx context.Context, req *v1.ResolvePreviewRequest) (*v1.ResolvePreviewResponse, error) {
	return run(ctx, s, s.remote, "resolve", func(ctx context.Context) (*v1.ResolvePreviewResponse, error) {
		song, err := s.song(ctx, req.GetSongId())
		if err != nil {
			return nil, err
		}
		playable, err := s.previews.Resolve(ctx, song)
		if err != nil {
			return nil, err
		}
		return s.resolved(song, playable)
	})
}

// resolved turns what was found into an address that a browser can play. A file's path stays here.
func (s *service) resolved(song catalog.Song, p preview.Playable) (*v1.ResolvePreviewResponse, error) {
	res := &v1.ResolvePreviewResponse{
		Provider: string(p.Kind), Link: webAddress(p.Link), Duration: p.Duration.Seconds(),
	}
	switch p.Kind {
	case catalog.PreviewDemo:
		if s.demos == nil {
			return nil, preview.ErrNoPreview
		}
		res.Url = demoPath + url.PathEscape(p.Demo)
	case catalog.PreviewFile:
		res.Url = filePath + url.PathEscape(string(song.ID))
	default:
		if res.Url = webAddress(p.URL); res.Url == "" {
			return nil, fmt.Errorf("server: the %s preview of %q has no https address", p.Kind, song.ID)
		}
	}
	return res, nil
}

// webAddress returns an https address unchanged, and "" for everything else: addresses come from other services, and end
// in pages.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return text
}

// previewProto says how a song can be played, without looking anything up.
func (s *service) previewProto(song catalog.Song) *v1.Preview {
	return previewOf(song, s.demos != nil, s.lookups)
}

// previewOf is the preview of a song where demo tracks are there or not, and where songs that have nothing of their own
// are looked up by title and artist or not.
func previewOf(song catalog.Song, demos, lookup bool) *v1.Preview {
	for _, p := range song.Previews {
		switch p.Kind {
		case catalog.PreviewDemo:
			if demos {
				return &v1.Preview{Kind: kindDemo, Url: demoPath + url.PathEscape(p.Ref)}
			}
		case catalog.PreviewFile:
			return &v1.Preview{Kind: kindFile, Url: filePath + url.PathEscape(string(song.ID))}
		case catalog.PreviewURL:
			lookup = true
		}
	}
	if lookup {
		return &v1.Preview{Kind: kindLookup}
	}
	return &v1.Preview{Kind: kindNone}
}
