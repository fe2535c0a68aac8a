package preview

import (
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/source"
)

// Playable is something to play for a song. Exactly one of URL, Path and Demo is set.
type Playable struct {
	// Kind says which: PreviewDemo has Demo, PreviewFile has Path, every other kind has URL. For what a service found it
	// is the service's name.
	Kind catalog.PreviewKind
	// URL is an https address. It may be signed and expire: use it now, do not store or log it.
	URL string
	// Path is a local file's, as stored: nobody has looked whether it is there.
	Path string
	// Demo is the name of a track of package catalog/demo.
	Demo string
	// Provider is the name of the service that found it, such as "deezer"; "" for the song's own previews.
	Provider string
	// Link is the service's https page of the recording, or "". The services ask to show it beside the player.
	Link string
	// Duration is the length of the whole recording, 0 if unknown. What a service offers of it is about 30 s.
	Duration time.Duration
	// Expires is when URL stops working; zero if it does not, or if the service does not say.
	Expires time.Time
}

// own returns what the song itself has and needs no look-up: demo before file before address. withheld reports that
// there is an address but no network to reach it by.
func own(song catalog.Song, offline bool) (p Playable, ok, withheld bool) {
	for _, kind := range []catalog.PreviewKind{catalog.PreviewDemo, catalog.PreviewFile, catalog.PreviewURL} {
		for _, have := range song.Previews {
			if have.Kind != kind || have.Ref == "" {
				continue
			}
			p := Playable{Kind: kind, Duration: time.Duration(song.Duration * float64(time.Second))}
			switch kind {
			case catalog.PreviewDemo:
				p.Demo = have.Ref
			case catalog.PreviewFile:
				p.Path = have.Ref
			default:
				if offline {
					withheld = true
					continue
				}
				if p.URL = source.WebAddress(have.Ref); p.URL == "" {
					continue
				}
			}
			return p, true, false
		}
	}
	return Playable{}, false, withheld
}
