package source

import (
	"net/url"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
)

// Track is a recording as a music service describes it. Texts come from outside: escape them before showing them.
type Track struct {
	Source  catalog.Source // the service
	ID      string         // the service's own id, digits
	Title   string
	Artist  string   // the main act, or the whole credit where the service has no other
	Artists []string // everyone who is credited, as far as the service says
	Album   string
	ISRC    string // "" if the service does not say
	// Duration is the length of the recording, not of its preview; 0 if unknown.
	Duration time.Duration
	// PreviewURL is an https address of about 30 s of sound, or "". It may be signed: do not store or log it.
	PreviewURL string
	// Expires is when PreviewURL stops working; zero if the service does not say.
	Expires time.Time
	// Link is the service's https page of the track, or "". Show it beside a preview: the services ask for that.
	Link string
}

// WebAddress returns text if it is an https address without credentials and of at most 2,048 bytes, and "" otherwise.
// Addresses in answers pass through it before anything else sees them.
func WebAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > 2048 || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return text
}
