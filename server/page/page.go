// Package page is the web page of the reference server: one screen, no framework, no build step. A picture is dropped,
// songs come back, and dials steer them.
//
// All files are embedded. When [Handler] starts it names every file after its content and rewrites the references
// between them, so that browsers may keep a file for ever and still see a new release at once. The page speaks to the
// server it came from and to nobody else; the one exception is the preview of a song that somebody chose to play.
//
// Tests hold on to <body data-state>, which is one of empty, dragging, uploading, analysing, answer, reranking, busy,
// refused, nothing, gone and offline, and to the flags that can hold beside it: data-answered, data-playing, data-care,
// data-silence and data-offline.
package page

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
)

//go:embed static
var files embed.FS

// Policy is the content security policy of the page and of all its files: nothing inline, nothing foreign but sound.
// Colours that come from a picture are set through the CSS object model, which the policy allows.
const Policy = "default-src 'none'; img-src 'self' blob: data:; media-src 'self' blob: https:; script-src 'self'; " +
	"style-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// MaxVersion is how many bytes of [WithVersion] the page shows.
const MaxVersion = 64

// Option changes the page.
type Option func(*config)

type config struct{ version string }

// WithVersion names the release in the foot of the page and in its <meta name="version">. The default is "devel", which
// the empty string asks for too. What is longer than [MaxVersion] bytes is cut.
func WithVersion(v string) Option {
	return func(c *config) { c.version = v[:min(len(v), MaxVersion)] }
}

// Handler serves the page at "/" and its files below "/assets/", and answers anything else with 404. The page refers to
// its files and to the API with relative addresses, so it can be mounted below a prefix that ends in a slash. It panics
// if the embedded files refer to files that do not exist, which the tests of this package rule out. Safe for concurrent
// use.
func Handler(opts ...Option) http.Handler {
	var c config
	for _, o := range opts {
		o(&c)
	}
	static, err := fs.Sub(files, "static")
	if err == nil {
		var s *site
		if s, err = buildSite(static, cmp.Or(c.version, "devel")); err == nil {
			return s
		}
	}
	panic(fmt.Sprintf("page: embedded files: %v", err))
}
